package postgres

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	messageColumns = `t.seq, t.rev, t.client_id, t.kind, t.body, t.created_at, t.edited_at, t.deleted, u.id, u.username, u.kind`

	sqlMessageByClientID = `
SELECT ` + messageColumns + ` FROM messages t JOIN users u ON u.id = t.author
WHERE t.room = $1 AND t.author = $2 AND t.client_id = $3`

	sqlMessage = `
SELECT ` + messageColumns + ` FROM messages t JOIN users u ON u.id = t.author
WHERE t.room = $1 AND t.seq = $2`

	// One statement sees one snapshot, so the room's counters come with each
	// row; a room without messages gives one row without a message. The part of
	// the timeline is chosen within, where the index gives it in order.
	sqlMessagesBefore = `
SELECT r.seq, r.rev, coalesce(t.found, 0), ` + messageColumns + ` FROM rooms r
LEFT JOIN LATERAL (` + pageFrom + `t.seq < $2 ORDER BY t.seq DESC LIMIT $3) t
    WINDOW w AS (ORDER BY t.seq DESC ROWS UNBOUNDED PRECEDING)` + pageTo + `) t ON true
LEFT JOIN users u ON u.id = t.author
WHERE r.id = $1 ORDER BY t.seq DESC`

	sqlMessagesAfter = `
SELECT r.seq, r.rev, coalesce(t.found, 0), ` + messageColumns + ` FROM rooms r
LEFT JOIN LATERAL (` + pageFrom + `t.seq > $2 ORDER BY t.seq LIMIT $3) t
    WINDOW w AS (ORDER BY t.seq ROWS UNBOUNDED PRECEDING)` + pageTo + `) t ON true
LEFT JOIN users u ON u.id = t.author
WHERE r.id = $1 ORDER BY t.seq`

	sqlChangesSince = `
SELECT r.seq, r.rev, coalesce(t.found, 0), ` + messageColumns + ` FROM rooms r
LEFT JOIN LATERAL (` + pageFrom + `t.rev > $2 ORDER BY t.rev LIMIT $3) t
    WINDOW w AS (ORDER BY t.rev ROWS UNBOUNDED PRECEDING)` + pageTo + `) t ON true
LEFT JOIN users u ON u.id = t.author
WHERE r.id = $1 ORDER BY t.rev`

	// What stands behind so many bytes of text is counted and not sent: the
	// length of a text is known without reading it.
	pageFrom = `
    SELECT * FROM (
        SELECT t.*, sum(octet_length(t.body)) OVER w - octet_length(t.body) AS ahead, count(*) OVER () AS found
        FROM (SELECT * FROM messages t WHERE t.room = $1 AND `

	pageTo = `) t WHERE t.ahead <= $4`

	sqlEdit = `
UPDATE messages SET body = $3, edited_at = $4, rev = $5 WHERE room = $1 AND seq = $2 AND NOT deleted AND body <> $3`

	sqlDelete = `
UPDATE messages SET body = '', edited_at = NULL, deleted = true, rev = $3 WHERE room = $1 AND seq = $2 AND NOT deleted`

	sqlMoveRev = `UPDATE rooms SET rev = $2 WHERE id = $1`
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
	if errors.Is(err, pgx.ErrNoRows) {
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
	err = s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		now.Members = nil
		return queryEach(ctx, conn, sqlstore.ChangedMembers, []any{room, rev, changes.Rev, limit + 1}, func(r pgx.Rows) error {
			var row sqlstore.MemberRow
			err := r.Scan(row.Dest()...)
			now.Members = append(now.Members, row.Change())
			return err
		})
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
	var p part
	there := false
	text := int64(math.MaxInt64)
	if bytes > 0 {
		text = int64(bytes)
	}
	err := s.read(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		p, there = part{messages: []chat.Message{}}, false
		space := chat.NewPageSpace(limit, bytes)
		var row messageRow
		found := 0
		dest := append([]any{&p.seq, &p.rev, &found}, row.dest()...)
		err := queryEach(ctx, conn, query, []any{room, from, limit + 1, text}, func(r pgx.Rows) error {
			there = true
			if err := r.Scan(dest...); err != nil || !row.there() {
				return err
			}
			m := row.message(room)
			if !space.Take(m.Size()) {
				return errEnough
			}
			p.messages = append(p.messages, m)
			return nil
		})
		p.more = len(p.messages) < found
		return err
	})
	if err != nil {
		return part{}, err
	}
	if !there {
		return part{}, noRoom()
	}
	return p, nil
}

// EditMessage is specified by chat.MessageStore.
func (s messageStore) EditMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, body string, at time.Time,
) (message chat.Message, changed bool, err error) {
	message, changed, err = s.changeMessage(ctx, act, room, seq, func(tx *tx, rev int64) (int64, error) {
		return tx.exec(sqlEdit, room, seq, body, millis(at), rev)
	})
	if err == nil && message.Deleted {
		return chat.Message{}, false, chat.Errorf(chat.CodeNotFound, "This message has been deleted.")
	}
	return message, changed, err
}

// DeleteMessage is specified by chat.MessageStore.
func (s messageStore) DeleteMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64,
) (message chat.Message, changed bool, err error) {
	return s.changeMessage(ctx, act, room, seq, func(tx *tx, rev int64) (int64, error) {
		return tx.exec(sqlDelete, room, seq, rev)
	})
}

// changeMessage lets change give the message the next rev of its room, and gives
// the message as it is afterwards.
func (s messageStore) changeMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, change func(tx *tx, rev int64) (int64, error),
) (message chat.Message, changed bool, err error) {
	err = s.write(ctx, func(tx *tx) error {
		if err := allow(tx, act, object{room: room, message: seq}); err != nil {
			return err
		}
		head, err := lockRoom(tx, room)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return noMessage()
		}
		if err != nil {
			return err
		}
		n, err := change(tx, head.Rev+1)
		if err != nil {
			return err
		}
		if changed = n > 0; changed {
			if _, err := tx.exec(sqlMoveRev, room, head.Rev+1); err != nil {
				return err
			}
		}
		var row messageRow
		err = tx.row(sqlMessage, []any{room, seq}, row.dest()...)
		if errors.Is(err, pgx.ErrNoRows) {
			return noMessage()
		}
		message = row.message(room)
		return err
	})
	if err != nil {
		return chat.Message{}, false, err
	}
	return message, changed, nil
}

// messageRow receives messageColumns, also from a join that found none.
type messageRow struct {
	seq, rev, createdAt, editedAt, author pgtype.Int8
	clientID                              pgtype.UUID
	kind, body, username, userKind        pgtype.Text
	deleted                               pgtype.Bool
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
		ClientID: uuid.UUID(r.clientID.Bytes).String(),
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
