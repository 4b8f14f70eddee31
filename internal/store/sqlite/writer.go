package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"partychat/internal/store/sqlstore"
)

// writer is the one goroutine that writes. During a commit, further writes queue up; the
// writer then takes all of them into one transaction, commits it, and only then
// answers each.
type writer struct {
	queue    chan *write
	wait     time.Duration // how long a write waits for its turn
	batch    int
	tx       *tx
	appender *appender   // for new messages
	members  *remembered // notes each commit
	changed  *sqlstore.Changed
	ended    chan struct{} // closed when the last write has been answered

	failing atomic.Bool // the last transaction could not be committed

	mu     sync.RWMutex // held for reading while queueing, for writing to close
	closed bool
	stop   sync.Once
}

// write is something to be done in the writer's transaction.
type write struct {
	run    func(*tx) error
	single bool       // it is one statement, which undoes itself when it fails
	append *appending // a new message, instead of run
	spares bool       // it changes no room, membership or user
	only   *position  // it changes nothing of those but this read position
	state  atomic.Int32
	done   chan struct{}
	err    error // valid once done is closed
}

// The states of a write. The first to change the state from waiting decides: the writer
// runs the write, the caller cancels it.
const (
	waiting int32 = iota
	taken
	givenUp
)

// tx is the writer's transaction as a write sees it. Its context never ends: a write
// that has begun is not interrupted when its caller leaves.
type tx struct {
	ctx   context.Context
	conn  *sql.Conn
	stmts *prepared
}

// Row is specified by sqlstore.Queries.
func (t *tx) Row(query string, args []any, dest ...any) (found bool, err error) {
	return t.stmts.row(t.ctx, query, args, dest...)
}

// Each is specified by sqlstore.Queries.
func (t *tx) Each(query string, args []any, scan func(sqlstore.Scanner) error) error {
	return t.stmts.each(t.ctx, query, args, scan)
}

// Exec is specified by sqlstore.Tx.
func (t *tx) Exec(query string, args ...any) (changed int64, err error) {
	return t.stmts.exec(t.ctx, query, args...)
}

func startWriter(ctx context.Context, db *sql.DB, options Options, members *remembered, changed *sqlstore.Changed) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{
		queue: make(chan *write, options.Queue),
		wait:  options.QueueWait,
		batch: options.Batch,
		tx:    &tx{ctx: context.WithoutCancel(ctx), conn: conn, stmts: newPrepared(conn.PrepareContext)},
		ended: make(chan struct{}),

		members: members,
		changed: changed,
	}
	w.appender = newAppender(w.tx, sqlstore.Streams{LogMax: options.LogMax}, sqlstore.NewExtras(dialect, options.ReactionUsers))
	go w.loop()
	return w, nil
}

// write runs the write in a transaction, undone by itself if it fails, and returns
// when the transaction is durable. If ctx or the time to wait in the queue ends before
// the write's turn has come, nothing is written; after that, it waits for the result.
func (s *core) write(ctx context.Context, run func(*tx) error) error {
	return s.do(ctx, &write{run: run})
}

func (w *writer) do(ctx context.Context, job *write) error {
	patience := time.NewTimer(w.wait)
	defer patience.Stop()
	if err := w.enqueue(ctx, job, patience.C); err != nil {
		return err
	}
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

func (w *writer) enqueue(ctx context.Context, job *write, patience <-chan time.Time) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case w.queue <- job:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-patience:
		return errQueueFull
	}
}

func (w *writer) loop() {
	defer close(w.ended)
	jobs := make([]*write, 0, w.batch)
	for first := range w.queue {
		w.yieldToWrites()
		jobs = w.gather(append(jobs[:0], first))
		err := w.commit(jobs)
		w.failing.Store(err != nil)
		if err == nil {
			w.members.committed(jobs, w.appender.read)
			w.markChanged()
		} else {
			w.members.forget(false)
		}
		for _, job := range jobs {
			if err != nil {
				job.err = err
			}
			close(job.done)
		}
		clear(jobs)
	}
}

// markChanged tells the search index of the rooms that have new messages.
func (w *writer) markChanged() {
	for room, head := range w.appender.moved {
		w.changed.Mark(room, head.added)
		head.added = 0
	}
	clear(w.appender.moved)
}

// idleRounds is how often the writer yields without a new write before it begins: a few
// microseconds on an idle machine.
const idleRounds = 10

// yieldToWrites yields so that callers who have just been answered can queue their next
// writes. Otherwise, the first of them would get its own transaction, and the others
// would wait for the disk twice.
func (w *writer) yieldToWrites() {
	queued := 0
	for idle := 0; idle < idleRounds && queued < w.batch; idle++ {
		runtime.Gosched()
		if n := len(w.queue); n > queued {
			queued, idle = n, 0
		}
	}
}

// gather takes the queued writes without waiting for more.
func (w *writer) gather(jobs []*write) []*write {
	for len(jobs) < w.batch {
		select {
		case job, ok := <-w.queue:
			if !ok {
				return jobs
			}
			jobs = append(jobs, job)
		default:
			return jobs
		}
	}
	return jobs
}

// commit runs the jobs in one transaction, new messages together at its end, and sets
// the error of each job that fails by itself. If it returns an error, none of the jobs
// has happened.
func (w *writer) commit(jobs []*write) error {
	if _, err := w.tx.Exec("BEGIN IMMEDIATE"); err != nil {
		return w.rollback(fmt.Errorf("begin: %w", err))
	}
	clear(w.appender.read)
	var messages []*write
	for _, job := range jobs {
		if !job.state.CompareAndSwap(waiting, taken) {
			continue
		}
		if job.append != nil {
			messages = append(messages, job)
			continue
		}
		if !job.spares && job.only == nil {
			w.appender.forget() // what it has read may be outdated
		}
		if err := w.run(job); err != nil {
			return w.rollback(err)
		}
	}
	if len(messages) > 0 {
		if err := w.appender.appendAll(messages); err != nil {
			return w.rollback(err)
		}
	}
	if _, err := w.tx.Exec("COMMIT"); err != nil {
		return w.rollback(fmt.Errorf("commit: %w", err))
	}
	return nil
}

// run runs one job and undoes it if it fails. An error means that the whole transaction
// is lost.
func (w *writer) run(job *write) error {
	if job.single {
		job.err = job.run(w.tx)
		return lost(job.err)
	}
	if _, err := w.tx.Exec("SAVEPOINT job"); err != nil {
		return err
	}
	job.err = job.run(w.tx)
	if err := lost(job.err); err != nil {
		return err
	}
	if job.err != nil {
		if _, err := w.tx.Exec("ROLLBACK TO job"); err != nil {
			return err
		}
	}
	_, err := w.tx.Exec("RELEASE job")
	return err
}

// lost returns err if it may have undone the whole transaction.
func lost(err error) error {
	if err != nil && undoesAll(err) {
		return err
	}
	return nil
}

// rollback undoes the transaction, unless SQLite has done so already, and returns the
// error of all its jobs.
func (w *writer) rollback(cause error) error {
	w.appender.forget()
	_, _ = w.tx.Exec("ROLLBACK") // fails if there is nothing left to undo
	return unavailable(cause)
}

// close lets the queued writes finish and ends the goroutine.
func (w *writer) close() (err error) {
	w.stop.Do(func() {
		w.mu.Lock()
		w.closed = true
		close(w.queue)
		w.mu.Unlock()
		<-w.ended
		err = errors.Join(w.tx.stmts.close(), w.tx.conn.Close())
	})
	return err
}
