// Package crew runs work on a pool of reused goroutines. Their stacks have already grown, which saves a
// good part of the cost of short work.
package crew

import (
	"sync"
	"time"
)

const (
	// maxWaiting is the number of idle goroutines that are kept. If there is more work at once, more
	// goroutines run; work never waits for a free one. All who wait for one commit go on together, so a
	// smaller number would start most goroutines anew for each commit.
	maxWaiting = 256
	// maxCalm is the number that is kept after calmTime.
	maxCalm  = 64
	calmTime = time.Second
)

// Crew runs one kind of work. Its goroutines stay for more work only while somebody holds the crew, so
// an unused crew leaves no goroutines behind.
type Crew[T any] struct {
	work func(T)

	mu      sync.Mutex
	holders int
	waiting []chan T // used last in, first out
	calming bool     // calm is going to be called
}

// New returns a crew that runs the given function.
func New[T any](work func(T)) *Crew[T] { return &Crew[T]{work: work} }

// Hold keeps idle goroutines alive until Release has been called as often.
func (c *Crew[T]) Hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.holders++
}

// Release undoes one Hold.
func (c *Crew[T]) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holders--; c.holders > 0 {
		return
	}
	for _, next := range c.waiting {
		close(next)
	}
	c.waiting = nil
}

// Run runs a piece of work on one of the crew's goroutines and returns at once.
func (c *Crew[T]) Run(piece T) {
	c.mu.Lock()
	last := len(c.waiting) - 1
	if last < 0 {
		c.mu.Unlock()
		go c.run(piece)
		return
	}
	next := c.waiting[last]
	c.waiting = c.waiting[:last]
	c.mu.Unlock()
	next <- piece
}

func (c *Crew[T]) run(piece T) {
	next := make(chan T, 1) // buffered, so that Run never blocks
	for ok := true; ok; piece, ok = <-next {
		c.work(piece)
		if !c.wait(next) {
			return
		}
	}
}

// wait reports whether the calling goroutine may wait for more work.
func (c *Crew[T]) wait(next chan T) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holders == 0 || len(c.waiting) == maxWaiting {
		return false
	}
	c.waiting = append(c.waiting, next)
	if len(c.waiting) > maxCalm && !c.calming {
		c.calming = true
		time.AfterFunc(calmTime, c.calm)
	}
	return true
}

// calm ends the goroutines beyond maxCalm that have waited longest.
func (c *Crew[T]) calm() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calming = false
	surplus := max(0, len(c.waiting)-maxCalm)
	for _, next := range c.waiting[:surplus] {
		close(next)
	}
	c.waiting = append([]chan T(nil), c.waiting[surplus:]...)
}
