package gateway

import (
	"golang.org/x/time/rate"

	"partychat/internal/chat"
)

// Limits are the limits of one connection. A zero field means its default.
type Limits struct {
	// CommandsPerSecond is the lasting rate of commands, CommandBurst the number that may
	// come at once. Defaults 100 and 500.
	CommandsPerSecond float64
	CommandBurst      int
	// WatchedRooms is how many rooms it may watch. Default 50.
	WatchedRooms int
	// AuthBytes is what the Socket.IO server lets it give when it connects, of which
	// it is told. Default 16 KiB.
	AuthBytes int64
}

func (l Limits) withDefaults() Limits {
	setDefault(&l.CommandsPerSecond, 100)
	setDefault(&l.CommandBurst, 500)
	setDefault(&l.WatchedRooms, 50)
	setDefault(&l.AuthBytes, 16<<10)
	return l
}

func (l Limits) commandLimiter() *rate.Limiter {
	return rate.NewLimiter(rate.Limit(l.CommandsPerSecond), l.CommandBurst)
}

// allow takes a token; if there is none, the error says when there will be one.
func allow(bucket *rate.Limiter, message string) error {
	r := bucket.Reserve()
	wait := r.Delay()
	if wait == 0 {
		return nil
	}
	r.Cancel()
	return &chat.Error{Code: chat.CodeRateLimited, Message: message, RetryAfter: wait}
}
