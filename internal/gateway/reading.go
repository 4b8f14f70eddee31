package gateway

import (
	"context"

	"partychat/internal/wire"
)

// readings moves read positions.
type readings struct{ *Gateway }

// readRoom runs room:read.
func (g readings) readRoom(ctx context.Context, p *conn, c wire.ReadCommand) (wire.ReadAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.ReadAnswer{}, err
	}
	membership, err := g.chat.Rooms.MarkRead(ctx, p.user(), c.Room, c.Seq, c.Known())
	return wire.ReadAnswer{OK: true, ReadSeq: membership.ReadSeq}, err
}

// markUnread runs room:unread.
func (g readings) markUnread(ctx context.Context, p *conn, c wire.UnreadCommand) (wire.ReadAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.ReadAnswer{}, err
	}
	membership, err := g.chat.Rooms.MarkUnread(ctx, p.user(), c.Room, c.Seq)
	return wire.ReadAnswer{OK: true, ReadSeq: membership.ReadSeq}, err
}
