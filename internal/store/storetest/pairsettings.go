package storetest

import (
	"context"

	"partychat/internal/chat"
)

// SetLevel asks one of the two.
func (p pairedSettings) SetLevel(ctx context.Context, room chat.RoomID, user chat.UserID, level chat.Level) (chat.Membership, bool, error) {
	return p.next().SetLevel(ctx, room, user, level)
}

// Settings asks one of the two.
func (p pairedSettings) Settings(ctx context.Context, user chat.UserID) (chat.Settings, error) {
	return p.next().Settings(ctx, user)
}

// PutSettings asks one of the two.
func (p pairedSettings) PutSettings(ctx context.Context, user chat.UserID, settings chat.Settings) (chat.Settings, bool, error) {
	return p.next().PutSettings(ctx, user, settings)
}
