package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

// answerStatements store messages that answer others.
type answerStatements struct {
	InsertAnswer, MoveHead, ReadOwn, Uncount string
	PeersHiddenUntil                         string
	SelectThread, PutThread                  string
}

func (d Dialect) answers() answerStatements {
	return answerStatements{
		InsertAnswer: `
INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at, reply_to, thread, in_room, extras, mentions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,

		MoveHead: `UPDATE rooms SET seq = $2, rev = $3 WHERE id = $1`,
		ReadOwn:  `UPDATE memberships SET read_seq = $3 WHERE room = $1 AND "user" = $2`,
		Uncount:  `INSERT INTO uncounted (room, seq) VALUES ($1, $2) ON CONFLICT DO NOTHING`,

		PeersHiddenUntil: `SELECT hidden_until FROM memberships WHERE room = $1 AND "user" = $2`,

		SelectThread: `SELECT replies, latest, authors FROM threads WHERE room = $1 AND root = $2`,
		PutThread: `
INSERT INTO threads (room, root, replies, latest, authors) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (room, root) DO UPDATE SET replies = excluded.replies, latest = excluded.latest, authors = excluded.authors`,
	}
}

// Apart reports whether storing the message depends on more than its author's standing:
// on other messages, on files, or on the right to mention everyone.
func Apart(m *chat.NewMessage) bool {
	return m.Answers() || len(m.Files) > 0 || m.MentionsRoom
}

// AppendAnswer is AppendMessage for messages that are Apart. Each is a transaction of its
// own, so that the statements that append all other messages need not know of what these
// depend on.
func (s answerStore) AppendAnswer(ctx context.Context, m *chat.NewMessage) (message *chat.Message, created bool, err error) {
	clientID, err := ParseUUID(m.ClientID)
	if err != nil {
		return nil, false, err
	}
	message = new(chat.Message)
	err = s.db.Write(ctx, func(tx Tx) (err error) {
		*message, created, err = s.appendAnswer(tx, answer{*m, clientID})
		return err
	})
	if err != nil {
		return nil, false, err
	}
	if created {
		s.search.Changed.Mark(m.Room, 1)
	}
	return message, created, nil
}

// answer is a message that answers others, about to be stored.
type answer struct {
	chat.NewMessage
	clientID []byte
}

func (s answerStore) appendAnswer(tx Tx, m answer) (message chat.Message, created bool, err error) {
	var access chat.Access
	act := &chat.Act{By: m.Author, May: func(a chat.Access) error { access = a; return nil }}
	if _, err := s.allow(tx, act, object{room: m.Room}); err != nil {
		return chat.Message{}, false, err
	}
	switch {
	case access.Room.ID == 0 || access.Room.Kind == chat.RoomDeleted:
		return chat.Message{}, false, NoRoom()
	case access.By.ID == 0:
		return chat.Message{}, false, NoUser()
	}
	found, err := s.extras.Message(tx, &message, s.sql.MessageByClientID, m.Room, m.Author, m.clientID)
	if err == nil && found {
		_, err = s.after(tx, m, access, message)
	}
	if err != nil || found {
		return message, false, err
	}
	if m.Act != nil && !m.Act.Needs.HeldBy(access.By, access.Room, access.Membership) {
		return chat.Message{}, false, chat.ErrNoStanding()
	}
	if m.Act != nil && !access.MayMentionRoom() {
		m.MentionsRoom = false
	}
	if err := s.mayAnswer(tx, m.NewMessage); err != nil {
		return chat.Message{}, false, err
	}
	if err := maySend(tx, s.Core, m.Author, m.Files); err != nil {
		return chat.Message{}, false, err
	}
	seq, rev := access.Room.Seq+1, access.Room.Rev+1
	if err := s.insertAnswer(tx, m, seq, rev); err != nil {
		return chat.Message{}, false, err
	}
	if message, err = s.messageIn(tx, m.Room, seq); err != nil {
		return chat.Message{}, false, err
	}
	if m.Thread != 0 {
		rev++
		if err := s.countReply(tx, message, rev); err != nil {
			return chat.Message{}, false, err
		}
	}
	if m.Thread != 0 {
		var peer chat.UserID
		if access.Membership != nil {
			peer = access.Membership.Peer
		}
		states, err := s.followBy(tx, message, peer)
		if err != nil {
			return chat.Message{}, false, err
		}
		if m.Act != nil {
			m.Act.Follows = states
		}
	}
	if _, err := tx.Exec(s.sql.MoveHead, m.Room, seq, rev); err != nil {
		return chat.Message{}, false, err
	}
	shown, err := s.after(tx, m, access, message)
	if err != nil || s.dialect.ShowsConversations {
		return message, true, err
	}
	for _, user := range shown {
		if err := s.streams.Shown(tx, m.Room, user); err != nil {
			return chat.Message{}, false, err
		}
	}
	return message, true, nil
}

// mayAnswer reads the messages that the new one answers, and decides.
func (s answerStore) mayAnswer(tx Tx, m chat.NewMessage) error {
	var answered [2]*chat.Message
	for i, seq := range []int64{m.ReplyTo, m.Thread} {
		if seq == 0 {
			continue
		}
		message, err := s.messageIn(tx, m.Room, seq)
		if err == nil {
			answered[i] = &message
		} else if chat.CodeOf(err) != chat.CodeNotFound {
			return err
		}
	}
	return m.MayAnswer(answered[0], answered[1])
}

// insertAnswer inserts the message with its files, and moves the author's read position to it unless
// only a thread shows it.
func (s answerStore) insertAnswer(tx Tx, m answer, seq, rev int64) error {
	var extras int64
	if m.Answers() {
		extras |= extraAnswer
	}
	if len(m.Files) > 0 {
		extras |= extraFiles
	}
	_, err := tx.Exec(s.sql.InsertAnswer, m.Room, seq, rev, m.Author, m.clientID, m.Kind, m.Body, Millis(m.CreatedAt),
		orNull(m.ReplyTo), orNull(m.Thread), m.InRoom, extras,
		Mentioned(m.Mentions, m.MentionsRoom))
	if err != nil {
		return err
	}
	if !s.dialect.KeepsMentions {
		if err := PutMentions(tx, &m.NewMessage, seq); err != nil {
			return err
		}
	}
	for place, id := range m.Files {
		if _, err := tx.Exec(s.sql.SendFile, id, m.Room, seq, place); err != nil {
			return err
		}
	}
	if m.Thread == 0 || m.InRoom {
		_, err = tx.Exec(s.sql.ReadOwn, m.Room, m.Author, seq)
	} else {
		_, err = tx.Exec(s.sql.Uncount, m.Room, seq)
	}
	return err
}

// countReply adds a new reply to the summary of its thread, and gives the root that rev.
func (s answerStore) countReply(tx Tx, reply chat.Message, rev int64) error {
	var row threadRow
	if _, err := tx.Row(s.sql.SelectThread, []any{reply.Room, reply.Thread}, row.dest()...); err != nil {
		return err
	}
	authors, err := row.with(reply.Author.ID)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(s.sql.PutThread, reply.Room, reply.Thread, row.replies+1, reply.Seq, authors); err != nil {
		return err
	}
	_, err = tx.Exec(s.sql.TouchMessage, reply.Room, reply.Thread, rev, extraReplies)
	return err
}

// after sets the results in the act, of a new message or of one that is repeated. It
// returns the users to whose lists the message returns its conversation.
func (s answerStore) after(tx Tx, m answer, access chat.Access, message chat.Message) (shown []chat.UserID, err error) {
	if own := access.Membership; own != nil && own.Peer != 0 {
		if own.HiddenUntil == message.Seq {
			shown = append(shown, m.Author)
		}
		var until int64
		if _, err := tx.Row(s.sql.PeersHiddenUntil, []any{m.Room, own.Peer}, &until); err != nil {
			return nil, err
		}
		if until == message.Seq {
			shown = append(shown, own.Peer)
		}
	}
	if m.Act != nil {
		m.Act.Shows = shown
		m.Act.Touches, err = s.rootOf(tx, message)
	}
	return shown, err
}

// rootOf returns the root of the message's thread; nil if it is in none.
func (c *Core) rootOf(tx Tx, m chat.Message) (*chat.Message, error) {
	if m.Thread == 0 {
		return nil, nil
	}
	root, err := c.messageIn(tx, m.Room, m.Thread)
	return &root, err
}

// messageIn is Message as the transaction sees it.
func (c *Core) messageIn(tx Tx, room chat.RoomID, seq int64) (m chat.Message, err error) {
	found, err := c.extras.Message(tx, &m, c.sql.Message, room, seq)
	if err == nil && !found {
		err = NoMessage()
	}
	return m, err
}

// orNull is the form of a seq that may be absent.
func orNull(seq int64) *int64 {
	if seq == 0 {
		return nil
	}
	return &seq
}
