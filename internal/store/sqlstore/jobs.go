package sqlstore

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"time"

	"partychat/internal/chat"
)

// jobStore is the part that keeps jobs. A leased job is due when its lease ends, so one
// column says when a job may be taken.
type jobStore struct{ *Core }

type jobStatements struct {
	PutJob, KeepJob                    string
	DueJobs, NextJob, LeaseJobs        string
	DeleteJob, ReleaseJob, PostponeJob string
	CountJobs                          string
}

func (d Dialect) jobs() jobStatements {
	const (
		insert = `
INSERT INTO jobs (kind, key, payload, due_at, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, key) DO UPDATE SET version = jobs.version + 1, `
		mine = ` WHERE kind = $1 AND key = $2 AND lease = $3`
	)
	sooner := `due_at = CASE WHEN jobs.lease <> 0 OR jobs.attempts > 0 THEN jobs.due_at
    ELSE ` + d.Least + `(jobs.due_at, excluded.due_at) END, expires_at = ` + d.Greatest + `(jobs.expires_at, excluded.expires_at)`
	return jobStatements{
		PutJob:  insert + `payload = excluded.payload, ` + sooner,
		KeepJob: insert + sooner,

		DueJobs: `SELECT EXISTS (SELECT 1 FROM jobs WHERE due_at <= $1 AND ` + d.Any("kind", "$2") + `)`,
		NextJob: `SELECT coalesce(min(due_at), 0) FROM jobs WHERE due_at > $1 AND ` + d.Any("kind", "$2"),

		LeaseJobs: `
WITH due AS MATERIALIZED (
    SELECT j.kind, j.key FROM jobs j WHERE j.due_at <= $3 AND ` + d.Any("j.kind", "$4") + ` ORDER BY j.due_at LIMIT $5` + d.LockFree + `)
UPDATE jobs SET lease = $1, due_at = $2, attempts = attempts + 1 WHERE (kind, key) IN (SELECT kind, key FROM due)
RETURNING kind, key, payload, created_at, expires_at, attempts, version`,

		DeleteJob:   `DELETE FROM jobs` + mine + ` AND version = $4`,
		ReleaseJob:  `UPDATE jobs SET lease = 0, attempts = 0, due_at = $4` + mine,
		PostponeJob: `UPDATE jobs SET lease = 0, due_at = $4, failure = $5, attempts = attempts - $6` + mine,

		CountJobs: `SELECT kind, count(*), count(*) FILTER (WHERE failure <> ''), min(created_at) FROM jobs GROUP BY kind ORDER BY kind`,
	}
}

// PutJobs is specified by chat.JobStore.
func (s jobStore) PutJobs(ctx context.Context, jobs []chat.NewJob) error {
	return s.db.WriteBeside(ctx, func(tx Tx) error { return s.sql.put(tx, jobs) })
}

// put stores jobs within the transaction that causes them.
func (s *jobStatements) put(tx Tx, jobs []chat.NewJob) error {
	for _, job := range jobs {
		query := s.PutJob
		if job.KeepPayload {
			query = s.KeepJob
		}
		_, err := tx.Exec(query, job.Kind, job.Key, job.Payload, Millis(job.DueAt), Millis(job.ExpiresAt), Millis(job.CreatedAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// LeaseJobs is specified by chat.JobStore. Looking for jobs when there are none writes
// nothing.
func (s jobStore) LeaseJobs(
	ctx context.Context, kinds []chat.JobKind, now, until time.Time, limit int,
) (jobs []chat.Job, next time.Time, err error) {
	list, err := s.dialect.List(kindNames(kinds))
	if err != nil {
		return nil, time.Time{}, err
	}
	var due bool
	var nextAt int64
	err = s.db.Read(ctx, func(q Queries) error {
		if _, err := q.Row(s.sql.DueJobs, []any{Millis(now), list}, &due); err != nil {
			return err
		}
		_, err := q.Row(s.sql.NextJob, []any{Millis(now), list}, &nextAt)
		return err
	})
	if err != nil || !due {
		return nil, fromMillisOrZero(nextAt), err
	}
	lease := newLease()
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		jobs = nil
		return tx.Each(s.sql.LeaseJobs, []any{lease, Millis(until), Millis(now), list, limit}, func(r Scanner) error {
			job := chat.Job{Lease: lease}
			var createdAt, expiresAt int64
			err := r.Scan((*string)(&job.Kind), &job.Key, &job.Payload, &createdAt, &expiresAt, &job.Attempts, &job.Version)
			job.CreatedAt, job.ExpiresAt = FromMillis(createdAt), FromMillis(expiresAt)
			jobs = append(jobs, job)
			return err
		})
	})
	if err != nil {
		return nil, time.Time{}, err
	}
	return jobs, fromMillisOrZero(nextAt), nil
}

func kindNames(kinds []chat.JobKind) []string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return names
}

// newLease returns a number that no other lease has.
func newLease() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // it never fails
	return int64(binary.BigEndian.Uint64(b[:])>>1) | 1
}

// JobDone is specified by chat.JobStore.
func (s jobStore) JobDone(ctx context.Context, job chat.Job, now time.Time) error {
	return s.db.WriteBeside(ctx, func(tx Tx) error {
		n, err := tx.Exec(s.sql.DeleteJob, job.Kind, job.Key, job.Lease, job.Version)
		if err != nil || n > 0 {
			return err
		}
		_, err = tx.Exec(s.sql.ReleaseJob, job.Kind, job.Key, job.Lease, Millis(now))
		return err
	})
}

// RetryJob is specified by chat.JobStore.
func (s jobStore) RetryJob(ctx context.Context, job chat.Job, at time.Time, failure string, counted bool) error {
	uncounted := 1
	if counted {
		uncounted = 0
	}
	_, err := s.db.Exec(ctx, s.sql.PostponeJob, job.Kind, job.Key, job.Lease, Millis(at), failure, uncounted)
	return err
}

// JobCounts is specified by chat.JobStore.
func (s jobStore) JobCounts(ctx context.Context) ([]chat.JobCount, error) {
	return all(ctx, s.Core, s.sql.CountJobs, nil, func(r Scanner) (c chat.JobCount, err error) {
		var oldest int64
		err = r.Scan((*string)(&c.Kind), &c.Stored, &c.Failing, &oldest)
		c.Oldest = FromMillis(oldest)
		return c, err
	})
}
