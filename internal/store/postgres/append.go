package postgres

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// appendStore is the part that stores new messages.
type appendStore struct{ *core }

// AppendMessage is specified by chat.MessageStore.
func (s appendStore) AppendMessage(ctx context.Context, m chat.NewMessage) (message chat.Message, created bool, err error) {
	clientID, err := sqlstore.ParseUUID(m.ClientID)
	if err != nil {
		return chat.Message{}, false, err
	}
	job := &appending{input: m, clientID: uuid.UUID(clientID), done: make(chan struct{})}
	if err := s.appender.do(ctx, job); err != nil {
		return chat.Message{}, false, translate(err)
	}
	return job.message, job.created, nil
}

// appending is a message to be appended, and its result.
type appending struct {
	input    chat.NewMessage
	clientID uuid.UUID
	state    atomic.Int32
	done     chan struct{}

	// Valid once done is closed.
	message chat.Message
	created bool
	err     error
}

// The states of a message to be appended. The first to change the state from waiting
// decides: the room's goroutine tries to append the message, the caller cancels it.
const (
	waiting int32 = iota
	taken
	givenUp
)

// appender appends messages. While a room's commit is in flight, the room's next
// messages queue and share its next commit. Rooms don't wait for each other.
type appender struct {
	pool  *pool
	wait  time.Duration
	batch int
	limit int

	mu     sync.Mutex
	closed bool
	queued int                          // of all rooms
	rooms  map[chat.RoomID][]*appending // a room is here while a goroutine works for it
	work   sync.WaitGroup
}

func newAppender(pool *pool, options Options) *appender {
	return &appender{
		pool: pool, wait: options.QueueWait, batch: options.Batch, limit: options.Queue,
		rooms: make(map[chat.RoomID][]*appending),
	}
}

func (a *appender) do(ctx context.Context, job *appending) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := a.enqueue(job); err != nil { //nolint:contextcheck // what commits for all is not ended by one caller's leaving
		return err
	}
	patience := time.NewTimer(a.wait)
	defer patience.Stop()
	var reason error
	select {
	case <-job.done:
		return job.err
	case <-ctx.Done():
		reason = ctx.Err()
	case <-patience.C:
		reason = errQueueFull
	}
	if job.state.CompareAndSwap(waiting, givenUp) {
		return reason
	}
	<-job.done
	return job.err
}

func (a *appender) enqueue(job *appending) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return errClosed
	}
	if a.queued == a.limit {
		return errQueueFull
	}
	a.queued++
	room := job.input.Room
	queue, busy := a.rooms[room]
	a.rooms[room] = append(queue, job)
	if !busy {
		a.work.Go(func() { a.serve(room) })
	}
	return nil
}

// serve commits a room's messages until none are left.
func (a *appender) serve(room chat.RoomID) {
	for a.more(room) {
		a.yieldToSenders(room)
		a.commit(room)
	}
}

// more reports whether the room has queued messages. If not, its goroutine ends,
// and the next message starts another one.
func (a *appender) more(room chat.RoomID) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.rooms[room]) > 0 {
		return true
	}
	delete(a.rooms, room)
	return false
}

// idleRounds is how often the room's goroutine yields without a new message before
// it starts: a few microseconds on an idle machine.
const idleRounds = 10

// yieldToSenders yields so that senders who have just been answered can queue their
// next messages. Otherwise, the first of them would get its own transaction, and
// the others would wait for the disk twice.
func (a *appender) yieldToSenders(room chat.RoomID) {
	before := 0
	for idle := 0; idle < idleRounds && before < a.batch; idle++ {
		runtime.Gosched()
		a.mu.Lock()
		n := len(a.rooms[room])
		a.mu.Unlock()
		if n > before {
			before, idle = n, 0
		}
	}
}

// takeUp returns the room's next messages, at most a batch.
func (a *appender) takeUp(room chat.RoomID) []*appending {
	a.mu.Lock()
	defer a.mu.Unlock()
	queue := a.rooms[room]
	n := min(a.batch, len(queue))
	jobs := make([]*appending, 0, n)
	for _, job := range queue[:n] {
		if job.state.CompareAndSwap(waiting, taken) {
			jobs = append(jobs, job)
		}
	}
	a.queued -= n
	rest := queue[n:]
	if len(rest) == 0 {
		rest = nil
	}
	a.rooms[room] = rest
	return jobs
}

// commit takes messages of the room once there is a connection for them, stores
// them in one transaction, and answers.
func (a *appender) commit(room chat.RoomID) {
	var jobs []*appending
	err := a.try(func(ctx context.Context, conn *pgx.Conn, again bool) error {
		if jobs == nil {
			jobs = a.takeUp(room)
		}
		return appendAll(ctx, conn, room, jobs, again)
	})
	if jobs == nil {
		jobs = a.takeUp(room)
	}
	if err != nil && len(jobs) > 1 && !transient(err) {
		a.oneByOne(room, jobs)
		return
	}
	for _, job := range jobs {
		if err != nil {
			job.err = err
		}
		close(job.done)
	}
}

// oneByOne stores messages separately, so that one that the database refuses fails
// alone.
func (a *appender) oneByOne(room chat.RoomID, jobs []*appending) {
	for _, job := range jobs {
		err := a.try(func(ctx context.Context, conn *pgx.Conn, again bool) error {
			return appendAll(ctx, conn, room, []*appending{job}, again)
		})
		if err != nil {
			job.err = err
		}
		close(job.done)
	}
}

// try runs a transaction, and retries it if that will help: if another node has
// just stored one of the messages, or if the connection broke. In the latter case,
// some may be stored already, so that again is true.
func (a *appender) try(run func(ctx context.Context, conn *pgx.Conn, again bool) error) error {
	again := false
	var err error
	for range attempts {
		err = a.pool.use(context.Background(), func(ctx context.Context, conn *pgx.Conn) error {
			return run(ctx, conn, again)
		})
		lost := isBroken(err) && !errors.Is(err, context.DeadlineExceeded)
		again = again || lost
		if !lost && !isUnique(err) && !isConflict(err) {
			break
		}
	}
	return err
}

// close waits for the queued messages.
func (a *appender) close() {
	a.mu.Lock()
	a.closed = true
	a.mu.Unlock()
	a.work.Wait()
}

// sqlAppend numbers those of the messages that are not there yet, moves the
// room's head by as many, and the authors' read positions to their latest. It is
// one statement, and so one transaction without a round trip inside, in which
// the room's row is locked from the moment its head is known. A message that
// another node has stored since the statement began breaks messages_by_client_id
// and undoes it all; run again, the statement sees it.
//
// It decides who may write on what it saw when it began. Behind the lock of the
// room it makes sure that this still holds, by what it writes anyway: a membership
// that has ended, or whose user is banned from the server by now, has no read
// position that could be moved. Then it divides by zero, which undoes it all; run
// again, the statement sees what has happened.
const sqlAppend = `
WITH sent AS (
    SELECT n.i, n.client_id, n.kind, n.body, n.created_at, n.member, n.unbanned, u.id AS author, u.username, u.kind AS author_kind,
        (NOT n.member OR m.room IS NOT NULL) AND NOT (n.unbanned AND u.banned) AS allowed,
        coalesce(m.peer, 0) AS peer, coalesce(m.hidden_until, 0) AS hidden, coalesce(p.hidden_until, 0) AS peers_side,
        (SELECT t.seq FROM messages t WHERE t.room = $1 AND t.author = n.author AND t.client_id = n.client_id) AS original
    FROM unnest($2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::boolean[])
        WITH ORDINALITY AS n (author, client_id, kind, body, created_at, member, unbanned, i)
    JOIN users u ON u.id = n.author
    LEFT JOIN memberships m ON m.room = $1 AND m."user" = n.author
    LEFT JOIN memberships p ON p.room = $1 AND p."user" = m.peer
), fresh AS (
    SELECT *, row_number() OVER (ORDER BY i) AS place FROM sent WHERE original IS NULL AND allowed
), total AS (
    SELECT count(*) AS n FROM fresh
), head AS (
    UPDATE rooms r SET seq = r.seq + total.n, rev = r.rev + total.n FROM total WHERE r.id = $1 AND total.n > 0
    RETURNING r.seq - total.n AS seq, r.rev - total.n AS rev
), stored AS (
    INSERT INTO messages (room, seq, rev, author, client_id, kind, body, created_at)
    SELECT $1, head.seq + f.place, head.rev + f.place, f.author, f.client_id, f.kind, f.body, f.created_at
    FROM head, fresh f
), read AS (
    UPDATE memberships m SET read_seq = head.seq + a.place
    FROM head, (SELECT author, max(place) AS place, bool_or(unbanned) AS unbanned FROM fresh GROUP BY author) a
    WHERE m.room = $1 AND m."user" = a.author AND NOT (a.unbanned AND m.banned)
    RETURNING m."user"
), ended AS (
    SELECT count(*) AS n FROM fresh f, head WHERE f.member AND f.author NOT IN (SELECT "user" FROM read)
)
SELECT s.i, s.allowed, coalesce(s.original, 0), head.seq + f.place, head.rev + f.place, s.username, s.author_kind,
    s.peer, s.hidden, s.peers_side, 1 / (ended.n = 0)::int
FROM sent s LEFT JOIN fresh f ON f.i = s.i LEFT JOIN head ON true CROSS JOIN ended`

// key identifies a message within its room.
type key struct {
	author   chat.UserID
	clientID uuid.UUID
}

// appendAll stores the messages and sets their results. If it returns an error,
// none is stored, or the outcome is unknown. Again is true if an earlier attempt
// may have stored them: then existing messages count as new, because an extra event
// does no harm.
func appendAll(ctx context.Context, conn *pgx.Conn, room chat.RoomID, jobs []*appending, again bool) error {
	first := make(map[key]*appending, len(jobs))
	var distinct, repeated []*appending
	var authors, times []int64
	var clientIDs []pgtype.UUID
	var kinds, bodies []string
	var member, unbanned []bool
	for _, job := range jobs {
		job.message, job.created, job.err = chat.Message{}, false, sqlstore.NoUser()
		in, k := job.input, key{job.input.Author, job.clientID}
		if first[k] != nil {
			repeated = append(repeated, job)
			continue
		}
		first[k] = job
		distinct = append(distinct, job)
		authors, times = append(authors, int64(in.Author)), append(times, sqlstore.Millis(in.CreatedAt))
		clientIDs = append(clientIDs, pgtype.UUID{Bytes: job.clientID, Valid: true})
		kinds, bodies = append(kinds, string(in.Kind)), append(bodies, in.Body)
		var needs chat.Standing
		if in.Act != nil {
			needs = in.Act.Needs
		}
		member, unbanned = append(member, needs.Member), append(unbanned, needs.Unbanned)
	}
	var known []*appending
	args := []any{room, authors, clientIDs, kinds, bodies, times, member, unbanned}
	on := queries{ctx, conn}
	err := on.Each(sqlAppend, args, func(rows sqlstore.Scanner) error {
		var i, held int
		var allowed bool
		var original int64
		var seq, rev *int64
		var author chat.Author
		var talk talk
		if err := rows.Scan(&i, &allowed, &original, &seq, &rev, &author.Username, &author.Kind,
			&talk.peer, &talk.hidden, &talk.peersSide, &held); err != nil {
			return err
		}
		job := distinct[i-1]
		switch {
		case original > 0:
			known = append(known, job)
			talk.shows(job, original)
		case !allowed:
			job.err = chat.ErrNoStanding()
		case seq == nil:
			job.err = sqlstore.NoRoom()
		default:
			job.stored(*seq, *rev, author)
			talk.shows(job, *seq)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, job := range known {
		var row sqlstore.MessageRow
		found, err := on.Row(statements.MessageByClientID, []any{room, job.input.Author, job.clientID}, row.Dest()...)
		if job.err = err; err == nil && !found {
			job.err = sqlstore.NoMessage()
		}
		if job.err == nil {
			job.message, job.created = row.Message(room), again
		}
	}
	for _, job := range repeated {
		original := first[key{job.input.Author, job.clientID}]
		job.message, job.err = original.message, original.err
	}
	return nil
}

// stored sets the result of a new message.
func (a *appending) stored(seq, rev int64, author chat.Author) {
	in := a.input
	author.ID = in.Author
	a.err, a.created = nil, true
	a.message = chat.Message{
		Room: in.Room, Seq: seq, Rev: rev, ClientID: a.clientID.String(), Author: author,
		Kind: in.Kind, Body: in.Body, CreatedAt: sqlstore.FromMillis(sqlstore.Millis(in.CreatedAt)),
	}.Detailed()
}
