package sqlite

import (
	"context"
	"strconv"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	// With whether they are banned from the server.
	sqlAuthors = `
SELECT ` + sqlstore.AuthorColumns + `, u.banned FROM users u WHERE u.id IN (SELECT value FROM json_each($1))`

	// Of each pair of a room and an author; the other one's side of a conversation
	// says whether it is hidden from them.
	sqlAuthorsIn = `
SELECT m.room, m.user, ifnull(m.peer, 0), m.hidden_until, ifnull(p.hidden_until, 0)
FROM json_each($1) e CROSS JOIN memberships m ON m.room = e.value ->> 0 AND m.user = e.value ->> 1
LEFT JOIN memberships p ON p.room = m.room AND p.user = m.peer`

	// It changes nothing if the message is there already.
	sqlAppend = `
INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at, mentions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (room, client_id, author) DO NOTHING`

	sqlHeadsToMove = `
SELECT id, seq, rev, archived_at FROM rooms WHERE kind <> 'deleted' AND id IN (SELECT value FROM json_each($1))`

	sqlMoveHead = `UPDATE rooms SET seq = $2, rev = $3 WHERE id = $1`

	sqlUncounted = `INSERT INTO uncounted (room, seq) VALUES ($1, $2)`

	sqlReadOwn = `UPDATE memberships SET read_seq = $3 WHERE room = $1 AND user = $2`
)

// appendStore is the part that stores new messages.
type appendStore struct {
	*core
	shared sqlstore.Store
}

// AppendMessage is specified by chat.MessageStore.
func (s appendStore) AppendMessage(ctx context.Context, m *chat.NewMessage) (message *chat.Message, created bool, err error) {
	if sqlstore.Apart(m) {
		return s.shared.AppendAnswer(ctx, m)
	}
	clientID, err := sqlstore.ParseUUID(m.ClientID)
	if err != nil {
		return nil, false, err
	}
	a := &appending{input: m, clientID: clientID}
	if err := s.do(ctx, &write{append: a}); err != nil {
		return nil, false, err
	}
	return a.message, a.created, nil
}

// appending is a message to be stored, and the result.
type appending struct {
	input    *chat.NewMessage
	clientID []byte
	message  *chat.Message
	created  bool
}

// at is the author's place in the room.
func (a *appending) at() position { return position{a.input.Room, a.input.Author} }

// appender stores all new messages of one transaction. It writes the heads of their
// rooms and the authors' read positions once for all of them. Only the writer writes,
// so what the appender has read of rooms and authors is valid for later transactions
// too, until something else is written: then forget is called. Only the writer's
// goroutine uses it.
type appender struct {
	tx         *tx
	heads      map[chat.RoomID]*head  // nil: there is no such room
	authors    map[chat.UserID]sender // zero: there is no such user
	members    map[position]*member   // nil: the user is no member
	moved      map[chat.RoomID]*head  // in this transaction
	read       map[position]int64     // read positions moved in this transaction; the writer clears it
	notices    []notice               // of this transaction
	mentioning []*appending           // new messages with mentions, of this transaction
	shown      []position             // into whose lists conversations have come in this transaction
	streams    sqlstore.Streams
	extras     sqlstore.Extras
	doubt      bool // what was read may be wrong
}

// maxLearnt is how many rooms and users are kept between transactions.
const maxLearnt = 50_000

// head is how far a room has come, and how many messages this transaction has added.
type head struct {
	seq, rev int64
	archived int64 // when the room was archived; 0: it is not
	added    int
}

// sender is an author, and whether the server has banned them.
type sender struct {
	chat.Author
	banned bool
}

// member is what an author's membership says.
type member struct {
	membership        chat.Membership // Room, User and Peer, which are what a standing needs
	hidden, peersSide int64           // until when a conversation is out of their lists
}

// shows returns the users whose lists the message of that seq returns the conversation to.
func (m *member) shows(author chat.UserID, seq int64) (users []chat.UserID) {
	if m.hidden == seq {
		users = append(users, author)
	}
	if m.peersSide == seq {
		users = append(users, m.membership.Peer)
	}
	return users
}

// notice is the place of a message that does not count as unread.
type notice struct {
	room chat.RoomID
	seq  int64
}

// position is whose read position moves, and where.
type position struct {
	room chat.RoomID
	user chat.UserID
}

func newAppender(tx *tx, streams sqlstore.Streams, extras sqlstore.Extras) *appender {
	return &appender{
		tx:      tx,
		streams: streams,
		extras:  extras,
		heads:   make(map[chat.RoomID]*head),
		authors: make(map[chat.UserID]sender),
		members: make(map[position]*member),
		moved:   make(map[chat.RoomID]*head),
		read:    make(map[position]int64),
	}
}

// appendAll runs the jobs, in order, and sets the error of each job that fails by
// itself. If it returns an error, the whole transaction is lost.
func (a *appender) appendAll(jobs []*write) error {
	clear(a.moved)
	a.notices, a.shown = a.notices[:0], a.shown[:0]
	clear(a.mentioning)
	a.mentioning = a.mentioning[:0]
	if a.doubt {
		a.forget()
	}
	if err := a.learn(jobs); err != nil {
		return err
	}
	for _, job := range jobs {
		job.err = a.append(job.append)
		if err := lost(job.err); err != nil {
			return err
		}
	}
	return a.settle()
}

// forget drops what was read. It must be called when anything else has been
// written, and when a transaction with new messages is undone.
func (a *appender) forget() {
	clear(a.heads)
	clear(a.authors)
	clear(a.members)
	a.doubt = false
}

// learn reads the jobs' rooms and authors, unless they are known.
func (a *appender) learn(jobs []*write) error {
	if len(a.heads)+len(a.authors)+len(a.members) > maxLearnt {
		a.forget()
	}
	rooms, users := make(map[chat.RoomID]struct{}), make(map[chat.UserID]struct{})
	var members []position
	for _, job := range jobs {
		if _, known := a.heads[job.append.input.Room]; !known {
			rooms[job.append.input.Room] = struct{}{}
		}
		if _, known := a.authors[job.append.input.Author]; !known {
			users[job.append.input.Author] = struct{}{}
		}
		at := job.append.at()
		if _, known := a.members[at]; !known {
			a.members[at] = nil
			members = append(members, at)
		}
	}
	if err := a.learnHeads(rooms); err != nil {
		return err
	}
	if err := a.learnAuthors(users); err != nil {
		return err
	}
	return a.learnMembers(members)
}

func (a *appender) learnHeads(rooms map[chat.RoomID]struct{}) error {
	if len(rooms) == 0 {
		return nil
	}
	for room := range rooms {
		a.heads[room] = nil
	}
	return a.tx.Each(sqlHeadsToMove, []any{idList(rooms)}, func(r sqlstore.Scanner) error {
		var room chat.RoomID
		h := &head{}
		err := r.Scan(&room, &h.seq, &h.rev, &h.archived)
		a.heads[room] = h
		return err
	})
}

func (a *appender) learnAuthors(users map[chat.UserID]struct{}) error {
	if len(users) == 0 {
		return nil
	}
	for user := range users {
		a.authors[user] = sender{}
	}
	return a.tx.Each(sqlAuthors, []any{idList(users)}, func(r sqlstore.Scanner) error {
		var author sender
		err := r.Scan(append(sqlstore.AuthorDest(&author.Author), &author.banned)...)
		a.authors[author.ID] = author
		return err
	})
}

func (a *appender) learnMembers(of []position) error {
	if len(of) == 0 {
		return nil
	}
	list := []byte{'['}
	for i, at := range of {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(append(list, '['), int64(at.room), 10)
		list = append(strconv.AppendInt(append(list, ','), int64(at.user), 10), ']')
	}
	return a.tx.Each(sqlAuthorsIn, []any{string(append(list, ']'))}, func(r sqlstore.Scanner) error {
		m := &member{}
		err := r.Scan(&m.membership.Room, &m.membership.User, &m.membership.Peer, &m.hidden, &m.peersSide)
		a.members[position{m.membership.Room, m.membership.User}] = m
		return err
	})
}

// standing fails with chat.ErrNoStanding unless the author may write.
func standing(m *appending, author sender, head *head, member *member) error {
	if m.input.Act == nil {
		return nil
	}
	var membership *chat.Membership
	if member != nil {
		membership = &member.membership
	}
	var room chat.Room
	if head.archived != 0 {
		room.ArchivedAt = sqlstore.FromMillis(head.archived)
	}
	if !m.input.Act.Needs.HeldBy(chat.User{ID: author.ID, Banned: author.banned}, room, membership) {
		return chat.ErrNoStanding()
	}
	return nil
}

// shows notes whose lists the message returns its conversation to.
func shows(m *appending, member *member) (users []chat.UserID) {
	if member == nil {
		return nil
	}
	users = member.shows(m.input.Author, m.message.Seq)
	if m.input.Act != nil {
		m.input.Act.Shows = users
	}
	return users
}

// append stores one message, or finds the one that it repeats.
func (a *appender) append(m *appending) error {
	in := m.input
	head, author := a.heads[in.Room], a.authors[in.Author]
	switch {
	case head == nil:
		return sqlstore.NoRoom()
	case author.ID == 0:
		return sqlstore.NoUser()
	}
	at := m.at()
	member := a.members[at]
	if err := standing(m, author, head, member); err != nil {
		return a.repeated(m, err)
	}
	created := sqlstore.Millis(in.CreatedAt)
	added, err := a.tx.Exec(sqlAppend, in.Room, head.seq+1, head.rev+1, in.Author, m.clientID, in.Kind, in.Body, created,
		sqlstore.Mentioned(in.Mentions, in.MentionsRoom))
	if err != nil {
		a.doubt = true
		return err
	}
	if added == 0 {
		return a.repeated(m, sqlstore.NoMessage())
	}
	head.seq++
	head.rev++
	head.added++
	a.moved[in.Room] = head
	a.read[at] = head.seq
	if len(in.Mentions) > 0 {
		a.mentioning = append(a.mentioning, m)
	}
	if !in.Kind.Counted() {
		a.notices = append(a.notices, notice{in.Room, head.seq})
	}
	m.created = true
	m.message = &chat.Message{
		Room: in.Room, Seq: head.seq, Rev: head.rev, ClientID: sqlstore.FormatUUID(m.clientID), Author: author.Author,
		Kind: in.Kind, Body: in.Body, Mentions: in.Mentions, MentionsRoom: in.MentionsRoom, CreatedAt: sqlstore.FromMillis(created),
	}
	m.message.SetDetail()
	for _, user := range shows(m, member) {
		a.shown = append(a.shown, position{in.Room, user})
	}
	return nil
}

// repeated returns the message that is stored already, or the error none.
func (a *appender) repeated(m *appending, none error) error {
	m.message = new(chat.Message)
	found, err := a.extras.Message(a.tx, m.message, statements.MessageByClientID, m.input.Room, m.input.Author, m.clientID)
	if err == nil && !found {
		return none
	}
	shows(m, a.members[m.at()])
	return err
}

// settle moves the heads, and the authors' read positions, to where they are, and writes
// what else depends on the new messages.
func (a *appender) settle() error {
	for room, head := range a.moved {
		if _, err := a.tx.Exec(sqlMoveHead, room, head.seq, head.rev); err != nil {
			return err
		}
	}
	for _, n := range a.notices {
		if _, err := a.tx.Exec(sqlUncounted, n.room, n.seq); err != nil {
			return err
		}
	}
	for _, m := range a.mentioning {
		if err := sqlstore.PutMentions(a.tx, m.input, m.message.Seq); err != nil {
			return err
		}
	}
	for _, at := range a.shown {
		if err := a.streams.Shown(a.tx, at.room, at.user); err != nil {
			return err
		}
	}
	for at, seq := range a.read {
		if _, err := a.tx.Exec(sqlReadOwn, at.room, at.user, seq); err != nil {
			return err
		}
	}
	return nil
}

// idList gives the keys as a JSON list.
func idList[ID ~int64, V any](ids map[ID]V) string {
	list := []byte{'['}
	for id := range ids {
		if len(list) > 1 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, int64(id), 10)
	}
	return string(append(list, ']'))
}
