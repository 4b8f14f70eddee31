package gateway

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"partychat/internal/chat"
)

// Limits bound what clients may ask for. A zero field means its default.
type Limits struct {
	// CommandsPerSecond is what one socket may go on sending; CommandBurst is
	// what it may send at once. Defaults 100 and 500.
	CommandsPerSecond float64
	CommandBurst      int
	// SendsPerSecond is how many messages one user may go on sending, from all
	// sockets of this node; SendBurst is what may be sent at once.
	// Defaults 30 and 150.
	SendsPerSecond float64
	SendBurst      int
	// WatchedRooms is how many rooms one socket may watch. Default 50.
	WatchedRooms int
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.CommandsPerSecond, 100)
	setDefault(&l.CommandBurst, 500)
	setDefault(&l.SendsPerSecond, 30)
	setDefault(&l.SendBurst, 150)
	setDefault(&l.WatchedRooms, 50)
	return l
}

func (l Limits) commandLimiter() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(l.CommandsPerSecond), l.CommandBurst)
}

// limiter counts what users send. It outlives their sockets, so that to
// reconnect is no way around it.
type limiter struct {
	limits Limits

	mu    sync.Mutex
	users map[chat.UserID]*rate.Limiter
}

func newLimiter(limits Limits) *limiter {
	return &limiter{limits: limits, users: make(map[chat.UserID]*rate.Limiter)}
}

// allowSend counts one message of the user.
func (l *limiter) allowSend(user chat.UserID) error {
	l.mu.Lock()
	bucket := l.users[user]
	if bucket == nil {
		bucket = rate.NewLimiter(rate.Limit(l.limits.SendsPerSecond), l.limits.SendBurst)
		l.users[user] = bucket
	}
	l.mu.Unlock()
	return allow(bucket, "You are sending too fast. Please wait a moment.")
}

// sweep forgets users whose allowance is full again.
func (l *limiter) sweep(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for user, bucket := range l.users {
		if bucket.TokensAt(now) >= float64(l.limits.SendBurst) {
			delete(l.users, user)
		}
	}
}

// allow takes a token, or says when there will be one.
func allow(bucket *rate.Limiter, message string) error {
	r := bucket.Reserve()
	wait := r.Delay()
	if wait == 0 {
		return nil
	}
	r.Cancel()
	return &chat.Error{Code: chat.CodeRateLimited, Message: message, RetryAfter: wait}
}
