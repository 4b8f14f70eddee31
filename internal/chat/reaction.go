package chat

import (
	"context"
	"slices"
	"time"
)

// Reaction is one emoji under a message, with the users who have reacted with it.
type Reaction struct {
	Emoji string
	Count int
	// Users are the first of them, in the order in which they have reacted; how many,
	// is up to the store.
	Users []Author
	// Mine: the viewer is one of them. It is only set in answers to one viewer.
	Mine bool
}

// By reports whether the user is known to have reacted.
func (r Reaction) By(user UserID) bool {
	return r.Mine || slices.ContainsFunc(r.Users, func(a Author) bool { return a.ID == user })
}

// HidesUsers reports whether more users have reacted than Users has. Then only the
// store can tell whether somebody is one of them.
func (r Reaction) HidesUsers() bool { return r.Count > len(r.Users) }

// HidesUsers reports whether the message has a reaction with more users than are
// listed.
func (m *Message) HidesUsers() bool { return slices.ContainsFunc(m.Reactions, Reaction.HidesUsers) }

// ReactionChange makes a user react to a message with an emoji, or takes that back. It
// fails with CodeNotFound if the message has been deleted, and with CodeTooLarge on
// "emoji" if the message has Max different emoji already.
type ReactionChange struct {
	By    Author
	Emoji string // as the rules spell it
	On    bool   // false: take it back
	At    time.Time
	Max   int
}

// Apply is specified by MessageChange. It needs Mine of the user; the users listed are
// up to the store.
func (c ReactionChange) Apply(m Message) (after Message, changed bool, err error) {
	if m.Deleted {
		return Message{}, false, Errorf(CodeNotFound, "This message has been deleted.")
	}
	i := slices.IndexFunc(m.Reactions, func(r Reaction) bool { return r.Emoji == c.Emoji })
	switch there := i >= 0 && m.Reactions[i].By(c.By.ID); {
	case there == c.On:
		return m, false, nil
	case i < 0 && len(m.Reactions) >= c.Max:
		return Message{}, false, ErrorIn("emoji", CodeTooLarge, "A message can have at most %d different emoji.", c.Max)
	}
	m.Reactions = slices.Clone(m.Reactions)
	switch {
	case i < 0:
		m.Reactions = append(m.Reactions, Reaction{Emoji: c.Emoji, Count: 1, Users: []Author{c.By}, Mine: true})
	case c.On:
		m.Reactions[i].Count++
		m.Reactions[i].Mine = true
	case m.Reactions[i].Count == 1:
		m.Reactions = slices.Delete(m.Reactions, i, i+1)
	default:
		m.Reactions[i].Count--
		m.Reactions[i].Mine = false
		m.Reactions[i].Users = slices.DeleteFunc(slices.Clone(m.Reactions[i].Users), func(a Author) bool { return a.ID == c.By.ID })
	}
	return m, true, nil
}

// CountOf returns how many users have reacted to the message with the emoji.
func (m *Message) CountOf(emoji string) int {
	for _, r := range m.Reactions {
		if r.Emoji == emoji {
			return r.Count
		}
	}
	return 0
}

// Reacting is a reaction that ReactionStore.React stores.
type Reacting struct {
	Act    *Act
	Seq    int64
	Change ReactionChange
}

// Reacted is what has become of it.
type Reacted struct {
	// Rev is that of the message after the change: the rev that the change has taken,
	// unless it has changed nothing.
	Rev     int64
	Count   int  // how many users have reacted with the emoji
	Changed bool // false: it was so before
	Err     error
}

// ReactionStore stores the reactions to messages.
type ReactionStore interface {
	// React makes the changes to messages of one room durably and in order, each as
	// MessageStore.ChangeMessage makes its change: it decides the act, and gives the
	// message the next rev of the room. Those that change something take consecutive
	// revs. A change that cannot be made has an error and does not affect the others:
	// that of its Act, CodeNotFound if there is no such message, or that of Apply. If
	// React fails itself, nothing has changed.
	React(ctx context.Context, room RoomID, list []Reacting) ([]Reacted, error)
	// ReactionsBy returns the emoji with which the user has reacted to the messages of
	// the room, by seq, each message's in any order.
	ReactionsBy(ctx context.Context, user UserID, room RoomID, seqs []int64) (map[int64][]string, error)
}

// ReactionsPut tells a room of reactions. The changes have taken consecutive revs of the
// room, the last of them Rev.
type ReactionsPut struct {
	Room    RoomID
	Rev     int64
	Changes []ReactionPut
}

// ReactionPut is one change in ReactionsPut.
type ReactionPut struct {
	Seq   int64
	User  Author
	Emoji string
	On    bool // false: taken back
	Count int  // how many users have reacted with the emoji after this change
}

// Topic returns the messages' room.
func (e ReactionsPut) Topic() Topic { return Topic{Room: e.Room} }

// Revision returns the rev of the last change.
func (e ReactionsPut) Revision() int64 { return e.Rev }

// FirstRevision returns the rev of the first change.
func (e ReactionsPut) FirstRevision() int64 { return e.Rev - int64(max(0, len(e.Changes)-1)) }
