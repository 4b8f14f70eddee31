package auth

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"partychat/internal/chat"
)

// busy returns a hasher whose only slot is taken.
func busy(t *testing.T, queue int) *Argon2 {
	t.Helper()
	h := NewArgon2(Argon2Options{MemoryKiB: 64, Passes: 1, Concurrent: 1, Queue: queue})
	if err := h.turns.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestTooManyLogInsAreToldToRetryLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const many, queue = 400, 64
		h := busy(t, queue)
		answers := make(chan error, many)
		for range many {
			go func() {
				_, err := h.Verify(t.Context(), "a guess", "")
				answers <- err
			}()
		}
		synctest.Wait()
		if len(answers) != many-queue {
			t.Fatalf("%d of %d were answered at once, want %d: all but those who may wait", len(answers), many, many-queue)
		}
		for range many - queue {
			err := <-answers
			if chat.CodeOf(err) != chat.CodeUnavailable || chat.ErrorFrom(err).RetryAfter < time.Second {
				t.Fatalf("got %v, want unavailable and when to come back", err)
			}
		}
		h.turns.leave()
		synctest.Wait()
		if len(answers) != queue {
			t.Errorf("%d of those who waited were served, want %d", len(answers), queue)
		}
		if h.turns.free != 1 {
			t.Errorf("%d turns are free at the end, want 1", h.turns.free)
		}
	})
}

func TestKnownNamesAndAddressesAreServedFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const queue = 10
		a := NewAttempts(AttemptOptions{Now: newClock().Now})
		succeed(t, a, "owner", "192.0.2.1")
		h := busy(t, queue)
		served := make(chan string, 2*queue)
		verify := func(name, address string) {
			ctx, _, err := a.LogIn(t.Context(), name, address)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				if _, err := h.Verify(ctx, "a password", ""); err != nil {
					name = fmt.Sprint(name, ": ", err)
				}
				served <- name
			}()
			synctest.Wait() // one by one, in this order
		}
		for i := range queue {
			verify("stranger", fmt.Sprintf("198.51.100.%d", i))
		}
		verify("owner", "192.0.2.1")
		h.turns.leave()
		synctest.Wait()
		if first := <-served; first != "owner" {
			t.Errorf("the first one served was %q, want the owner", first)
		}
		for range queue {
			if next := <-served; next != "stranger" {
				t.Errorf("then came %q, want a stranger", next)
			}
		}
	})
}

func TestHashingWaitsUntilTheContextEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := busy(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() {
			_, err := h.Hash(ctx, "x")
			ended <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Hash: got %v, want %v", err, context.Canceled)
		}
		go func() { // takes the place that the other has left
			_, err := h.Hash(t.Context(), "x")
			ended <- err
		}()
		synctest.Wait()
		h.turns.leave()
		if err := <-ended; err != nil {
			t.Errorf("Hash when its turn has come: got %v, want none", err)
		}
		if h.turns.free != 1 || len(h.turns.other) != 0 {
			t.Errorf("%d turns are free and %d wait, want 1 and none", h.turns.free, len(h.turns.other))
		}
	})
}

func TestSlotOfACallerThatGaveUpGoesToTheNext(t *testing.T) {
	q := newQueue(1, 1)
	if err := q.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	turn := make(chan struct{})
	q.other = line{turn}
	q.leave() // admits somebody who gives up at the same moment
	q.giveUp(&q.other, turn)
	if q.free != 1 {
		t.Errorf("%d turns are free, want 1", q.free)
	}
}
