package mirror

import (
	"context"
	"fmt"

	"partychat/internal/chat"
)

// Truth is where everything is written down.
type Truth interface {
	Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error)
	Membership(ctx context.Context, room chat.RoomID, user chat.UserID) (chat.Membership, error)
	Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error)
}

// Difference says in what the mirror is not as the store is; "" if in nothing.
func (m *Mirror) Difference(ctx context.Context, store Truth) (string, error) {
	subs, err := store.Subscriptions(ctx, m.User.ID)
	if err != nil {
		return "", err
	}
	listed := make(map[chat.RoomID]bool)
	for _, want := range subs {
		listed[want.ID] = true
		got, ok := m.List[want.ID]
		if !ok {
			return fmt.Sprintf("room %s is not in the list", want.Name), nil
		}
		if said, err := m.Rooms[want.ID].difference(ctx, want, store); said != "" || err != nil {
			return said, err
		}
		if read := m.readSeq(got); read != want.Membership.ReadSeq {
			return fmt.Sprintf("room %s is read up to %d, not %d", want.Name, read, want.Membership.ReadSeq), nil
		}
		if got.Membership.Role != want.Membership.Role {
			return fmt.Sprintf("the role in room %s is %s, not %s", want.Name, got.Membership.Role, want.Membership.Role), nil
		}
	}
	for room, sub := range m.List {
		if !listed[room] {
			return fmt.Sprintf("room %s is still in the list", sub.Name), nil
		}
	}
	return "", nil
}

// readSeq is the read position, which the user's own messages and notices move, too.
func (m *Mirror) readSeq(sub chat.Subscription) int64 {
	read := sub.Membership.ReadSeq
	for _, message := range m.Rooms[sub.ID].Messages {
		if message.Author.ID == m.User.ID {
			read = max(read, message.Seq)
		}
	}
	return read
}

func (r *Room) difference(ctx context.Context, want chat.Subscription, store Truth) (string, error) {
	if r.Rev != want.Rev {
		return fmt.Sprintf("room %s is known up to rev %d, not %d", want.Name, r.Rev, want.Rev), nil
	}
	if r.Name != want.Name || r.Topic != want.Topic {
		return fmt.Sprintf("a room is called %s (%s), not %s (%s)", r.Name, r.Topic, want.Name, want.Topic), nil
	}
	for seq, got := range r.Messages {
		message, err := store.Message(ctx, want.ID, seq)
		if err != nil {
			return "", err
		}
		if got.Rev != message.Rev || got.Body != message.Body || got.Deleted != message.Deleted {
			return fmt.Sprintf("message %d of room %s is %+v, not %+v", seq, want.Name, got, message), nil
		}
	}
	for user, got := range r.Members {
		_, err := store.Membership(ctx, want.ID, user)
		if err != nil && chat.CodeOf(err) != chat.CodeNotFound {
			return "", err
		}
		if there := err == nil; there != got.There {
			return fmt.Sprintf("user %d in room %s: there %t, not %t", user, want.Name, got.There, there), nil
		}
	}
	return "", nil
}
