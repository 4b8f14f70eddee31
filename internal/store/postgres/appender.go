package postgres

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// appender appends messages. While a room's commit is in flight, the room's next
// messages queue and share its next commit. Rooms don't wait for each other.
type appender struct {
	pool    *pool
	extras  sqlstore.Extras
	wait    time.Duration
	batch   int
	limit   int
	changed *sqlstore.Changed // notes each commit

	mu     sync.Mutex
	closed bool
	queued int                          // of all rooms
	rooms  map[chat.RoomID][]*appending // a room is here while a goroutine works for it
	work   sync.WaitGroup
}

func newAppender(pool *pool, options Options, changed *sqlstore.Changed) *appender {
	return &appender{
		pool: pool, extras: sqlstore.NewExtras(dialect, options.ReactionUsers), wait: options.QueueWait, batch: options.Batch, limit: options.Queue, changed: changed,
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
	if a.giveUp(job) {
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

// giveUp takes a message out of its queue, so that it takes no place from others while
// its room is locked. It reports whether the message was still there: otherwise the
// room's goroutine is about to store it.
func (a *appender) giveUp(job *appending) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	queue := a.rooms[job.input.Room]
	at := slices.Index(queue, job)
	if at < 0 {
		return false
	}
	a.rooms[job.input.Room] = slices.Delete(queue, at, at+1)
	a.queued--
	return true
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
	jobs := make([]*appending, n)
	copy(jobs, queue)
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
		if len(jobs) == 0 {
			return nil // all have been given up
		}
		return a.appendAll(ctx, conn, room, jobs, again)
	})
	if jobs == nil {
		jobs = a.takeUp(room)
	}
	if err != nil && len(jobs) > 1 && !transient(err) {
		a.oneByOne(room, jobs)
		return
	}
	if err == nil {
		a.changed.Mark(room, len(jobs))
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
			return a.appendAll(ctx, conn, room, []*appending{job}, again)
		})
		if err != nil {
			job.err = err
		} else {
			a.changed.Mark(room, 1)
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
