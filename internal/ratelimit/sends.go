// Package ratelimit bounds how much one user may do.
package ratelimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
)

// SendOptions say how many messages one user may send. Zero fields get the
// defaults named in their comments.
type SendOptions struct {
	PerSecond float64 // what one may go on sending; 30
	Burst     int     // what one may send at once; five seconds' worth
	Now       func() time.Time
}

func (o SendOptions) withDefaults() SendOptions {
	if o.PerSecond <= 0 {
		o.PerSecond = 30
	}
	if o.Burst <= 0 {
		o.Burst = max(1, int(5*o.PerSecond))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// sweepInterval is how often users who have not sent for a while are forgotten.
const sweepInterval = time.Minute

// Sends counts what users send to this node, over sockets and REST together. It
// outlives their connections, so that to reconnect is no way around it. It
// implements chat.SendLimiter and may be called from many goroutines.
type Sends struct {
	options SendOptions

	mu    sync.Mutex
	users map[chat.UserID]*allowance
	swept time.Time
}

var _ chat.SendLimiter = (*Sends)(nil)

// allowance is what one user may still send. The bucket cannot take tokens
// back, so those are kept beside it: never more than there would be room for.
type allowance struct {
	bucket   *rate.Limiter
	returned int
}

// NewSends makes one in which nothing has been sent yet.
func NewSends(options SendOptions) *Sends {
	o := options.withDefaults()
	return &Sends{options: o, users: make(map[chat.UserID]*allowance), swept: o.Now()}
}

// Take is specified by chat.SendLimiter.
func (s *Sends) Take(user chat.UserID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	s.sweep(now)
	a := s.users[user]
	if a == nil {
		a = &allowance{bucket: rate.NewLimiter(rate.Limit(s.options.PerSecond), s.options.Burst)}
		s.users[user] = a
	}
	if s.trim(a, now) > 0 {
		a.returned--
		return nil
	}
	reservation := a.bucket.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	reservation.CancelAt(now)
	return &chat.Error{
		Code: chat.CodeRateLimited, Message: "You are sending too fast. Please wait a moment.", RetryAfter: wait,
	}
}

// GiveBack is specified by chat.SendLimiter.
func (s *Sends) GiveBack(user chat.UserID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.users[user]; a != nil {
		a.returned++
		s.trim(a, s.options.Now())
	}
}

// trim forgets what has been given back beyond what the bucket has room for by
// now, and gives the rest.
func (s *Sends) trim(a *allowance, now time.Time) int {
	room := s.options.Burst - int(a.bucket.TokensAt(now))
	a.returned = min(a.returned, max(0, room))
	return a.returned
}

// sweep forgets users whose allowance is full again.
func (s *Sends) sweep(now time.Time) {
	if now.Sub(s.swept) < sweepInterval {
		return
	}
	s.swept = now
	for user, a := range s.users {
		if a.bucket.TokensAt(now) >= float64(s.options.Burst) {
			delete(s.users, user)
		}
	}
}
