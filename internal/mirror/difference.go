package mirror

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// everything is a limit that no stream of a test reaches.
const everything = 1 << 20

// Truth is where everything is written down (chat.Store).
type Truth interface {
	Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error)
	Settings(ctx context.Context, user chat.UserID) (chat.Settings, error)
	UserByID(ctx context.Context, id chat.UserID) (chat.User, error)
	UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error)
	ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error)
	ReactionsBy(ctx context.Context, user chat.UserID, room chat.RoomID, seqs []int64) (map[int64][]string, error)
}

// Difference says how the mirror differs from the store, reasons included; "" if it
// does not. After the end of its session a mirror receives nothing more.
func (m *Mirror) Difference(ctx context.Context, store Truth) (string, error) {
	if m.Ended != "" {
		return "", nil
	}
	subs, err := store.Subscriptions(ctx, m.User.ID)
	if err != nil {
		return "", err
	}
	listed := make(map[chat.RoomID]bool)
	for _, want := range subs {
		listed[want.ID] = true
		got, ok := m.List[want.ID]
		if !ok {
			return fmt.Sprintf("room %s (%d) is not in the list", want.Name, want.ID), nil
		}
		if said, err := m.Rooms[want.ID].difference(ctx, want, store, m.User.ID); said != "" || err != nil {
			return said, err
		}
		if read := m.readSeq(got); read != want.Membership.ReadSeq {
			return fmt.Sprintf("room %s is read up to %d, not %d", want.Name, read, want.Membership.ReadSeq), nil
		}
		if mentions := m.mentions(got); !slices.Equal(mentions, want.Mentions) {
			return fmt.Sprintf("room %s mentions the user in %v, not in %v", want.Name, mentions, want.Mentions), nil
		}
		if got.Membership.Level != want.Membership.Level {
			return fmt.Sprintf("the level of room %s is %q, not %q", want.Name, got.Membership.Level, want.Membership.Level), nil
		}
		if got.Membership.Role != want.Membership.Role {
			return fmt.Sprintf("the role in room %s is %s, not %s", want.Name, got.Membership.Role, want.Membership.Role), nil
		}
	}
	for room, sub := range m.List {
		if !listed[room] {
			return fmt.Sprintf("room %s (%d) is still in the list", sub.Name, room), nil
		}
	}
	return m.differenceOfUser(ctx, store)
}

// differenceOfUser compares what is on the user's stream besides the list: the
// account, why rooms have left the list, and open invitations.
func (m *Mirror) differenceOfUser(ctx context.Context, store Truth) (string, error) {
	user, err := store.UserByID(ctx, m.User.ID)
	if err != nil {
		return "", err
	}
	if m.User.Role != user.Role || m.User.Kind != user.Kind {
		return fmt.Sprintf("the user is a %s (%s), not a %s (%s)", m.User.Kind, m.User.Role, user.Kind, user.Role), nil
	}
	settings, err := store.Settings(ctx, m.User.ID)
	if err != nil {
		return "", err
	}
	if settings.Rev != m.Settings.Rev || settings.Rev > 0 && !settings.Equal(wire.SettingsChange{Level: m.Settings.Level, Quiet: m.Settings.Quiet}.Input()) {
		return fmt.Sprintf("the settings are %+v, not %+v", m.Settings, settings), nil
	}
	changes, err := store.UserChanges(ctx, m.User.ID, 0, everything, 0)
	if err != nil {
		return "", err
	}
	reasons, open := make(map[chat.RoomID]chat.SubscriptionGone), make(map[chat.InvitationID]bool)
	for _, event := range changes.Events {
		switch e := event.(type) {
		case chat.SubscriptionGone:
			reasons[e.Room] = e
		case chat.Invited:
			open[e.ID] = true
			if _, told := m.Invitations[e.ID]; !told {
				return fmt.Sprintf("the invitation %d is unknown", e.ID), nil
			}
		}
	}
	for id := range m.Invitations {
		if !open[id] {
			return fmt.Sprintf("the invitation %d is still open", id), nil
		}
	}
	for room, got := range m.Gone {
		if want := reasons[room]; got.Reason != want.Reason || got.Rev != want.Rev {
			return fmt.Sprintf("room %d has gone by rev %d because of %q, not by rev %d because of %q", room, got.Rev, got.Reason, want.Rev, want.Reason), nil
		}
	}
	return "", nil
}

// readSeq is the read position, which the user's own messages and notices move, too.
func (m *Mirror) readSeq(sub wire.Subscription) int64 {
	read := sub.Membership.ReadSeq
	for _, message := range m.Rooms[sub.ID].Messages {
		if message.Seq > sub.Seq && message.Author.ID == m.User.ID { // sub has the earlier ones in its position
			read = max(read, message.Seq)
		}
	}
	return read
}

// mentions are the unread messages that mention the user: those of the list, as later
// messages, edits, deletions and reads have changed them.
func (m *Mirror) mentions(sub wire.Subscription) []int64 {
	unread := make(map[int64]bool)
	for _, seq := range sub.Mentions {
		unread[seq] = true
	}
	read := m.readSeq(sub)
	for seq, message := range m.Rooms[sub.ID].Messages {
		if message.Rev > sub.Rev {
			unread[seq] = mentions(message, m.User.ID)
		}
	}
	maps.DeleteFunc(unread, func(seq int64, is bool) bool { return !is || seq <= read })
	return slices.Sorted(maps.Keys(unread))
}

func mentions(message wire.Message, user chat.UserID) bool {
	byName := slices.ContainsFunc(message.Mentions, func(m wire.Mention) bool { return m.User == user })
	return !message.Deleted && message.Author.ID != user && (byName || message.MentionsRoom)
}

func (r *Room) difference(ctx context.Context, want chat.Subscription, store Truth, me chat.UserID) (string, error) {
	if r.Rev != want.Rev {
		return fmt.Sprintf("room %s is known up to rev %d, not %d", want.Name, r.Rev, want.Rev), nil
	}
	if r.Name != want.Name || r.Topic != want.Topic {
		return fmt.Sprintf("a room is called %s (%s), not %s (%s)", r.Name, r.Topic, want.Name, want.Topic), nil
	}
	if r.Archived != want.Archived() {
		return fmt.Sprintf("room %s is archived: %t, not %t", r.Name, r.Archived, want.Archived()), nil
	}
	changes, err := store.ChangesSince(ctx, want.ID, 0, everything, 0)
	if err != nil {
		return "", err
	}
	own, err := ownReactions(ctx, store, me, want.ID, changes.Messages)
	if err != nil {
		return "", err
	}
	for _, message := range changes.Messages {
		got, known := r.Messages[message.Seq]
		if known && (got.Rev != message.Rev || got.Body != message.Body || got.Deleted != message.Deleted ||
			reactionsDiffer(got.Reactions, message.Reactions, own[message.Seq], me)) {
			return fmt.Sprintf("message %d of room %s is %+v, not %+v", message.Seq, want.Name, got, message), nil
		}
	}
	for _, change := range changes.Members {
		got, known := r.Members[change.User]
		if !known {
			continue
		}
		there := change.Member != nil
		if got.There != there || got.Rev != change.Rev || got.Reason != change.Reason || there && got.Role != change.Member.Role {
			return fmt.Sprintf("user %d in room %s is known as %+v, not as %+v", change.User, want.Name, got, change), nil
		}
	}
	return "", nil
}
