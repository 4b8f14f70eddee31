package storetest

import (
	"context"
	"errors"

	"partychat/internal/chat"
)

// pairedSearch is the search of a Pair. Each of the two indexes what it knows of.
type pairedSearch struct{ *turns }

// FindMessages asks one of the two.
func (p pairedSearch) FindMessages(ctx context.Context, search chat.MessageSearch) (chat.MessageHits, error) {
	return p.next().FindMessages(ctx, search)
}

// IndexMessages asks one of the two, and the other if the first has nothing to do.
func (p pairedSearch) IndexMessages(ctx context.Context, limit int) (int, error) {
	n, err := p.next().IndexMessages(ctx, limit)
	if n > 0 || err != nil {
		return n, err
	}
	return p.next().IndexMessages(ctx, limit)
}

// CompareIndex asks both.
func (p pairedSearch) CompareIndex(ctx context.Context) error {
	return errors.Join(p.stores[0].CompareIndex(ctx), p.stores[1].CompareIndex(ctx))
}

// ResetIndex asks one of the two, and tells the other.
func (p pairedSearch) ResetIndex(ctx context.Context) error {
	return errors.Join(p.next().ResetIndex(ctx), p.next().CompareIndex(ctx))
}

// Unindexed gives the channel of one of the two that has something to do.
func (p pairedSearch) Unindexed() <-chan struct{} {
	if first := p.stores[0].Unindexed(); len(first) > 0 {
		return first
	}
	return p.stores[1].Unindexed()
}

// StoredMessages adds those of both.
func (p pairedSearch) StoredMessages() int64 {
	return p.stores[0].StoredMessages() + p.stores[1].StoredMessages()
}

// ConversationsWith asks one of the two.
func (p pairedConversations) ConversationsWith(ctx context.Context, user chat.UserID, others []chat.UserID) ([]chat.RoomID, error) {
	return p.next().ConversationsWith(ctx, user, others)
}
