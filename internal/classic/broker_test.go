package classic_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"partychat/internal/chat"
)

// shared is a broker for both the gateway and the classic events.
type shared struct {
	chat.Broker
	handlers []func(chat.Event)

	mu    sync.Mutex
	late  int          // how many messages to hold back and deliver in the wrong order
	held  []chat.Event // those messages
	lost  bool         // whether all events are lost
	own   bool         // whether SubscriptionGone events are lost
	body  string       // first is called before the message with this body
	first func()
	deaf  atomic.Bool // whether it reports that it receives nothing
}

func (b *shared) Hears() bool { return !b.deaf.Load() }

// lose makes the broker lose all events, or stop losing them.
func (b *shared) lose(all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = all
}

// loseOwn makes the broker lose the events that notify users of rooms they have lost.
func (b *shared) loseOwn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.own = true
}

// before makes the broker call a function once, before it delivers a message with that body.
func (b *shared) before(body string, first func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.body, b.first = body, first
}

// due returns the function to call before the event is delivered.
func (b *shared) due(event chat.Event) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := b.first
	if put, ok := event.(chat.MessagePut); first == nil || !ok || put.Message.Body != b.body {
		return func() {}
	}
	b.first = nil
	return first
}

func (b *shared) Publish(ctx context.Context, event chat.Event) error {
	b.due(event)()
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, own := event.(chat.SubscriptionGone); b.lost || own && b.own {
		return nil
	}
	if _, ok := event.(chat.MessagePut); !ok || b.late == 0 {
		return b.Broker.Publish(ctx, event)
	}
	if b.held = append(b.held, event); len(b.held) < b.late {
		return nil
	}
	held := b.held
	b.held = nil
	for _, event := range slices.Backward(held) {
		if err := b.Broker.Publish(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

func (b *shared) Handle(handler func(chat.Event)) {
	b.handlers = append(b.handlers, handler)
	b.Broker.Handle(func(e chat.Event) {
		for _, handle := range b.handlers {
			handle(e)
		}
	})
}
