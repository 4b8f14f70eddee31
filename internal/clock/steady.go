// Package clock tells a time that the machine's clock cannot make jump.
package clock

import (
	"context"
	"time"
)

// Steady goes on from the time at which it was made, second by second. Whether
// somebody was idle for too long must not depend on the machine's clock being
// set meanwhile: set forward by an hour, it would log everyone out.
type Steady struct {
	start   time.Time
	elapsed func() time.Duration
}

// NewSteady makes a clock that begins with the machine's time.
func NewSteady() *Steady {
	start := time.Now()
	return From(start, func() time.Duration { return time.Since(start) })
}

// NewShared makes a clock that begins with the time that somebody tells whom
// other machines ask too. The clocks of all of them agree then, whatever the
// machines believe; they differ by no more than the answers took.
func NewShared(ctx context.Context, ask func(context.Context) (time.Time, error)) (*Steady, error) {
	start, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	answered := time.Now()
	return From(start, func() time.Duration { return time.Since(answered) }), nil
}

// From makes a clock that begins with a time and goes on by what has elapsed
// since, which never decreases. It is for tests, whose time is their own.
func From(start time.Time, elapsed func() time.Duration) *Steady {
	return &Steady{start: start.Round(0), elapsed: elapsed}
}

// Now tells the time.
func (s *Steady) Now() time.Time { return s.start.Add(s.elapsed()) }
