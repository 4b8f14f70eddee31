package storetest

import (
	"context"

	"partychat/internal/chat"
)

// Epoch asks one of the two.
func (p pairedStreams) Epoch(ctx context.Context) (string, error) { return p.next().Epoch(ctx) }

// ListHeads asks one of the two.
func (p pairedStreams) ListHeads(ctx context.Context, user chat.UserID) (chat.UserHead, error) {
	return p.next().ListHeads(ctx, user)
}

// UserRevs asks one of the two.
func (p pairedStreams) UserRevs(ctx context.Context, users []chat.UserID) ([]chat.UserRev, error) {
	return p.next().UserRevs(ctx, users)
}

// UserChanges asks one of the two.
func (p pairedStreams) UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error) {
	return p.next().UserChanges(ctx, user, since, limit, bytes)
}

// SubscriptionsIn asks one of the two.
func (p pairedStreams) SubscriptionsIn(ctx context.Context, user chat.UserID, rooms []chat.RoomID) ([]chat.Subscription, error) {
	return p.next().SubscriptionsIn(ctx, user, rooms)
}

// EndSession asks one of the two.
func (p pairedStreams) EndSession(ctx context.Context, user chat.UserID, session string, reason chat.EndReason) (int64, error) {
	return p.next().EndSession(ctx, user, session, reason)
}

// UserOfSession asks one of the two.
func (p pairedStreams) UserOfSession(ctx context.Context, id chat.UserID, session string) (chat.User, int64, error) {
	return p.next().UserOfSession(ctx, id, session)
}

// SessionEnd asks one of the two.
func (p pairedStreams) SessionEnd(ctx context.Context, session string) (chat.EndReason, error) {
	return p.next().SessionEnd(ctx, session)
}

// MembersNamed asks one of the two.
func (p pairedMentions) MembersNamed(ctx context.Context, room chat.RoomID, folded []string) ([]chat.User, error) {
	return p.next().MembersNamed(ctx, room, folded)
}
