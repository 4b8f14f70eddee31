package chat

import (
	"context"
	"fmt"
	"time"
)

// JobKind says which handler runs a job.
type JobKind string

// Job is a side effect that must happen: it is stored in the transaction that causes
// it, and run at least once by one of the nodes. Kind and Key identify it.
type Job struct {
	Kind      JobKind
	Key       string // what it is about
	Payload   string // for its handler
	CreatedAt time.Time
	ExpiresAt time.Time // it is dropped after this
	Attempts  int       // begun so far, with the present one
	Lease     int64     // identifies the worker that runs it
	Version   int64     // moves with each replacement
}

// NewJob is a job to be stored.
type NewJob struct {
	Kind      JobKind
	Key       string
	Payload   string
	DueAt     time.Time // it is not run before this
	ExpiresAt time.Time
	CreatedAt time.Time
	// KeepPayload: if there is such a job already, it keeps its payload. It runs once
	// more if it is running.
	KeepPayload bool
}

// JobStore stores jobs.
type JobStore interface {
	// PutJobs stores jobs. A job replaces the one with the same kind and key: that
	// keeps its time if it is running or waits after a failure, and takes the earlier
	// of the two otherwise.
	PutJobs(ctx context.Context, jobs []NewJob) error
	// LeaseJobs returns at most limit jobs of those kinds that are due, those due first
	// first. Nobody else gets them until the lease ends at until; then everybody may.
	// Next is when further jobs will be due, zero if there are none; jobs that are due
	// already do not count.
	LeaseJobs(ctx context.Context, kinds []JobKind, now, until time.Time, limit int) (jobs []Job, next time.Time, err error)
	// JobDone removes a job that has run. If it was replaced meanwhile, it is due at
	// now instead. It does nothing if the lease is another worker's by now.
	JobDone(ctx context.Context, job Job, now time.Time) error
	// RetryJob makes the job due at that time. Counted is false if the attempt was no
	// failure. It does nothing if the lease is another worker's by now.
	RetryJob(ctx context.Context, job Job, at time.Time, failure string, counted bool) error
	// JobCounts counts the jobs of each kind.
	JobCounts(ctx context.Context) ([]JobCount, error)
}

// JobCount is how many jobs of a kind there are.
type JobCount struct {
	Kind    JobKind
	Stored  int64
	Failing int64     // those that have failed at least once
	Oldest  time.Time // when the oldest of them was stored
}

// JobLaterError is an error by which a handler asks to be called again at a time.
type JobLaterError struct {
	At  time.Time
	Err error // nil: the attempt was no failure
}

// Error is specified by error.
func (l *JobLaterError) Error() string {
	if l.Err != nil {
		return l.Err.Error()
	}
	return fmt.Sprintf("to be repeated at %s", l.At.Format(time.RFC3339))
}

// Unwrap returns the failure.
func (l *JobLaterError) Unwrap() error { return l.Err }
