package app

import (
	"sync"

	"partychat/internal/chat"
)

// sharedBroker lets several parts of the program share a broker, which has a single
// handler. Each part subscribes for itself, and ignores events that it didn't
// subscribe to.
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
