package socketio

import (
	"container/list"
	"sync"
)

// turnstile runs a limited number of tasks at the same time. The others queue in order, without a
// goroutine.
type turnstile[K comparable] struct {
	limit int // zero: unlimited

	mu      sync.Mutex
	running int
	queue   list.List           // of ticket[K]
	places  map[K]*list.Element // queue entries; nil while the queue is empty
}

// ticket is a task in the queue. One of its functions is called, once.
type ticket[K comparable] struct {
	key      K
	start    func() // must not block
	canceled func()
}

// enter starts a task now, or queues it. The task calls leave when it is done.
func (t *turnstile[K]) enter(piece ticket[K]) {
	t.mu.Lock()
	if t.limit > 0 && t.running >= t.limit {
		if t.places == nil {
			t.places = make(map[K]*list.Element)
		}
		t.places[piece.key] = t.queue.PushBack(piece)
		t.mu.Unlock()
		return
	}
	t.running++
	t.mu.Unlock()
	piece.start()
}

// leave ends a task and starts the next one.
func (t *turnstile[K]) leave() {
	t.mu.Lock()
	first := t.queue.Front()
	if first == nil {
		t.running--
		t.mu.Unlock()
		return
	}
	next := t.takeOut(first)
	t.mu.Unlock()
	next.start()
}

// cancel removes a task from the queue, if it is there.
func (t *turnstile[K]) cancel(key K) {
	t.mu.Lock()
	place := t.places[key]
	if place == nil {
		t.mu.Unlock()
		return
	}
	piece := t.takeOut(place)
	t.mu.Unlock()
	piece.canceled()
}

func (t *turnstile[K]) takeOut(place *list.Element) ticket[K] {
	piece, _ := t.queue.Remove(place).(ticket[K]) // the queue holds only what enter adds
	if delete(t.places, piece.key); len(t.places) == 0 {
		t.places = nil // maps do not shrink
	}
	return piece
}

// waiting returns the length of the queue.
func (t *turnstile[K]) waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.Len()
}
