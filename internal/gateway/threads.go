package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// threads serves the commands of threads that people follow.
type threads struct{ chat *chat.Chat }

// follow runs thread:follow.
func (t threads) follow(ctx context.Context, p *conn, c wire.FollowCommand) (wire.MarkAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.MarkAnswer{}, err
	}
	state, err := t.chat.Threads.Follow(ctx, p.user(), c.Room, c.Root, c.On)
	return wire.MarkAnswer{OK: true, Rev: state.Rev}, err
}

// read runs thread:read.
func (t threads) read(ctx context.Context, p *conn, c wire.ThreadReadCommand) (wire.MarkAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.MarkAnswer{}, err
	}
	state, err := t.chat.Threads.MarkRead(ctx, p.user(), c.Room, c.Root, c.Seq)
	return wire.MarkAnswer{OK: true, Rev: state.Rev}, err
}
