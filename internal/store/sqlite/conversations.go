package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"partychat/internal/chat"
)

const (
	peerColumns = `p.id, p.username, p.kind, p.role, p.created_at, ifnull(p.banned, 0)`

	sqlConversation = `SELECT room FROM memberships WHERE user = ?1 AND peer = ?2`

	sqlInsertConversation = `
INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES (?1, ?2, '', '', '', ?3)`

	sqlInsertPeer = `
INSERT INTO memberships (room, user, folded_name, role, read_seq, joined_at, peer, hidden_until)
SELECT ?1, u.id, u.folded_name, ?4, 0, ?5, p.id, ?6 FROM users u, users p WHERE u.id = ?2 AND p.id = ?3`

	sqlIsHidden = `
SELECT m.hidden_until > r.seq FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.room = ?1 AND m.user = ?2`

	sqlShow = `UPDATE memberships SET hidden_until = 0 WHERE room = ?1 AND user = ?2 AND hidden_until > 0`

	sqlHide = `
UPDATE memberships SET hidden_until = (SELECT seq + 1 FROM rooms WHERE id = ?1)
WHERE room = ?1 AND user = ?2 AND hidden_until <= (SELECT seq FROM rooms WHERE id = ?1)`
)

// OpenConversation is specified by chat.ConversationStore.
func (s conversationStore) OpenConversation(ctx context.Context, act *chat.Act, c chat.NewConversation) (sub chat.Subscription, created bool, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{target: c.With}); err != nil {
			return err
		}
		room, made, err := s.openConversation(tx, c)
		if err != nil {
			return err
		}
		created = made
		sub, err = subscription(tx, room, c.By)
		return err
	})
	if err != nil {
		return chat.Subscription{}, false, err
	}
	return sub, created, nil
}

// openConversation finds or makes the room and shows it to the one who opens it.
func (s *core) openConversation(tx *tx, c chat.NewConversation) (room chat.RoomID, created bool, err error) {
	err = tx.row(sqlConversation, []any{c.By, c.With}, &room)
	if err == nil {
		return room, false, s.show(tx, room, c.By)
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, false, err
	}
	at := millis(c.CreatedAt)
	if _, err := tx.exec(sqlInsertConversation, c.Room, chat.RoomDirect, at); err != nil {
		return 0, false, err
	}
	for _, one := range []struct {
		user, peer  chat.UserID
		hiddenUntil int64
	}{{c.By, c.With, 0}, {c.With, c.By, 1}} {
		added, err := tx.exec(sqlInsertPeer, c.Room, one.user, one.peer, chat.RoleMember, at, one.hiddenUntil)
		if err != nil {
			return 0, false, err
		}
		if added == 0 {
			return 0, false, noUser()
		}
	}
	return c.Room, true, s.streams.MemberCame(tx, c.Room, c.By, false)
}

// show brings a conversation into the user's list, if it is out of it.
func (s *core) show(tx *tx, room chat.RoomID, user chat.UserID) error {
	var hidden bool
	if err := tx.row(sqlIsHidden, []any{room, user}, &hidden); err != nil {
		return err
	}
	if _, err := tx.exec(sqlShow, room, user); err != nil || !hidden {
		return err
	}
	return s.streams.Shown(tx, room, user)
}

// HideConversation is specified by chat.ConversationStore.
func (s conversationStore) HideConversation(ctx context.Context, _ *chat.Act, room chat.RoomID, user chat.UserID) (gone chat.Gone, err error) {
	err = s.write(ctx, func(tx *tx) error {
		n, err := tx.exec(sqlHide, room, user)
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

// peerRow receives peerColumns, also from a join that found none.
type peerRow struct {
	id, createdAt        sql.NullInt64
	username, kind, role sql.NullString
	banned               bool
}

func (r *peerRow) dest() []any {
	return []any{&r.id, &r.username, &r.kind, &r.role, &r.createdAt, &r.banned}
}

func (r *peerRow) user() *chat.User {
	if !r.id.Valid {
		return nil
	}
	return &chat.User{
		ID: chat.UserID(r.id.Int64), Username: r.username.String, Kind: chat.UserKind(r.kind.String),
		Role: chat.Role(r.role.String), CreatedAt: fromMillis(r.createdAt.Int64), Banned: r.banned,
	}
}
