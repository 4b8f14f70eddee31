package ratelimit

import (
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

func newBudget(o BudgetOptions) (*Budget, *time.Time) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o.Reads.Now = func() time.Time { return now }
	o.Writes.Now = o.Reads.Now
	return NewBudget(o), &now
}

func wantRefusal(t *testing.T, what string, err error, code chat.Code) {
	t.Helper()
	if got := chat.ErrorFrom(err); err == nil || got.Code != code || got.RetryAfter <= 0 {
		t.Errorf("%s: got %v, want %s and when to come back", what, err, code)
	}
}

func TestReadsAndWritesHaveSeparateBudgets(t *testing.T) {
	b, now := newBudget(BudgetOptions{Reads: Options{PerSecond: 1, Burst: 3}, Writes: Options{PerSecond: 1, Burst: 2}})
	read := func() error {
		done, err := b.Read(ann)
		if err == nil {
			done()
		}
		return err
	}
	for range 3 {
		if err := read(); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, "a fourth read", read(), chat.CodeRateLimited)
	for range 2 {
		if err := b.Write(ann); err != nil {
			t.Fatal(err)
		}
	}
	wantRefusal(t, "a third write", b.Write(ann), chat.CodeRateLimited)
	if err := b.Write(bob); err != nil {
		t.Errorf("somebody else: got %v, want it allowed", err)
	}
	*now = now.Add(time.Second)
	if err := read(); err != nil {
		t.Errorf("a second later: got %v, want it allowed", err)
	}
}

func TestReadsInFlightAreLimitedInBytes(t *testing.T) {
	const page = 1000
	b, _ := newBudget(BudgetOptions{
		Reads: Options{PerSecond: 1, Burst: 1000}, PageBytes: page, BytesAtOnce: 4 * page, BytesOfAll: 6 * page,
	})
	var mu sync.Mutex
	var reading []func()
	var read sync.WaitGroup
	for range 50 {
		read.Go(func() {
			if done, err := b.Read(ann); err == nil {
				mu.Lock()
				defer mu.Unlock()
				reading = append(reading, done)
			}
		})
	}
	read.Wait()
	if len(reading) != 4 || b.all != 4*page {
		t.Fatalf("%d reads of %d bytes at once were allowed, want 4", len(reading), b.all)
	}
	_, err := b.Read(ann)
	wantRefusal(t, "a fifth", err, chat.CodeRateLimited)
	for range 2 {
		if _, err := b.Read(bob); err != nil {
			t.Fatal(err)
		}
	}
	_, err = b.Read(bob)
	wantRefusal(t, "more than all may", err, chat.CodeUnavailable)
	for _, done := range reading {
		done()
		done() // has an effect only once
	}
	if b.all != 2*page || len(b.held) != 1 {
		t.Errorf("%d bytes of %d users are held, want those of bob alone", b.all, len(b.held))
	}
	if done, err := b.Read(ann); err != nil {
		t.Errorf("when the others are done: got %v, want it allowed", err)
	} else {
		done()
	}
}
