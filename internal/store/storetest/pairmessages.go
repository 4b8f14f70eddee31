package storetest

import (
	"context"

	"partychat/internal/chat"
)

// AppendMessage asks one of the two.
func (p pairedMessages) AppendMessage(ctx context.Context, m *chat.NewMessage) (*chat.Message, bool, error) {
	return p.next().AppendMessage(ctx, m)
}

// MessageByClientID asks one of the two.
func (p pairedMessages) MessageByClientID(
	ctx context.Context, room chat.RoomID, author chat.UserID, clientID string,
) (chat.Message, error) {
	return p.next().MessageByClientID(ctx, room, author, clientID)
}

// Message asks one of the two.
func (p pairedMessages) Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error) {
	return p.next().Message(ctx, room, seq)
}

// ChangeMessage asks one of the two.
func (p pairedMessages) ChangeMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, change chat.MessageChange,
) (message chat.Message, changed bool, err error) {
	return p.next().ChangeMessage(ctx, act, room, seq, change)
}

// React asks one of the two.
func (p pairedMessages) React(ctx context.Context, room chat.RoomID, list []chat.Reacting) ([]chat.Reacted, error) {
	return p.next().React(ctx, room, list)
}

// ReactionsBy asks one of the two.
func (p pairedMessages) ReactionsBy(ctx context.Context, user chat.UserID, room chat.RoomID, seqs []int64) (map[int64][]string, error) {
	return p.next().ReactionsBy(ctx, user, room, seqs)
}

// Messages asks one of the two.
func (p pairedMessages) Messages(ctx context.Context, room chat.RoomID, page chat.MessagePage) (chat.Page, error) {
	return p.next().Messages(ctx, room, page)
}

// ChangesSince asks one of the two.
func (p pairedMessages) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error) {
	return p.next().ChangesSince(ctx, room, rev, limit, bytes)
}
