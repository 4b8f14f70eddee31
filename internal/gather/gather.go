// Package gather collects keys that arrive in bursts and processes them together.
package gather

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Options configure New. All fields are required.
type Options[K comparable] struct {
	// Within is the longest time for which the first key of a batch waits for more.
	// Each batch draws a random delay up to it, so that nodes to which the same
	// thing happens don't all act at the same instant.
	Within time.Duration
	// Retry is how much longer keys wait that Work returned.
	Retry time.Duration
	// Work processes the keys, each of which occurs once, and returns those to
	// retry later. One goroutine at a time calls it.
	Work func(ctx context.Context, keys []K) (again []K)
}

// Set collects keys. It has a goroutine only while it holds keys.
type Set[K comparable] struct {
	ctx  context.Context
	opts Options[K]

	mu      sync.Mutex
	keys    map[K]struct{}
	running bool
	work    sync.WaitGroup
}

// New returns an empty set that works until the context ends.
func New[K comparable](ctx context.Context, opts Options[K]) *Set[K] {
	return &Set[K]{ctx: ctx, opts: opts, keys: make(map[K]struct{})}
}

// Add queues the key. A key added several times before it is processed is processed
// once.
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

// Wait waits until all work has finished. End the context first.
func (s *Set[K]) Wait() {
	s.mu.Lock()
	s.running = true // prevents new goroutines
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

// take removes and returns all keys. If there are none, the calling goroutine must
// end; the next key starts another one.
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

// sleep waits; it returns false if the context ends first.
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
