package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlitetest"
)

func TestMain(m *testing.M) {
	code := realserver.Main(m)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// bench is a store and a clock that stands still.
type bench struct {
	store chat.Store
	mu    sync.Mutex
	now   time.Time
}

func (b *bench) time() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.now = b.now.Add(d)
}

func (b *bench) runner(handler Handler) *Runner {
	r := New(b.store, Options{Now: b.time, Spread: func() float64 { return 0.5 }})
	r.Handle("test", handler)
	return r
}

func (b *bench) put(t *testing.T, key string) {
	t.Helper()
	err := b.store.PutJobs(t.Context(), []chat.NewJob{{
		Kind: "test", Key: key, DueAt: b.time(), CreatedAt: b.time(), ExpiresAt: b.time().Add(time.Hour),
	}})
	if err != nil {
		t.Fatalf("PutJobs: %v", err)
	}
}

func (b *bench) stored(t *testing.T) (n int64) {
	t.Helper()
	counts, err := b.store.JobCounts(t.Context())
	if err != nil {
		t.Fatalf("JobCounts: %v", err)
	}
	for _, c := range counts {
		n += c.Stored
	}
	return n
}

func onBoth(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	t.Run("sqlite", func(t *testing.T) { test(t, &bench{store: sqlitetest.Open(t), now: start}) })
	t.Run("postgres", func(t *testing.T) {
		store, err := postgres.Open(t.Context(), postgres.Options{URL: realserver.PostgresDatabase(t)})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		t.Cleanup(func() { _ = store.Close() })
		test(t, &bench{store: store, now: start})
	})
}

func TestAJobIsRetriedWithGrowingPausesUntilItSucceeds(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		t.Helper()
		attempts := 0
		r := b.runner(func(context.Context, chat.Job) error {
			if attempts++; attempts < 4 {
				return errors.New("not yet")
			}
			return nil
		})
		b.put(t, "a")
		for i, pause := range []time.Duration{0, 5 * time.Second, 10 * time.Second, 20 * time.Second} {
			b.pass(pause - time.Millisecond)
			if r.RunDue(t.Context()); attempts != i && pause > 0 {
				t.Errorf("after %v: got %d attempts, want %d", pause, attempts, i)
			}
			b.pass(time.Millisecond)
			if r.RunDue(t.Context()); attempts != i+1 {
				t.Errorf("after pause %v: got %d attempts, want %d", pause, attempts, i+1)
			}
		}
		if n := b.stored(t); n != 0 {
			t.Errorf("got %d jobs at last, want 0", n)
		}
		if got, want := r.Counts(), (Counts{Done: 1, Failed: 3}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestAJobIsDroppedWhenItExpires(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		t.Helper()
		attempts := 0
		r := b.runner(func(context.Context, chat.Job) error { attempts++; return errors.New("never") })
		b.put(t, "a")
		for range 100 {
			r.RunDue(t.Context())
			b.pass(time.Minute)
		}
		if attempts < 5 || attempts > 20 || b.stored(t) != 0 || r.Counts().Expired != 1 {
			t.Errorf("got %d attempts, %d stored, %+v; want some attempts and one expired", attempts, b.stored(t), r.Counts())
		}
	})
}

func TestAJobOfANodeThatDiedIsRunByAnother(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		t.Helper()
		b.put(t, "a")
		// The node that leases it dies before it can do anything.
		if jobs, _, err := b.store.LeaseJobs(t.Context(), []chat.JobKind{"test"}, b.time(), b.time().Add(time.Minute), 1); len(jobs) != 1 {
			t.Fatalf("LeaseJobs: got %d jobs, %v; want 1", len(jobs), err)
		}
		ran := 0
		other := b.runner(func(context.Context, chat.Job) error { ran++; return nil })
		if other.RunDue(t.Context()); ran != 0 {
			t.Errorf("it ran %d times during the lease of another node, want 0", ran)
		}
		b.pass(time.Minute)
		if other.RunDue(t.Context()); ran != 1 || b.stored(t) != 0 {
			t.Errorf("after the lease it ran %d times, with %d stored; want 1 and 0", ran, b.stored(t))
		}
	})
}

func TestAHandlerSaysWhenToRepeatAndAStopGivesBackTheJob(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		t.Helper()
		b.put(t, "a")
		var answer error = &chat.JobLaterError{At: b.time().Add(time.Hour / 2)}
		attempts := []int{}
		ctx, stop := context.WithCancel(t.Context())
		r := b.runner(func(_ context.Context, job chat.Job) error {
			attempts = append(attempts, job.Attempts)
			if len(attempts) == 2 {
				stop()
				return context.Canceled
			}
			return answer
		})
		r.RunDue(ctx)
		b.pass(time.Hour / 2)
		r.RunDue(ctx) // stops
		answer = nil
		r.RunDue(t.Context())
		if fmt.Sprint(attempts) != "[1 1 1]" || b.stored(t) != 0 {
			t.Errorf("got attempts %v, %d stored; want [1 1 1] and 0", attempts, b.stored(t))
		}
	})
}

func TestTwoNodesRunEachJobOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		t.Helper()
		const n = 60
		var mu sync.Mutex
		ran := map[string]int{}
		ctx, stop := context.WithCancel(t.Context())
		handler := func(_ context.Context, job chat.Job) error {
			mu.Lock()
			defer mu.Unlock()
			if ran[job.Key]++; len(ran) == n {
				stop()
			}
			return nil
		}
		for i := range n {
			b.put(t, fmt.Sprint(i))
		}
		var nodes sync.WaitGroup
		for range 2 {
			nodes.Go(func() { b.runner(handler).Run(ctx) })
		}
		nodes.Wait()
		b.pass(time.Hour / 2)
		b.runner(handler).RunDue(t.Context())
		for key, times := range ran {
			if times != 1 {
				t.Errorf("job %s ran %d times, want once", key, times)
			}
		}
		if b.stored(t) != 0 {
			t.Errorf("got %d jobs at last, want 0", b.stored(t))
		}
	})
}
