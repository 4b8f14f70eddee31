package mirror

import (
	"context"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// react takes in reactions, in the order of rev. An event without changes says that
// only room:sync tells what has changed.
func (m *Mirror) react(put wire.ReactionPut) error {
	room := m.Rooms[put.Room]
	if room == nil || put.Rev <= room.Rev {
		return nil
	}
	if len(put.Changes) == 0 {
		return m.sync(put.Room)
	}
	first := put.Rev - int64(len(put.Changes)) + 1
	for i, change := range put.Changes {
		rev := first + int64(i)
		if err := m.change(put.Room, rev, func(r *Room) { r.react(change, rev, m.User.ID) }); err != nil {
			return err
		}
	}
	return nil
}

// react applies one change to a message, if it is known.
func (r *Room) react(c wire.ReactionChange, rev int64, me chat.UserID) {
	message, known := r.Messages[c.Seq]
	if !known {
		return
	}
	message.Rev = rev
	message.Reactions = slices.Clone(message.Reactions)
	i := slices.IndexFunc(message.Reactions, func(r wire.Reaction) bool { return r.Emoji == c.Emoji })
	if i < 0 {
		i = len(message.Reactions)
		message.Reactions = append(message.Reactions, wire.Reaction{Emoji: c.Emoji})
	}
	reaction := &message.Reactions[i]
	reaction.Count = c.Count
	reaction.Users = slices.DeleteFunc(slices.Clone(reaction.Users), func(a wire.Author) bool { return a.ID == c.User.ID })
	if c.On {
		reaction.Users = append(reaction.Users, c.User)
	}
	if c.User.ID == me {
		reaction.Mine = c.On
	}
	message.Reactions = slices.DeleteFunc(message.Reactions, func(r wire.Reaction) bool { return r.Count == 0 })
	r.Messages[c.Seq] = message
}

// ownReactions asks the store for the user's reactions to messages that do not list
// everybody.
func ownReactions(
	ctx context.Context, store Truth, me chat.UserID, room chat.RoomID, messages []chat.Message,
) (map[int64][]string, error) {
	var seqs []int64
	for _, m := range messages {
		if m.HidesUsers() {
			seqs = append(seqs, m.Seq)
		}
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	return store.ReactionsBy(ctx, me, room, seqs)
}

// reactionsDiffer reports whether a client knows other reactions to a message than the
// store has, or does not know which are its user's.
func reactionsDiffer(got []wire.Reaction, want []chat.Reaction, own []string, me chat.UserID) bool {
	return !slices.EqualFunc(got, want, func(g wire.Reaction, w chat.Reaction) bool {
		mine := g.Mine || slices.ContainsFunc(g.Users, func(a wire.Author) bool { return a.ID == me })
		return g.Emoji == w.Emoji && g.Count == w.Count && mine == (w.By(me) || slices.Contains(own, w.Emoji))
	})
}
