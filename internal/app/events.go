package app

import (
	"sync"

	"partychat/internal/chat"
)

// sharedBroker is a broker with several parts of the program behind its one
// handler. Each subscribes for itself, and passes over what it did not ask for.
type sharedBroker struct {
	chat.Broker

	mu       sync.RWMutex
	handlers []func(chat.Event)
}

// Handle adds a handler, before the first Subscribe.
func (b *sharedBroker) Handle(handler func(chat.Event)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handlers = append(b.handlers, handler)
	if len(b.handlers) == 1 {
		b.Broker.Handle(b.deliver)
	}
}

func (b *sharedBroker) deliver(event chat.Event) {
	b.mu.RLock()
	handlers := b.handlers
	b.mu.RUnlock()
	for _, handle := range handlers {
		handle(event)
	}
}
