// Package jobs runs side effects that must happen, at least once each. Jobs are stored
// in the transaction that causes them (chat.JobStore). A runner on each node leases
// those that are due; a job whose node has died is leased by another when the lease
// ends. So handlers must be idempotent.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partychat/internal/chat"
)

// Handler does what a job is about. After an error it is called again, with growing
// pauses, until the job expires; a *chat.JobLaterError says when. Its ctx ends before the
// lease of the job.
type Handler func(ctx context.Context, job chat.Job) error

// Options configure a Runner. Zero fields get the defaults in the comments.
type Options struct {
	AtOnce int           // jobs that this node runs at the same time; default 8
	Lease  time.Duration // how long a node that has died keeps a job; default 1 min
	Poll   time.Duration // interval at which to look for jobs of other nodes; default 2 s
	// FirstRetry is the pause after the first failure. It doubles with each further one,
	// up to LastRetry. Default 5 s and 10 min.
	FirstRetry, LastRetry time.Duration
	Now                   func() time.Time
	Spread                func() float64 // from 0 to 1, so that retries spread; default random
	Log                   *slog.Logger   // default none
}

func (o Options) withDefaults() Options {
	set := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	set(&o.Lease, time.Minute)
	set(&o.Poll, 2*time.Second)
	set(&o.FirstRetry, 5*time.Second)
	set(&o.LastRetry, 10*time.Minute)
	if o.AtOnce == 0 {
		o.AtOnce = 8
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Spread == nil {
		o.Spread = rand.Float64
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Counts are how many attempts a Runner has made.
type Counts struct {
	Done, Failed, Expired int64
}

// Runner runs jobs.
type Runner struct {
	store    chat.JobStore
	options  Options
	handlers map[chat.JobKind]Handler
	kinds    []chat.JobKind
	slots    chan struct{}
	wake     chan struct{}
	running  sync.WaitGroup

	done, failed, expired atomic.Int64
	failing               atomic.Bool // the last attempt has failed
	away                  atomic.Bool // the store did not answer
}

// New returns a Runner without handlers.
func New(store chat.JobStore, options Options) *Runner {
	options = options.withDefaults()
	return &Runner{
		store: store, options: options, handlers: make(map[chat.JobKind]Handler),
		slots: make(chan struct{}, options.AtOnce), wake: make(chan struct{}, 1),
	}
}

// Handle registers the handler of a kind, before Run.
func (r *Runner) Handle(kind chat.JobKind, handler Handler) {
	r.handlers[kind] = handler
	r.kinds = append(r.kinds, kind)
	slices.Sort(r.kinds)
}

// Wake makes Run look for jobs now.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Counts returns the attempts so far.
func (r *Runner) Counts() Counts {
	return Counts{Done: r.done.Load(), Failed: r.failed.Load(), Expired: r.expired.Load()}
}

// Run runs jobs until ctx ends, and returns when the handlers have ended. Jobs that they
// did not finish are given back.
func (r *Runner) Run(ctx context.Context) {
	defer r.running.Wait()
	for ctx.Err() == nil {
		started, next := r.start(ctx)
		if started == r.options.AtOnce {
			continue // there may be more
		}
		pause := r.options.Poll
		if !next.IsZero() {
			pause = min(pause, max(0, next.Sub(r.options.Now())))
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		}
		timer.Stop()
	}
}

// RunDue runs all jobs that are due, and returns when they have ended.
func (r *Runner) RunDue(ctx context.Context) {
	for ctx.Err() == nil {
		started, _ := r.start(ctx)
		r.running.Wait()
		if started == 0 {
			return
		}
	}
}

// start waits for a free slot, and starts as many jobs as there are free slots. Next is
// when further ones will be due.
func (r *Runner) start(ctx context.Context) (started int, next time.Time) {
	select {
	case r.slots <- struct{}{}:
		<-r.slots
	case <-ctx.Done():
		return 0, time.Time{}
	}
	now := r.options.Now()
	jobs, next, err := r.store.LeaseJobs(ctx, r.kinds, now, now.Add(r.options.Lease), cap(r.slots)-len(r.slots))
	if err != nil {
		r.note(ctx, err)
		return 0, time.Time{}
	}
	for _, job := range jobs {
		r.slots <- struct{}{}
		r.running.Go(func() {
			defer func() { <-r.slots; r.Wake() }()
			r.run(ctx, job)
		})
	}
	return len(jobs), next
}

// run runs one job and records the result.
func (r *Runner) run(ctx context.Context, job chat.Job) {
	now := r.options.Now()
	if now.After(job.ExpiresAt) {
		r.expired.Add(1)
		r.options.Log.Warn("a job has failed until it expired", "kind", job.Kind, "key", job.Key, "attempts", job.Attempts-1)
		r.note(ctx, r.store.JobDone(context.WithoutCancel(ctx), job, now))
		return
	}
	limited, cancel := context.WithTimeout(ctx, r.options.Lease*3/4)
	err := r.handlers[job.Kind](limited, job)
	cancel()
	end := context.WithoutCancel(ctx)
	var later *chat.JobLaterError
	switch {
	case err == nil:
		r.done.Add(1)
		if r.failing.CompareAndSwap(true, false) {
			r.options.Log.Info("jobs succeed again", "kind", job.Kind)
		}
		err = r.store.JobDone(end, job, r.options.Now())
	case ctx.Err() != nil: // the node stops
		err = r.store.RetryJob(end, job, r.options.Now(), "", false)
	case errors.As(err, &later) && later.Err == nil:
		err = r.store.RetryJob(end, job, later.At, "", false)
	default:
		at := r.options.Now().Add(r.pause(job.Attempts))
		if later != nil {
			at = later.At
		}
		r.failed.Add(1)
		if r.failing.CompareAndSwap(false, true) {
			r.options.Log.Warn("a job has failed; it is retried", "kind", job.Kind, "key", job.Key, "at", at, "error", err)
		}
		err = r.store.RetryJob(end, job, at, err.Error(), true)
	}
	r.note(ctx, err)
}

// pause returns how long to wait after so many failures.
func (r *Runner) pause(attempts int) time.Duration {
	pause := r.options.FirstRetry
	for i := 1; i < attempts && pause < r.options.LastRetry; i++ {
		pause *= 2
	}
	pause = min(pause, r.options.LastRetry)
	return pause*3/4 + time.Duration(float64(pause)/2*r.options.Spread())
}

// note logs that the store does not answer, once.
func (r *Runner) note(ctx context.Context, err error) {
	switch {
	case ctx.Err() != nil:
	case err == nil:
		r.away.Store(false)
	case r.away.CompareAndSwap(false, true):
		r.options.Log.Warn("cannot read or record jobs; retrying", "error", err)
	}
}
