// Package crew runs work on goroutines that are used again: their stacks have
// grown already, which for short work is a good part of its cost.
package crew

import "sync"

// maxWaiting is how many goroutines wait for work. More run when there is
// more to do at once; none ever waits to run.
const maxWaiting = 64

// Crew runs one kind of work. Its goroutines wait for more only while someone
// holds the crew, so that nothing is left behind.
type Crew[T any] struct {
	work func(T)

	mu      sync.Mutex
	holders int
	waiting []chan T // the last one to come is the first to go on
}

// New makes a crew that does this work.
func New[T any](work func(T)) *Crew[T] { return &Crew[T]{work: work} }

// Hold lets goroutines wait for more work until Release has been called as
// often.
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

// Run does a piece of work on a goroutine of the crew, and does not wait.
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
	next := make(chan T, 1) // nobody who gives work waits
	for ok := true; ok; piece, ok = <-next {
		c.work(piece)
		if !c.wait(next) {
			return
		}
	}
}

// wait says whether the caller may wait for more work.
func (c *Crew[T]) wait(next chan T) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holders == 0 || len(c.waiting) == maxWaiting {
		return false
	}
	c.waiting = append(c.waiting, next)
	return true
}
