// Package ratelimit limits how much one user may do.
package ratelimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
)

// Options limit how often one user may do something, such as send a message. Zero
// fields get the defaults that their comments name.
type Options struct {
	PerSecond float64 // sustained rate; 30
	Burst     int     // how often at once; default: the rate of five seconds
	// Refusal is the error message; by default it is about sending.
	Refusal string
	Now     func() time.Time
}

func (o Options) withDefaults() Options {
	if o.PerSecond <= 0 {
		o.PerSecond = 30
	}
	if o.Burst <= 0 {
		o.Burst = max(1, int(5*o.PerSecond))
	}
	if o.Refusal == "" {
		o.Refusal = "You are sending too fast. Please wait a moment."
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// sweepInterval is the interval at which idle users are forgotten.
const sweepInterval = time.Minute

// Limiter counts the actions of users on this node, over sockets and REST
// together. It outlives their connections, so that a reconnect does not evade it.
// It implements chat.Limiter and is safe for concurrent use.
type Limiter struct {
	options Options

	mu    sync.Mutex
	users map[chat.UserID]*allowance
	swept time.Time
}

var _ chat.Limiter = (*Limiter)(nil)

// allowance is the remaining allowance of one user. The bucket cannot take tokens
// back, so returned tokens are kept beside it, up to the capacity of the bucket.
type allowance struct {
	bucket   *rate.Limiter
	returned int
}

// New returns an unused limiter.
func New(options Options) *Limiter {
	o := options.withDefaults()
	return &Limiter{options: o, users: make(map[chat.UserID]*allowance), swept: o.Now()}
}

// Take is specified by chat.Limiter.
func (l *Limiter) Take(user chat.UserID) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.options.Now()
	l.sweep(now)
	a := l.users[user]
	if a == nil {
		a = &allowance{bucket: rate.NewLimiter(rate.Limit(l.options.PerSecond), l.options.Burst)}
		l.users[user] = a
	}
	if l.trim(a, now) > 0 {
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
		Code: chat.CodeRateLimited, Message: l.options.Refusal, RetryAfter: wait,
	}
}

// GiveBack is specified by chat.Limiter.
func (l *Limiter) GiveBack(user chat.UserID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.users[user]; a != nil {
		a.returned++
		l.trim(a, l.options.Now())
	}
}

// trim drops returned tokens that exceed the free capacity of the bucket now, and
// returns the rest.
func (l *Limiter) trim(a *allowance, now time.Time) int {
	room := l.options.Burst - int(a.bucket.TokensAt(now))
	a.returned = min(a.returned, max(0, room))
	return a.returned
}

// sweep forgets users with a full allowance.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < sweepInterval {
		return
	}
	l.swept = now
	for user, a := range l.users {
		if a.bucket.TokensAt(now) >= float64(l.options.Burst) {
			delete(l.users, user)
		}
	}
}
