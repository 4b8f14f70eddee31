package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

// peerColumns are what a UserRow receives of users p, also from a join that found
// none.
const peerColumns = `coalesce(p.id, 0), coalesce(p.username, ''), coalesce(p.kind, ''), coalesce(p.role, ''),
    coalesce(p.created_at, 0), coalesce(p.banned, false), coalesce(p.display_name, ''),
    coalesce(p.status_emoji, ''), coalesce(p.status_text, ''), coalesce(p.status_until, 0), coalesce(p.profile_rev, 0)`

type conversationStatements struct {
	Conversation, InsertConversation, InsertPeer, BothThere, IsHidden, Show, Hide string
}

func (d Dialect) conversations() conversationStatements {
	return conversationStatements{
		Conversation: `SELECT room FROM memberships WHERE "user" = $1 AND peer = $2`,

		InsertConversation: `
INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES ($1, $2, '', '', '', $3)`,

		InsertPeer: `
INSERT INTO memberships (room, "user", folded_name, role, read_seq, joined_at, peer, hidden_until)
SELECT $1, u.id, u.folded_name, $4, 0, $5, p.id, $6 FROM users u, users p WHERE u.id = $2 AND p.id = $3
ON CONFLICT ("user", peer) WHERE peer IS NOT NULL DO NOTHING`,

		BothThere: `SELECT count(*) = 2 FROM users WHERE id IN ($1, $2)`,

		IsHidden: `
SELECT m.hidden_until > r.seq FROM memberships m JOIN rooms r ON r.id = m.room
WHERE m.room = $1 AND m."user" = $2` + d.Lock("m"),

		Show: `UPDATE memberships SET hidden_until = 0 WHERE room = $1 AND "user" = $2 AND hidden_until > 0`,

		Hide: `
UPDATE memberships AS m SET hidden_until = r.seq + 1 FROM rooms r
WHERE r.id = $1 AND m.room = $1 AND m."user" = $2 AND m.hidden_until <= r.seq`,
	}
}

// OpenConversation is specified by chat.ConversationStore.
func (s conversationStore) OpenConversation(
	ctx context.Context, act *chat.Act, c chat.NewConversation,
) (sub chat.Subscription, created bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{target: c.With}); err != nil {
			return err
		}
		room, made, err := s.openConversation(tx, c)
		if err != nil {
			return err
		}
		created = made
		sub, err = s.subscription(tx, room, c.By)
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, err
	}
	return sub, created, nil
}

// openConversation finds or makes the room, and shows it to the user who opens it.
func (c *Core) openConversation(tx Tx, n chat.NewConversation) (room chat.RoomID, created bool, err error) {
	found, err := tx.Row(c.sql.Conversation, []any{n.By, n.With}, (*int64)(&room))
	if err != nil {
		return 0, false, err
	}
	if found {
		return room, false, c.show(tx, room, n.By)
	}
	var both bool
	if _, err := tx.Row(c.sql.BothThere, []any{n.By, n.With}, &both); err != nil {
		return 0, false, err
	}
	if !both {
		return 0, false, NoUser()
	}
	at := Millis(n.CreatedAt)
	if _, err := tx.Exec(c.sql.InsertConversation, n.Room, chat.RoomDirect, at); err != nil {
		return 0, false, err
	}
	type side struct {
		user, peer  chat.UserID
		hiddenUntil int64
	}
	sides := []side{{n.By, n.With, 0}, {n.With, n.By, 1}}
	if n.With < n.By { // if both open it at once, they meet at the same row first
		sides[0], sides[1] = sides[1], sides[0]
	}
	for _, one := range sides {
		added, err := tx.Exec(c.sql.InsertPeer, n.Room, one.user, one.peer, chat.RoleMember, at, one.hiddenUntil)
		if err != nil {
			return 0, false, err
		}
		if added == 0 {
			return 0, false, ErrAgain
		}
	}
	if err := c.countMembers(tx, n.Room, len(sides)); err != nil {
		return 0, false, err
	}
	return n.Room, true, c.streams.MemberCame(tx, n.Room, n.By, false)
}

// show returns a hidden conversation to the user's list.
func (c *Core) show(tx Tx, room chat.RoomID, user chat.UserID) error {
	var hidden bool
	if _, err := tx.Row(c.sql.IsHidden, []any{room, user}, &hidden); err != nil {
		return err
	}
	if _, err := tx.Exec(c.sql.Show, room, user); err != nil || !hidden {
		return err
	}
	return c.streams.Shown(tx, room, user)
}

// HideConversation is specified by chat.ConversationStore.
func (s conversationStore) HideConversation(ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID) (gone chat.Gone, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		gone = chat.Gone{}
		// A trigger may note in the room until when it is hidden, so the room is locked
		// first, as always.
		if _, err := s.lockRoom(tx, room); chat.CodeOf(err) == chat.CodeNotFound {
			return nil
		} else if err != nil {
			return err
		}
		n, err := tx.Exec(s.sql.Hide, room, user)
		if err == nil && n > 0 {
			gone, err = s.streams.Hidden(tx, room, user)
		}
		return err
	})
	if err != nil {
		return chat.Gone{}, err
	}
	return gone, nil
}
