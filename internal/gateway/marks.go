package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// marks serves the commands of pins and bookmarks.
type marks struct{ chat *chat.Chat }

// pin runs message:pin.
func (m marks) pin(ctx context.Context, p *conn, c wire.MarkCommand) (wire.MarkAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.MarkAnswer{}, err
	}
	message, err := m.chat.Messages.Pin(ctx, p.user(), c.Room, c.Seq, c.On)
	return wire.MarkAnswer{OK: true, Rev: message.Rev}, err
}

// bookmark runs message:bookmark.
func (m marks) bookmark(ctx context.Context, p *conn, c wire.MarkCommand) (wire.MarkAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.MarkAnswer{}, err
	}
	rev, err := m.chat.Messages.Bookmark(ctx, p.user(), c.Room, c.Seq, c.On)
	return wire.MarkAnswer{OK: true, Rev: rev}, err
}
