package storetest

import (
	"context"

	"partychat/internal/chat"
)

// ChangeProfile asks one of the two.
func (p *pair) ChangeProfile(ctx context.Context, act *chat.Act, id chat.UserID, change chat.ProfileChange) (chat.User, bool, error) {
	return p.next().ChangeProfile(ctx, act, id, change)
}
