package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	messageColumns = `t.seq, t.rev, t.client_id, t.kind, t.body, t.created_at, t.edited_at, t.deleted, u.id, u.username, u.kind`

	sqlMessageByClientID = `
SELECT ` + messageColumns + ` FROM messages t JOIN users u ON u.id = t.author
WHERE t.room = ?1 AND t.author = ?2 AND t.client_id = ?3`

	sqlMessage = `
SELECT ` + messageColumns + ` FROM messages t JOIN users u ON u.id = t.author
WHERE t.room = ?1 AND t.seq = ?2`

	// One statement sees one snapshot, so the room's counters come with each
	// row; a room without messages gives one row without a message.
	sqlMessagesBefore = `
SELECT r.seq, r.rev, ` + messageColumns + ` FROM rooms r
LEFT JOIN messages t ON t.room = r.id AND t.seq < ?2
LEFT JOIN users u ON u.id = t.author
WHERE r.id = ?1 ORDER BY t.seq DESC LIMIT ?3`

	sqlMessagesAfter = `
SELECT r.seq, r.rev, ` + messageColumns + ` FROM rooms r
LEFT JOIN messages t ON t.room = r.id AND t.seq > ?2
LEFT JOIN users u ON u.id = t.author
WHERE r.id = ?1 ORDER BY t.seq LIMIT ?3`

	sqlChangesSince = `
SELECT r.seq, r.rev, ` + messageColumns + ` FROM rooms r
LEFT JOIN messages t ON t.room = r.id AND t.rev > ?2
LEFT JOIN users u ON u.id = t.author
WHERE r.id = ?1 ORDER BY t.rev LIMIT ?3`
)

// MessageByClientID is specified by chat.MessageStore.
func (s messageStore) MessageByClientID(
	ctx context.Context, room chat.RoomID, author chat.UserID, clientID string,
) (chat.Message, error) {
	id, err := parseUUID(clientID)
	if err != nil {
		return chat.Message{}, err
	}
	return s.oneMessage(ctx, room, sqlMessageByClientID, room, author, id)
}

// Message is specified by chat.MessageStore.
func (s messageStore) Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error) {
	return s.oneMessage(ctx, room, sqlMessage, room, seq)
}

func (s messageStore) oneMessage(ctx context.Context, room chat.RoomID, query string, args ...any) (chat.Message, error) {
	var row messageRow
	err := s.readRow(ctx, query, args, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.Message{}, noMessage()
	}
	if err != nil {
		return chat.Message{}, err
	}
	return row.message(room), nil
}

// Messages is specified by chat.MessageStore.
func (s messageStore) Messages(ctx context.Context, room chat.RoomID, page chat.MessagePage) (chat.Page, error) {
	query, from := sqlMessagesBefore, page.Seq
	switch page.Direction {
	case chat.PageLatest:
		from = math.MaxInt64
	case chat.PageBefore:
	case chat.PageAfter:
		query = sqlMessagesAfter
	}
	part, err := s.timeline(ctx, query, room, from, page.Limit, page.Bytes)
	if err != nil {
		return chat.Page{}, err
	}
	if page.Direction != chat.PageAfter {
		slices.Reverse(part.messages)
	}
	return chat.Page{Messages: part.messages, Seq: part.seq, Rev: part.rev, More: part.more}, nil
}

// ChangesSince is specified by chat.MessageStore.
func (s messageStore) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error) {
	part, err := s.timeline(ctx, sqlChangesSince, room, rev, limit, bytes)
	if err != nil {
		return chat.Changes{}, err
	}
	changes := chat.Changes{Messages: part.messages, Rev: part.rev, More: part.more}
	if part.more {
		changes.Rev = part.messages[len(part.messages)-1].Rev
	}
	if sqlstore.OnlyMessages(changes, rev) {
		return changes, nil
	}
	var now sqlstore.RoomState
	var row roomRow
	if err := s.readRow(ctx, sqlstore.SelectRoomState, []any{room}, append(row.dest(), &now.ChangedRev, &now.Floor)...); err != nil {
		return chat.Changes{}, err
	}
	now.Room = row.room()
	err = s.readEach(ctx, sqlstore.ChangedMembers, []any{room, rev, changes.Rev, limit + 1}, func(r scanner) error {
		var row sqlstore.MemberRow
		err := r.Scan(row.Dest()...)
		now.Members = append(now.Members, row.Change())
		return err
	})
	if err != nil {
		return chat.Changes{}, err
	}
	return now.Add(changes, rev, limit), nil
}

// part is some messages of a room, with its counters at the same moment.
type part struct {
	messages []chat.Message
	seq, rev int64
	more     bool // whether there are more than fit
}

func (s messageStore) timeline(ctx context.Context, query string, room chat.RoomID, from int64, limit, bytes int) (part, error) {
	space := chat.NewPageSpace(limit, bytes)
	p := part{messages: []chat.Message{}}
	there := false
	var row messageRow
	dest := append([]any{&p.seq, &p.rev}, row.dest()...)
	err := s.readEach(ctx, query, []any{room, from, limit + 1}, func(r scanner) error {
		there = true
		if err := r.Scan(dest...); err != nil {
			return err
		}
		if !row.there() {
			return nil
		}
		m := row.message(room)
		if !space.Take(m.Size()) {
			p.more = true
			return errEnough
		}
		p.messages = append(p.messages, m)
		return nil
	})
	if err != nil {
		return part{}, err
	}
	if !there {
		return part{}, noRoom()
	}
	return p, nil
}

// messageRow receives messageColumns, also from a join that found none.
type messageRow struct {
	seq, rev, createdAt, editedAt, author sql.NullInt64
	clientID                              []byte
	kind, body, username, userKind        sql.NullString
	deleted                               sql.NullBool
}

func (r *messageRow) dest() []any {
	return []any{
		&r.seq, &r.rev, &r.clientID, &r.kind, &r.body, &r.createdAt, &r.editedAt, &r.deleted,
		&r.author, &r.username, &r.userKind,
	}
}

func (r *messageRow) there() bool { return r.seq.Valid }

func (r *messageRow) message(room chat.RoomID) chat.Message {
	m := chat.Message{
		Room:     room,
		Seq:      r.seq.Int64,
		Rev:      r.rev.Int64,
		ClientID: formatUUID(r.clientID),
		Author: chat.Author{
			ID:       chat.UserID(r.author.Int64),
			Username: r.username.String,
			Kind:     chat.UserKind(r.userKind.String),
		},
		Kind:      chat.MessageKind(r.kind.String),
		Body:      r.body.String,
		CreatedAt: fromMillis(r.createdAt.Int64),
		Deleted:   r.deleted.Bool,
	}
	if r.editedAt.Valid {
		m.EditedAt = fromMillis(r.editedAt.Int64)
	}
	return m.Detailed()
}
