// Package local is the broker of a node that is alone: events go from a
// publisher to the handler within the process.
package local

import (
	"context"
	"errors"
	"sync"

	"partychat/internal/chat"
)

// Broker implements chat.Broker. Nothing is lost on the way: each topic has a
// queue that grows while the handler is busy with that topic's earlier events.
// It is not bounded, because an event is small, the handler only passes it on,
// and whoever publishes has had to wait for a commit before.
//
// A topic has a goroutine only while it has events to hand over.
type Broker struct {
	mu      sync.Mutex // guards all below and the topics; never held while the handler runs
	handler func(chat.Event)
	topics  map[chat.Topic]*topic
	closed  bool

	running sync.WaitGroup // the goroutines of topics
}

// topic is in the map while it has subscribers or a goroutine, so that the
// handler runs once at a time also for a topic that was left and entered again.
type topic struct {
	subscribers int // calls of Subscribe that are not undone yet
	queue       []chat.Event
	running     bool // whether a goroutine is handing events over
}

var (
	// ErrClosed is what a closed broker answers.
	ErrClosed = errors.New("the broker is closed")
	// ErrNoHandler is what Subscribe answers before Handle.
	ErrNoHandler = errors.New("the broker has no handler yet")
)

var _ chat.Broker = (*Broker)(nil)

// New makes a broker, which is to be closed.
func New() *Broker {
	return &Broker{topics: map[chat.Topic]*topic{}}
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
		t = &topic{}
		b.topics[name] = t
	}
	t.subscribers++
	return nil
}

// Unsubscribe is specified by chat.Broker. What is still queued when delivery
// stops is dropped; one event may be with the handler already.
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

// Hears is specified by chat.Broker: there are no others.
func (b *Broker) Hears() bool { return true }

// Publish is specified by chat.Broker. It only queues the event.
func (b *Broker) Publish(_ context.Context, event chat.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return ErrClosed
	}
	name := event.Topic()
	t := b.topics[name]
	if t == nil || t.subscribers == 0 {
		return nil
	}
	t.queue = append(t.queue, event)
	if !t.running {
		t.running = true
		b.running.Go(func() { b.deliver(name, t) })
	}
	return nil
}

// deliver hands the topic's events over, in order, until there are no more.
func (b *Broker) deliver(name chat.Topic, t *topic) {
	for {
		b.mu.Lock()
		if len(t.queue) == 0 {
			t.running = false
			if t.subscribers == 0 {
				delete(b.topics, name)
			}
			b.mu.Unlock()
			return
		}
		event := t.queue[0]
		t.queue[0] = nil // what has been handed over may be freed
		t.queue = t.queue[1:]
		handler := b.handler
		b.mu.Unlock()
		handler(event)
	}
}

// Close drops what is queued and returns when the handler has returned for the
// last time. The handler must not call it. Closing twice is no error.
func (b *Broker) Close() error {
	b.mu.Lock()
	b.closed = true
	for _, t := range b.topics {
		t.queue, t.subscribers = nil, 0
	}
	b.mu.Unlock()
	b.running.Wait()
	return nil
}
