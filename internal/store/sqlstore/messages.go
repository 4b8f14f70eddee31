package sqlstore

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

// MessageColumns are what a MessageRow receives, of messages t and their authors u,
// also from a join that found none.
const MessageColumns = `coalesce(t.seq, 0), coalesce(t.rev, 0), t.client_id, coalesce(t.kind, ''), coalesce(t.body, ''),
    coalesce(t.created_at, 0), coalesce(t.edited_at, 0), coalesce(t.deleted, false), coalesce(t.extras, 0), coalesce(t.mentions, ''),
    ` + AuthorColumns

// previewColumns are MessageColumns with as much of the body as Message.Preview needs.
var previewColumns = strings.Replace(MessageColumns, "t.body", "substr(t.body, 1, "+strconv.Itoa(previewMax)+")", 1)

type messageStatements struct {
	Message, MessageByClientID                   string
	MessagesBefore, MessagesAfter, MessagesByRev string
	RoomsBefore, RoomsAfter                      string
	ThreadsBefore, ThreadsAfter                  string
	SelectRoomState, ChangedMembers              string
	ReplaceMessage, TouchMessage, MoveRev        string
}

func (d Dialect) messages() messageStatements {
	const from = `
SELECT ` + MessageColumns + ` FROM messages t JOIN users u ON u.id = t.author
WHERE t.room = $1 AND `
	return messageStatements{
		Message:           from + `t.seq = $2`,
		MessageByClientID: from + `t.author = $2 AND t.client_id = $3`,

		MessagesBefore: d.Page(`t.seq < $2`, `t.seq DESC`),
		MessagesAfter:  d.Page(`t.seq > $2`, `t.seq`),
		MessagesByRev:  d.Page(`t.rev > $2`, `t.rev`),

		// Without messages that only a thread shows, and those of thread $5.
		RoomsBefore:   d.Page(`t.seq < $2 AND (t.thread IS NULL OR t.in_room)`, `t.seq DESC`),
		RoomsAfter:    d.Page(`t.seq > $2 AND (t.thread IS NULL OR t.in_room)`, `t.seq`),
		ThreadsBefore: d.Page(d.Rare(`t.thread = $5`)+` AND t.seq < $2`, `t.seq DESC`),
		ThreadsAfter:  d.Page(d.Rare(`t.thread = $5`)+` AND t.seq > $2`, `t.seq`),

		// The room, when its name or topic last changed, and the floor of its stream.
		SelectRoomState: `SELECT ` + RoomColumns + `, r.changed_rev, r.floor FROM rooms r WHERE r.id = $1`,

		// Members whose membership changed after the first rev and up to the second, with
		// a limit. The index on room_rev has only those above 0.
		ChangedMembers: `
SELECT 0 AS gone, m.room_rev AS rev, '' AS reason, m.role AS in_room, ` + UserColumns + `
FROM memberships m JOIN users u ON u.id = m."user"
WHERE m.room = $1 AND m.room_rev > 0 AND m.room_rev > $2 AND m.room_rev <= $3
UNION ALL
SELECT 1, l.rev, l.reason, '', ` + UserColumns + `
FROM room_log l JOIN users u ON u.id = l."user"
WHERE l.room = $1 AND l.rev > $2 AND l.rev <= $3
ORDER BY rev LIMIT $4`,

		ReplaceMessage: `UPDATE messages SET body = $3, edited_at = $4, deleted = $5, rev = $6, mentions = $7 WHERE room = $1 AND seq = $2`,
		TouchMessage:   `UPDATE messages SET rev = $3, extras = extras | $4 WHERE room = $1 AND seq = $2`,
		MoveRev:        `UPDATE rooms SET rev = $2 WHERE id = $1`,
	}
}

// MessageByClientID is specified by chat.MessageStore.
func (s messageStore) MessageByClientID(
	ctx context.Context, room chat.RoomID, author chat.UserID, clientID string,
) (chat.Message, error) {
	id, err := ParseUUID(clientID)
	if err != nil {
		return chat.Message{}, err
	}
	if _, err := roomStore(s).RoomByID(ctx, room); err != nil {
		return chat.Message{}, err // what a deleted room has left is gone for its authors, too
	}
	return s.readMessage(ctx, s.sql.MessageByClientID, room, author, id)
}

// Message is specified by chat.MessageStore.
func (s messageStore) Message(ctx context.Context, room chat.RoomID, seq int64) (chat.Message, error) {
	return s.readMessage(ctx, s.sql.Message, room, seq)
}

// readMessage reads one message of a room, the first argument of the query.
func (s messageStore) readMessage(ctx context.Context, query string, room chat.RoomID, args ...any) (m chat.Message, err error) {
	err = s.db.Read(ctx, func(q Queries) error {
		found, err := s.extras.Message(q, &m, query, room, args...)
		if err == nil && !found {
			err = NoMessage()
		}
		return err
	})
	if err != nil {
		return chat.Message{}, err
	}
	return m, nil
}

// Messages is specified by chat.MessageStore.
func (s messageStore) Messages(ctx context.Context, room chat.RoomID, page chat.MessagePage) (chat.Page, error) {
	from := page.Seq
	if page.Direction == chat.PageLatest {
		from = math.MaxInt64
	}
	query, args := s.pageOf(page.Part, page.Direction == chat.PageAfter)
	part, err := s.timeline(ctx, query, room, from, page.Limit, page.Bytes, args...)
	if err != nil {
		return chat.Page{}, err
	}
	if page.Direction != chat.PageAfter {
		slices.Reverse(part.messages)
	}
	return chat.Page{Messages: part.messages, Seq: part.seq, Rev: part.rev, More: part.more}, nil
}

// pageOf chooses the statement for a part of the timeline, and its further arguments.
func (s messageStore) pageOf(part chat.TimelinePart, after bool) (query string, args []any) {
	before, behind := s.sql.MessagesBefore, s.sql.MessagesAfter
	switch {
	case part.Thread != 0:
		before, behind, args = s.sql.ThreadsBefore, s.sql.ThreadsAfter, []any{part.Thread}
	case part.WithoutOnly:
		before, behind = s.sql.RoomsBefore, s.sql.RoomsAfter
	}
	if after {
		return behind, args
	}
	return before, args
}

// ChangesSince is specified by chat.MessageStore.
func (s messageStore) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error) {
	part, err := s.timeline(ctx, s.sql.MessagesByRev, room, rev, limit, bytes)
	if err != nil {
		return chat.Changes{}, err
	}
	changes := chat.Changes{Messages: part.messages, Rev: part.rev, More: part.more}
	if part.more {
		changes.Rev = part.messages[len(part.messages)-1].Rev
	}
	if onlyMessages(changes, rev) {
		return changes, nil
	}
	state, err := s.roomState(ctx, room, rev, changes.Rev, limit)
	if err != nil {
		return chat.Changes{}, err
	}
	return state.add(changes, rev, limit), nil
}

// roomState reads what else has changed on a room's stream after since and up to rev.
func (s messageStore) roomState(ctx context.Context, room chat.RoomID, since, rev int64, limit int) (state roomState, err error) {
	var row RoomRow
	found, err := s.row(ctx, s.sql.SelectRoomState, []any{room}, append(row.Dest(), &state.changedRev, &state.floor)...)
	if err == nil && !found {
		err = NoRoom()
	}
	if err != nil {
		return roomState{}, err
	}
	state.room = row.Room()
	state.members, err = all(ctx, s.Core, s.sql.ChangedMembers, []any{room, since, rev, limit + 1}, scanMemberChange)
	return state, err
}

// part is some messages of a room, with its counters at the same moment.
type part struct {
	messages []chat.Message
	seq, rev int64
	more     bool // whether there are more than fit
}

// timeline reads a part of the timeline with one of the statements of Dialect.Page.
func (s messageStore) timeline(
	ctx context.Context, query string, room chat.RoomID, from int64, limit, bytes int, args ...any,
) (p part, err error) {
	there := false
	text := int64(math.MaxInt64)
	if bytes > 0 {
		text = int64(bytes)
	}
	err = s.db.Read(ctx, func(q Queries) error {
		p, there = part{messages: []chat.Message{}}, false
		space := chat.NewPageSpace(limit, bytes)
		var row MessageRow
		var beside besides
		found := 0
		dest := append([]any{&p.seq, &p.rev, &found}, row.Dest()...)
		err := q.Each(query, append([]any{room, from, limit + 1, text}, args...), func(r Scanner) error {
			there = true
			if err := r.Scan(dest...); err != nil || !row.Found() {
				return err
			}
			m := row.Message(room)
			if !space.Take(m.Size()) {
				p.more = true
				return ErrEnough
			}
			beside.note(&row)
			p.messages = append(p.messages, m)
			return nil
		})
		if err == nil {
			err = s.extras.read(q, room, beside, p.messages)
		}
		if all := len(p.messages); !beside.empty() {
			p.messages = fitting(p.messages, limit, bytes)
			p.more = p.more || len(p.messages) < all
		}
		p.more = p.more || len(p.messages) < found
		return err
	})
	if err == nil && !there {
		err = NoRoom()
	}
	if err != nil {
		return part{}, err
	}
	return p, nil
}

// ChangeMessage is specified by chat.MessageStore.
func (s messageStore) ChangeMessage(
	ctx context.Context, act *chat.Act, room chat.RoomID, seq int64, change chat.MessageChange,
) (message chat.Message, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{room: room, message: seq}); err != nil {
			return err
		}
		head, err := s.lockRoom(tx, room)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return NoMessage()
		}
		if err != nil {
			return err
		}
		message, changed, err = s.change(tx, head, seq, change)
		if _, deletes := change.(chat.MessageDeletion); err == nil && changed && deletes {
			err = s.forgetReply(tx, act, message)
		}
		return err
	})
	if err != nil {
		return chat.Message{}, false, err
	}
	if changed {
		s.search.Changed.Mark(room, 1)
	}
	return message, changed, nil
}

// change makes a change behind the lock of the room.
func (s messageStore) change(
	tx Tx, head chat.Head, seq int64, change chat.MessageChange,
) (message chat.Message, changed bool, err error) {
	before, err := s.messageIn(tx, head.Room, seq)
	if err != nil {
		return chat.Message{}, false, err
	}
	message, changed, err = change.Apply(before)
	if err != nil || !changed {
		return message, false, err
	}
	message.Rev = head.Rev + 1
	if message.Deleted {
		if err := s.dropFiles(tx, before); err != nil {
			return chat.Message{}, false, err
		}
	}
	if pin, ok := change.(chat.MessagePin); ok {
		err = s.pin(tx, message, pin)
	} else {
		err = s.replaceMessage(tx, message)
	}
	if err != nil {
		return chat.Message{}, false, err
	}
	if _, err := tx.Exec(s.sql.MoveRev, message.Room, message.Rev); err != nil {
		return chat.Message{}, false, err
	}
	message, err = s.messageIn(tx, head.Room, seq)
	return message, true, err
}

// replaceMessage stores what a change has made of a message, behind the lock of the
// room.
func (s messageStore) replaceMessage(tx Tx, m chat.Message) error {
	var edited *int64
	if !m.EditedAt.IsZero() {
		ms := Millis(m.EditedAt)
		edited = &ms
	}
	_, err := tx.Exec(s.sql.ReplaceMessage, m.Room, m.Seq, m.Body, edited, m.Deleted, m.Rev, Mentioned(m.Mentions, m.MentionsRoom))
	return err
}

// MessageRow receives MessageColumns.
type MessageRow struct {
	seq, rev, createdAt, editedAt int64
	clientID                      []byte
	kind, body, mentions          string
	deleted                       bool
	extras                        int64 // see extraReactions
	author                        chat.Author
}

// Dest is where the row goes.
func (r *MessageRow) Dest() []any {
	return append([]any{
		&r.seq, &r.rev, &r.clientID, &r.kind, &r.body, &r.createdAt, &r.editedAt, &r.deleted, &r.extras, &r.mentions,
	}, AuthorDest(&r.author)...)
}

// Found tells whether there was a message.
func (r *MessageRow) Found() bool { return r.seq != 0 }

// Message is what the row says.
func (r *MessageRow) Message(room chat.RoomID) chat.Message {
	m := chat.Message{
		Room:      room,
		Seq:       r.seq,
		Rev:       r.rev,
		ClientID:  FormatUUID(r.clientID),
		Author:    r.author,
		Kind:      chat.MessageKind(r.kind),
		Body:      r.body,
		CreatedAt: FromMillis(r.createdAt),
		EditedAt:  fromMillisOrZero(r.editedAt),
		Deleted:   r.deleted,
	}
	if r.mentions != "" && !r.deleted { // an older server does not empty them
		m.Mentions, m.MentionsRoom = mentionsOf(r.mentions)
	}
	m.SetDetail()
	return m
}
