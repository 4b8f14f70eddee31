// Package gather collects keys that come in crowds, and works on them together.
package gather

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Options say when keys are worked on, and how. All fields are needed.
type Options[K comparable] struct {
	// Within is how long the first key of a crowd waits for the others at most.
	// How long it does is drawn anew each time, so that many nodes to which the
	// same happens do not act at the same instant.
	Within time.Duration
	// Retry is how long keys wait, besides, that could not be worked on.
	Retry time.Duration
	// Work gets the keys, each once, and gives back those that it could not work
	// on now. It is called by one goroutine at a time.
	Work func(ctx context.Context, keys []K) (again []K)
}

// Set gathers keys. It has a goroutine only while there are some.
type Set[K comparable] struct {
	ctx  context.Context
	opts Options[K]

	mu      sync.Mutex
	keys    map[K]struct{}
	running bool
	work    sync.WaitGroup
}

// New makes an empty set that works until the context ends.
func New[K comparable](ctx context.Context, opts Options[K]) *Set[K] {
	return &Set[K]{ctx: ctx, opts: opts, keys: make(map[K]struct{})}
}

// Add lets the key be worked on, once however often it is added until then.
func (s *Set[K]) Add(key K) { s.add([]K{key}) }

func (s *Set[K]) add(keys []K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		s.keys[key] = struct{}{}
	}
	if s.running || len(s.keys) == 0 || s.ctx.Err() != nil {
		return
	}
	s.running = true
	s.work.Go(s.run)
}

// Wait returns when nothing is under way any more. The context is to have ended.
func (s *Set[K]) Wait() {
	s.mu.Lock()
	s.running = true // nothing begins any more
	s.mu.Unlock()
	s.work.Wait()
}

func (s *Set[K]) run() {
	wait := s.draw()
	for s.sleep(wait) {
		keys := s.take()
		if len(keys) == 0 {
			return
		}
		wait = s.draw()
		if again := s.opts.Work(s.ctx, keys); len(again) > 0 {
			s.add(again)
			wait += s.opts.Retry
		}
	}
}

func (s *Set[K]) draw() time.Duration {
	return rand.N(s.opts.Within + 1) //nolint:gosec // nobody gains by guessing it
}

// take empties the set. If it is empty, the goroutine that asks is to end, and
// a later key gets another.
func (s *Set[K]) take() []K {
	s.mu.Lock()
	defer s.mu.Unlock()
	keys := make([]K, 0, len(s.keys))
	for key := range s.keys {
		keys = append(keys, key)
	}
	s.keys = make(map[K]struct{})
	s.running = len(keys) > 0
	return keys
}

// sleep waits; false if the context ended first.
func (s *Set[K]) sleep(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.ctx.Done():
		return false
	}
}
