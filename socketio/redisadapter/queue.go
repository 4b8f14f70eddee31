package redisadapter

import (
	"errors"
	"sync"
)

var (
	// ErrQueueFull is returned if Options.MaxQueueBytes are waiting to be published.
	ErrQueueFull = errors.New("redisadapter: publish queue is full")
	// ErrTooLarge is returned for a message above Options.MaxMessageBytes.
	ErrTooLarge = errors.New("redisadapter: message is too large")
	// ErrClosed is returned after Link.Close.
	ErrClosed = errors.New("redisadapter: link is closed")
)

// queue holds items for one consumer, in order and limited in bytes.
type queue[T any] struct {
	limit int // in bytes

	mu     sync.Mutex
	items  []T
	bytes  int
	closed bool
	wake   chan struct{}
}

func newQueue[T any](limit int) *queue[T] {
	return &queue[T]{limit: limit, wake: make(chan struct{}, 1)}
}

// push adds an item of the given size, in bytes.
func (q *queue[T]) push(item T, size int) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return ErrClosed
	case q.bytes+size > q.limit:
		return ErrQueueFull
	}
	q.items = append(q.items, item)
	q.bytes += size
	q.signal()
	return nil
}

// signal wakes the consumer. The lock is held.
func (q *queue[T]) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take waits for items and returns all of them; they count until done is called. It returns none once
// the queue is closed and empty.
func (q *queue[T]) take() (items []T, done func()) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			items, bytes := q.items, q.bytes
			q.items = nil
			q.mu.Unlock()
			return items, func() {
				q.mu.Lock()
				defer q.mu.Unlock()
				q.bytes -= bytes
			}
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil, nil
		}
		<-q.wake
	}
}

// close refuses further items.
func (q *queue[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
}
