package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// reactions serves the commands of reactions.
type reactions struct{ chat *chat.Chat }

// put runs message:react.
func (r reactions) put(ctx context.Context, p *conn, c wire.ReactCommand) (wire.ReactAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.ReactAnswer{}, err
	}
	done, err := r.chat.Messages.React(ctx, p.user(), c.Room, c.Seq, c.Emoji, c.On)
	return wire.ReactAnswer{OK: true, Rev: done.Rev, Count: done.Count}, err
}
