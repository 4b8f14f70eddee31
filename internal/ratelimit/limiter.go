// Package ratelimit bounds how much one user may do.
package ratelimit

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
)

// Options say how often one user may do a thing, such as send a message. Zero
// fields get the defaults named in their comments.
type Options struct {
	PerSecond float64 // how often one may go on doing it; 30
	Burst     int     // how often one may do it at once; five seconds' worth
	// Refusal is the sentence for who does it too often; it speaks of sending
	// by default.
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

// sweepInterval is how often users who have done nothing for a while are forgotten.
const sweepInterval = time.Minute

// Limiter counts what users do on this node, over sockets and REST together. It
// outlives their connections, so that to reconnect is no way around it. It
// implements chat.Limiter and may be called from many goroutines.
type Limiter struct {
	options Options

	mu    sync.Mutex
	users map[chat.UserID]*allowance
	swept time.Time
}

var _ chat.Limiter = (*Limiter)(nil)

// allowance is what one user may still do. The bucket cannot take tokens
// back, so those are kept beside it: never more than there would be room for.
type allowance struct {
	bucket   *rate.Limiter
	returned int
}

// New makes one in which nothing has been done yet.
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

// trim forgets what has been given back beyond what the bucket has room for by
// now, and gives the rest.
func (l *Limiter) trim(a *allowance, now time.Time) int {
	room := l.options.Burst - int(a.bucket.TokensAt(now))
	a.returned = min(a.returned, max(0, room))
	return a.returned
}

// sweep forgets users whose allowance is full again.
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
