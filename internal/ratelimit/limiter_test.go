package ratelimit

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

const ann, bob chat.UserID = 1, 2

// newSends returns a limiter of one per second and three at once, and its clock.
func newSends() (*Limiter, *time.Time) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return New(Options{PerSecond: 1, Burst: 3, Now: func() time.Time { return now }}), &now
}

// took sends n messages and returns how many were allowed.
func took(s *Limiter, user chat.UserID, n int) (allowed int) {
	for range n {
		if s.Take(user) == nil {
			allowed++
		}
	}
	return allowed
}

func wantTaken(t *testing.T, what string, got, want int) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d allowed, want %d", what, got, want)
	}
}

func TestSendingTooFastReturnsWhenToRetry(t *testing.T) {
	s, now := newSends()
	wantTaken(t, "a burst", took(s, ann, 5), 3)
	err := s.Take(ann)
	if chat.CodeOf(err) != chat.CodeRateLimited || chat.ErrorFrom(err).RetryAfter != time.Second {
		t.Errorf("got %v, retry after %v, want rate_limited and one second", err, chat.ErrorFrom(err).RetryAfter)
	}
	*now = now.Add(time.Second)
	wantTaken(t, "a second later", took(s, ann, 2), 1)
	wantTaken(t, "somebody else", took(s, bob, 3), 3)
}

func TestReturnedTokensMayBeTakenAgain(t *testing.T) {
	s, now := newSends()
	wantTaken(t, "a burst", took(s, ann, 3), 3)
	s.GiveBack(ann)
	s.GiveBack(ann)
	wantTaken(t, "what was given back", took(s, ann, 3), 2)
	s.GiveBack(ann)
	*now = now.Add(time.Hour)
	wantTaken(t, "a full allowance with something given back long ago", took(s, ann, 5), 3)
	s.GiveBack(bob)
	wantTaken(t, "one who gives back what was never taken", took(s, bob, 5), 3)
}

func TestUsersAreForgottenWhenTheirAllowanceIsFull(t *testing.T) {
	s, now := newSends()
	took(s, ann, 3)
	*now = now.Add(sweepInterval)
	took(s, bob, 1)
	if len(s.users) != 1 || s.users[bob] == nil {
		t.Errorf("%d users remembered, want bob alone", len(s.users))
	}
}

func TestConcurrentSendersGetNoMoreThanTheBurst(t *testing.T) {
	s, _ := newSends()
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() { allowed.Add(int64(took(s, ann, 5))) })
	}
	wg.Wait()
	wantTaken(t, "all together", int(allowed.Load()), 3)
}

func TestDefaultsAreThirtyASecondAndFiveSecondsAtOnce(t *testing.T) {
	o := Options{}.withDefaults()
	if o.PerSecond != 30 || o.Burst != 150 || o.Now == nil {
		t.Errorf("got %v a second and %d at once, want 30 and 150", o.PerSecond, o.Burst)
	}
}
