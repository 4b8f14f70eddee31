package sqlstore

import (
	"context"
	"slices"

	"partychat/internal/chat"
)

// React is specified by chat.ReactionStore.
func (s reactionStore) React(ctx context.Context, room chat.RoomID, list []chat.Reacting) (done []chat.Reacted, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		r := reactor{Core: s.Core, tx: tx, room: room, messages: make(map[int64]*reacted)}
		done, err = r.run(list)
		return err
	})
	if err != nil {
		return nil, err
	}
	return done, nil
}

// reactor stores reactions to messages of one room in one transaction. What it has read
// stays valid until the end, because the users and the room are locked.
type reactor struct {
	*Core
	tx       Tx
	room     chat.RoomID
	users    any // the list of all
	access   map[chat.UserID]*chat.Access
	messages map[int64]*reacted // by seq
	rev      int64              // of the room
}

// reacted is a message and what has become of it.
type reacted struct {
	message chat.Message
	there   bool
	own     map[chat.UserID][]string // emoji of the users of the transaction
	changed bool
}

func (r *reactor) run(list []chat.Reacting) ([]chat.Reacted, error) {
	if err := r.lock(list); err != nil {
		return nil, err
	}
	done := make([]chat.Reacted, len(list))
	for i, item := range list {
		m, err := r.find(item.Seq)
		if err != nil {
			return nil, err
		}
		if done[i].Err = r.may(item.Act, m); done[i].Err != nil {
			continue
		}
		after, changed, err := r.apply(m, item.Change)
		if done[i].Err = err; err != nil {
			continue
		}
		if changed {
			if after.Rev, err = r.react(m, after, item.Change); err != nil {
				return nil, err
			}
		}
		done[i] = chat.Reacted{Rev: after.Rev, Count: after.CountOf(item.Change.Emoji), Changed: changed}
	}
	return done, r.settle()
}

// lock locks the users, then the room, as all transactions do, and reads what permissions
// are decided on.
func (r *reactor) lock(list []chat.Reacting) (err error) {
	r.access = make(map[chat.UserID]*chat.Access)
	var ids []chat.UserID
	for _, item := range list {
		ids = append(ids, item.Change.By.ID)
	}
	slices.Sort(ids)
	if r.users, err = r.dialect.List(slices.Compact(ids)); err != nil {
		return err
	}
	err = r.tx.Each(r.sql.LockUsers, []any{r.users}, func(row Scanner) error {
		user, err := scanUser(row)
		r.access[user.ID] = &chat.Access{By: user}
		return err
	})
	if err != nil {
		return err
	}
	var room RoomRow
	if _, err := r.tx.Row(r.sql.LockRoom, []any{r.room}, room.Dest()...); err != nil {
		return err
	}
	r.rev = room.Room().Rev
	for _, a := range r.access {
		a.Room = room.Room()
	}
	return r.readMemberships()
}

// readMemberships also reads who is banned. A member is not.
func (r *reactor) readMemberships() error {
	err := r.tx.Each(r.sql.MembershipsOf, []any{r.room, r.users}, func(s Scanner) error {
		row := NewMembershipRow(r.room, 0)
		err := s.Scan(append([]any{(*int64)(&row.m.User)}, row.Dest()...)...)
		m := row.Membership()
		if a := r.access[m.User]; a != nil {
			a.Membership = &m
		}
		return err
	})
	if err != nil {
		return err
	}
	for user, a := range r.access {
		if a.Membership != nil {
			continue
		}
		if _, err := r.tx.Row(r.sql.IsBanned, []any{r.room, user}, &a.Banned); err != nil {
			return err
		}
	}
	return nil
}

// find reads a message of the room, once.
func (r *reactor) find(seq int64) (*reacted, error) {
	if m := r.messages[seq]; m != nil {
		return m, nil
	}
	m := &reacted{own: make(map[chat.UserID][]string)}
	r.messages[seq] = m
	found, err := r.extras.Message(r.tx, &m.message, r.sql.Message, r.room, seq)
	if err != nil || !found {
		return m, err
	}
	m.there = true
	return m, r.tx.Each(r.sql.ReactedBy, []any{r.room, seq, r.users}, func(s Scanner) error {
		var user chat.UserID
		var emoji string
		err := s.Scan((*int64)(&user), &emoji)
		m.own[user] = append(m.own[user], emoji)
		return err
	})
}

// may decides an act.
func (r *reactor) may(act *chat.Act, m *reacted) error {
	if act != nil && act.May != nil {
		var a chat.Access
		if known := r.access[act.By]; known != nil {
			a = *known
		}
		if m.there {
			message := m.message
			a.Message = &message
		}
		if err := act.May(a); err != nil {
			return err
		}
	}
	if !m.there {
		return NoMessage()
	}
	return nil
}

// apply decides what a change makes of a message; err refuses it.
func (r *reactor) apply(m *reacted, c chat.ReactionChange) (after chat.Message, changed bool, err error) {
	own := m.own[c.By.ID]
	for i := range m.message.Reactions {
		m.message.Reactions[i].Mine = slices.Contains(own, m.message.Reactions[i].Emoji)
	}
	return c.Apply(m.message)
}

// react stores one change, with what it makes of the message, and returns the message's rev.
func (r *reactor) react(m *reacted, after chat.Message, c chat.ReactionChange) (rev int64, err error) {
	r.rev++
	after.Rev = r.rev
	if err := r.put(after, c); err != nil {
		return 0, err
	}
	m.message, m.changed = after, true
	own := m.own[c.By.ID]
	if c.On {
		m.own[c.By.ID] = append(own, c.Emoji)
	} else {
		m.own[c.By.ID] = slices.DeleteFunc(own, func(emoji string) bool { return emoji == c.Emoji })
	}
	return after.Rev, nil
}

// put adds or removes a row, behind the lock of the room. The change has been found to
// change something.
func (r *reactor) put(m chat.Message, c chat.ReactionChange) error {
	if c.On {
		if _, err := r.tx.Exec(r.sql.AddReaction, m.Room, m.Seq, c.By.ID, c.Emoji, Millis(c.At), m.Rev); err != nil {
			return err
		}
		_, err := r.tx.Exec(r.sql.CountUp, m.Room, m.Seq, c.Emoji, m.Rev)
		return err
	}
	if _, err := r.tx.Exec(r.sql.RemoveReaction, m.Room, m.Seq, c.By.ID, c.Emoji); err != nil {
		return err
	}
	if _, err := r.tx.Exec(r.sql.CountDown, m.Room, m.Seq, c.Emoji); err != nil {
		return err
	}
	_, err := r.tx.Exec(r.sql.ForgetCounted, m.Room, m.Seq, c.Emoji)
	return err
}

// settle gives the messages, and the room, their last revs.
func (r *reactor) settle() error {
	moved := false
	for seq, m := range r.messages {
		if !m.changed {
			continue
		}
		moved = true
		if _, err := r.tx.Exec(r.sql.TouchMessage, r.room, seq, m.message.Rev, extraReactions); err != nil {
			return err
		}
	}
	if !moved {
		return nil
	}
	_, err := r.tx.Exec(r.sql.MoveRev, r.room, r.rev)
	return err
}
