package chat

import (
	"context"
	"slices"
)

// React makes the user react to a message with an emoji, or, if on is false, takes that
// back, then publishes the change. What is so already changes nothing, so that it can
// be retried. Errors: CodeInvalid and CodeTooLarge on "emoji"; CodeNotFound for rooms
// that the user may not see and for messages that don't exist or have been deleted;
// CodeForbidden for other rooms that the user may not write in; CodeRateLimited.
func (m *Messages) React(ctx context.Context, by User, room RoomID, seq int64, text string, on bool) (Reacted, error) {
	emoji, err := emoji(text)
	if err != nil {
		return Reacted{}, err
	}
	if err := m.sends.Take(by.ID); err != nil {
		return Reacted{}, err
	}
	change := ReactionChange{By: by.Author(), Emoji: emoji, On: on, At: m.now(), Max: m.rules.limits.Reactions}
	r := newReacting(Reacting{Act: actOf(by, Access.reacts), Seq: seq, Change: change})
	m.reactions.share(room, r, func(list []*reacting) { m.storeReactions(ctx, room, list) })
	if !r.done.Changed {
		m.sends.GiveBack(by.ID)
	}
	return r.done, r.done.Err
}

// storeReactions stores reactions in one transaction, and tells of them in one event.
// It doesn't end with the request of the one who stores them for all.
func (m *Messages) storeReactions(ctx context.Context, room RoomID, list []*reacting) {
	ctx = context.WithoutCancel(ctx)
	asked := make([]Reacting, len(list))
	for i, r := range list {
		asked[i] = r.Reacting
	}
	done, err := m.store.React(ctx, room, asked)
	put := ReactionsPut{Room: room}
	for i, r := range list {
		if err != nil {
			r.done = Reacted{Err: err}
			continue
		}
		r.done = done[i]
		if r.done.Changed {
			put.Rev = r.done.Rev
			put.Changes = append(put.Changes, ReactionPut{
				Seq: r.Seq, User: r.Change.By, Emoji: r.Change.Emoji, On: r.Change.On, Count: r.done.Count,
			})
		}
	}
	if len(put.Changes) > 0 {
		m.events.publish(ctx, put)
	}
}

// withOwn sets Reaction.Mine in messages of a room. The store is asked only about
// messages that do not list all who have reacted.
func (c *core) withOwn(ctx context.Context, viewer UserID, room RoomID, messages ...*Message) error {
	var seqs []int64
	for _, m := range messages {
		if m.HidesUsers() {
			seqs = append(seqs, m.Seq)
		}
	}
	var own map[int64][]string
	if len(seqs) > 0 {
		var err error
		if own, err = c.store.ReactionsBy(ctx, viewer, room, seqs); err != nil {
			return err
		}
	}
	for _, m := range messages {
		m.Reactions = slices.Clone(m.Reactions) // others may hold the message, too
		for i, r := range m.Reactions {
			m.Reactions[i].Mine = r.By(viewer) || slices.Contains(own[m.Seq], r.Emoji)
		}
	}
	return nil
}

// withOwnIn is withOwn for a list.
func (c *core) withOwnIn(ctx context.Context, viewer UserID, room RoomID, messages []Message) error {
	list := make([]*Message, len(messages))
	for i := range messages {
		list[i] = &messages[i]
	}
	return c.withOwn(ctx, viewer, room, list...)
}
