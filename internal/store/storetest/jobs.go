package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

const kindTest chat.JobKind = "test"

func newJob(key, payload string, due time.Time) chat.NewJob {
	return chat.NewJob{Kind: kindTest, Key: key, Payload: payload, DueAt: due, CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
}

func putJobs(t *testing.T, f *fixture, jobs ...chat.NewJob) {
	t.Helper()
	if err := f.PutJobs(t.Context(), jobs); err != nil {
		t.Fatalf("PutJobs: %v", err)
	}
}

const leaseTime = time.Minute

// lease takes the jobs that are due, sorted by their keys.
func lease(t *testing.T, f *fixture, at time.Time) (jobs []chat.Job, next time.Time) {
	t.Helper()
	jobs, next, err := f.LeaseJobs(t.Context(), []chat.JobKind{kindTest, chat.KindPush}, at, at.Add(leaseTime), 100)
	if err != nil {
		t.Fatalf("LeaseJobs: %v", err)
	}
	slices.SortFunc(jobs, func(a, b chat.Job) int { return cmp.Compare(a.Key, b.Key) })
	return jobs, next
}

func payloads(jobs []chat.Job) string {
	list := []string{}
	for _, job := range jobs {
		list = append(list, fmt.Sprintf("%s %s %d", job.Key, job.Payload, job.Attempts))
	}
	return fmt.Sprint(list)
}

var jobContracts = []contract{
	{"a job is leased when it is due, and nobody else's until the lease ends", func(t *testing.T, f *fixture) {
		putJobs(t, f, newJob("a", "1", now), newJob("b", "2", now.Add(time.Second)))
		jobs, next := lease(t, f, now.Add(-time.Millisecond))
		want(t, "before", payloads(jobs), "[]")
		want(t, "the first one", next, now)
		jobs, next = lease(t, f, now)
		want(t, "due", payloads(jobs), "[a 1 1]")
		want(t, "the next one", next, now.Add(time.Second))
		want(t, "times", jobs[0].CreatedAt, now)
		want(t, "expiry", jobs[0].ExpiresAt, now.Add(time.Hour))
		jobs, _ = lease(t, f, now.Add(2*time.Second))
		want(t, "the other one", payloads(jobs), "[b 2 1]")
		jobs, _ = lease(t, f, now.Add(leaseTime))
		want(t, "after a worker has died", payloads(jobs), "[a 1 2]")
	}},
	{"only the worker with the lease ends a job", func(t *testing.T, f *fixture) {
		putJobs(t, f, newJob("a", "1", now))
		died, _ := lease(t, f, now)
		later := now.Add(leaseTime)
		jobs, _ := lease(t, f, later)
		want(t, "error of the late worker", f.JobDone(t.Context(), died[0], later), nil)
		want(t, "error of its retry", f.RetryJob(t.Context(), died[0], later, "late", true), nil)
		want(t, "stored", must[[]chat.JobCount](t)(f.JobCounts(t.Context())), []chat.JobCount{{Kind: kindTest, Stored: 1, Oldest: now}})
		want(t, "error", f.JobDone(t.Context(), jobs[0], later), nil)
		want(t, "stored at last", len(must[[]chat.JobCount](t)(f.JobCounts(t.Context()))), 0)
	}},
	{"a job that fails is due at the time of its retry", func(t *testing.T, f *fixture) {
		putJobs(t, f, newJob("a", "1", now))
		jobs, _ := lease(t, f, now)
		again := now.Add(time.Hour)
		want(t, "error", f.RetryJob(t.Context(), jobs[0], again, "it was raining", true), nil)
		want(t, "counts", must[[]chat.JobCount](t)(f.JobCounts(t.Context())), []chat.JobCount{{Kind: kindTest, Stored: 1, Failing: 1, Oldest: now}})
		putJobs(t, f, newJob("a", "2", now)) // a replacement waits as well
		jobs, next := lease(t, f, again.Add(-time.Millisecond))
		want(t, "before", payloads(jobs), "[]")
		want(t, "next", next, again)
		jobs, _ = lease(t, f, again)
		want(t, "at the time", payloads(jobs), "[a 2 2]")
		want(t, "error", f.RetryJob(t.Context(), jobs[0], again, "", false), nil)
		jobs, _ = lease(t, f, again)
		want(t, "a postponement is no attempt", payloads(jobs), "[a 2 2]")
	}},
	{"a job that waits is replaced, and keeps the earlier time", func(t *testing.T, f *fixture) {
		putJobs(t, f, newJob("a", "1", now), newJob("b", "1", now.Add(time.Hour)), newJob("c", "1", now))
		putJobs(t, f, newJob("a", "2", now.Add(time.Hour)), newJob("b", "2", now))
		kept := newJob("c", "2", now)
		kept.KeepPayload = true
		putJobs(t, f, kept)
		jobs, _ := lease(t, f, now)
		want(t, "due", payloads(jobs), "[a 2 1 b 2 1 c 1 1]")
	}},
	{"a job that is replaced while it runs is run again", func(t *testing.T, f *fixture) {
		putJobs(t, f, newJob("a", "1", now))
		jobs, _ := lease(t, f, now)
		putJobs(t, f, newJob("a", "2", now))
		during, _ := lease(t, f, now)
		want(t, "while it runs", payloads(during), "[]")
		want(t, "error", f.JobDone(t.Context(), jobs[0], now), nil)
		jobs, _ = lease(t, f, now)
		want(t, "afterwards", payloads(jobs), "[a 2 1]")
		want(t, "error", f.JobDone(t.Context(), jobs[0], now), nil)
		jobs, _ = lease(t, f, now.Add(time.Hour))
		want(t, "at last", payloads(jobs), "[]")
	}},
	{"workers never share a job, and other kinds stay", func(t *testing.T, f *fixture) {
		var jobs []chat.NewJob
		const n = 200
		for i := range n {
			jobs = append(jobs, newJob(fmt.Sprint(i), "", now))
		}
		other := newJob("other", "", now)
		other.Kind = "other"
		putJobs(t, f, append(jobs, other)...)
		var mu sync.Mutex
		taken := map[string]int{}
		var workers sync.WaitGroup
		for range 4 {
			workers.Go(func() {
				for range n {
					jobs, _, err := f.LeaseJobs(t.Context(), []chat.JobKind{kindTest}, now, now.Add(leaseTime), 7)
					if err != nil {
						t.Errorf("LeaseJobs: %v", err)
					}
					mu.Lock()
					for _, job := range jobs {
						taken[job.Key]++
					}
					mu.Unlock()
				}
			})
		}
		workers.Wait()
		want(t, "jobs taken", len(taken), n)
		for key, times := range taken {
			want(t, "times that "+key+" was taken", times, 1)
		}
	}},
}
