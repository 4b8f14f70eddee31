// Package local is the broker of a single node: it passes events from publishers
// to the handler within the process.
package local

import (
	"context"
	"errors"
	"sync"

	"partychat/internal/chat"
	"partychat/internal/crew"
)

// Broker implements chat.Broker. It loses no event: each topic has a queue that
// grows while the handler is busy with earlier events of that topic. The queue is
// not limited, because an event is small, the handler only forwards it, and a
// publisher must wait for a commit before each.
//
// A topic has a goroutine only while it has queued events.
type Broker struct {
	mu      sync.Mutex // guards all fields below and the topics; never held while the handler runs
	handler func(chat.Event)
	topics  map[chat.Topic]*topic
	closed  bool

	crew    *crew.Crew[*topic] // the goroutines of topics
	running sync.WaitGroup     // topics with a goroutine
}

// topic is in the map while it has subscribers or a goroutine. So the handler
// runs once at a time, even for a topic that was unsubscribed and subscribed
// again.
type topic struct {
	name        chat.Topic
	subscribers int // calls of Subscribe minus calls of Unsubscribe
	queue       []chat.Event
	running     bool // a goroutine is passing events to the handler
}

var (
	// ErrClosed is the error of a closed broker.
	ErrClosed = errors.New("the broker is closed")
	// ErrNoHandler is the error of Subscribe before Handle.
	ErrNoHandler = errors.New("the broker has no handler yet")
)

var _ chat.Broker = (*Broker)(nil)

// New returns a broker. Close it.
func New() *Broker {
	b := &Broker{topics: map[chat.Topic]*topic{}}
	b.crew = crew.New(b.deliver)
	b.crew.Hold()
	return b
}

// Handle is specified by chat.Broker.
func (b *Broker) Handle(handler func(chat.Event)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handler = handler
}

// Subscribe is specified by chat.Broker.
func (b *Broker) Subscribe(_ context.Context, name chat.Topic) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.closed:
		return ErrClosed
	case b.handler == nil:
		return ErrNoHandler
	}
	t := b.topics[name]
	if t == nil {
		t = &topic{name: name}
		b.topics[name] = t
	}
	t.subscribers++
	return nil
}

// Unsubscribe is specified by chat.Broker. Queued events are dropped; the handler
// may already be processing one event.
func (b *Broker) Unsubscribe(name chat.Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.topics[name]
	if t == nil || t.subscribers == 0 {
		return
	}
	if t.subscribers--; t.subscribers > 0 {
		return
	}
	t.queue = nil
	if !t.running {
		delete(b.topics, name)
	}
}

// Hears is specified by chat.Broker. There are no other nodes.
func (b *Broker) Hears() bool { return true }

// Publish is specified by chat.Broker. It only queues the event.
func (b *Broker) Publish(_ context.Context, event chat.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	t := b.topics[event.Topic()]
	if t == nil || t.subscribers == 0 {
		return nil
	}
	t.queue = append(t.queue, event)
	if !t.running {
		t.running = true
		b.running.Add(1)
		b.crew.Run(t)
	}
	return nil
}

// deliver passes the topic's events to the handler, in order, until the queue is empty.
func (b *Broker) deliver(t *topic) {
	defer b.running.Done()
	for {
		b.mu.Lock()
		if len(t.queue) == 0 {
			t.running = false
			if t.subscribers == 0 {
				delete(b.topics, t.name)
			}
			b.mu.Unlock()
			return
		}
		event := t.queue[0]
		t.queue[0] = nil // free delivered events
		t.queue = t.queue[1:]
		handler := b.handler
		b.mu.Unlock()
		handler(event)
	}
}

// Close drops queued events and returns when the handler has returned for the
// last time. The handler must not call it. Closing twice is allowed.
func (b *Broker) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		b.running.Wait()
		return nil
	}
	b.closed = true
	for _, t := range b.topics {
		t.queue, t.subscribers = nil, 0
	}
	b.mu.Unlock()
	b.running.Wait()
	b.crew.Release()
	return nil
}
