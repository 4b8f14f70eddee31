// Package clock provides a time that doesn't jump when the machine's clock is set.
package clock

import (
	"context"
	"time"
)

// Steady advances from its initial time by elapsed time only. Idle timeouts must
// not depend on the machine's clock: setting it forward by an hour would log
// everyone out.
type Steady struct {
	start   time.Time
	elapsed func() time.Duration
}

// NewSteady returns a clock that starts at the machine's time.
func NewSteady() *Steady {
	start := time.Now()
	return From(start, func() time.Duration { return time.Since(start) })
}

// NewShared returns a clock that starts at the time which ask returns from a source
// that several machines share. Their clocks then agree, whatever their own times
// are, except for the duration of ask.
func NewShared(ctx context.Context, ask func(context.Context) (time.Time, error)) (*Steady, error) {
	start, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	answered := time.Now()
	return From(start, func() time.Duration { return time.Since(answered) }), nil
}

// From returns a clock that starts at the given time and advances by elapsed, which
// must never decrease. It is for tests that control the time.
func From(start time.Time, elapsed func() time.Duration) *Steady {
	return &Steady{start: start.Round(0), elapsed: elapsed}
}

// Now returns the current time.
func (s *Steady) Now() time.Time { return s.start.Add(s.elapsed()) }
