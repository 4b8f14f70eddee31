package redis

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"github.com/redis/rueidis"

	"partychat/internal/chat"
)

// BrokerOptions configure NewBroker.
type BrokerOptions struct {
	Log *slog.Logger
}

// Broker implements chat.Broker for several nodes, with sharded
// publish/subscribe. Redis stores no events; losses are reported by chat.Missed.
//
// A published event goes directly to the handler of this node, and through a lane
// to the others. Their events arrive through a link. There is one of each or, in
// a cluster, one for each group of topics, because a connection leads to one
// shard.
type Broker struct {
	links   []*link
	lanes   []*lane
	handler atomic.Pointer[func(chat.Event)]
	closed  atomic.Bool

	stop context.CancelFunc
	work sync.WaitGroup // the goroutines of links and lanes
}

var (
	// ErrClosed is the error of a closed broker.
	ErrClosed = errors.New("the broker is closed")
	// ErrNoHandler is the error of Subscribe before Handle.
	ErrNoHandler = errors.New("the broker has no handler yet")
)

var _ chat.Broker = (*Broker)(nil)

// NewBroker returns a broker. Close it before the client.
func NewBroker(client *Client, options BrokerOptions) *Broker {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	b := &Broker{}
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	each := groups // number of groups per connection
	if client.redis.Mode() == rueidis.ClientModeCluster {
		each = 1
	}
	for first := 0; first < groups; first += each {
		link, lane := newLink(client, b.handle, first, each, options.Log), newLane(client, first, each, options.Log)
		b.links, b.lanes = append(b.links, link), append(b.lanes, lane)
		b.work.Go(func() { link.run(ctx) })
		b.work.Go(func() { lane.run(ctx) })
	}
	return b
}

// of returns the index of the link and the lane that carry the group.
func (b *Broker) of(group int) int { return group * len(b.links) / groups }

// Handle is specified by chat.Broker.
func (b *Broker) Handle(handler func(chat.Event)) { b.handler.Store(&handler) }

func (b *Broker) handle(event chat.Event) { (*b.handler.Load())(event) }

// Subscribe is specified by chat.Broker. It waits for the answer of Redis for at
// most subscribePatience, and not at all while Redis is down.
func (b *Broker) Subscribe(ctx context.Context, name chat.Topic) error {
	switch {
	case b.closed.Load():
		return ErrClosed
	case b.handler.Load() == nil:
		return ErrNoHandler
	}
	channel, group := b.links[0].client.channelOf(name)
	return b.links[b.of(group)].subscribe(ctx, name, channel)
}

// Unsubscribe is specified by chat.Broker. Queued events are dropped; the handler
// may already be processing one event.
func (b *Broker) Unsubscribe(name chat.Topic) {
	channel, group := b.links[0].client.channelOf(name)
	b.links[b.of(group)].unsubscribe(channel)
}

// Hears is specified by chat.Broker.
func (b *Broker) Hears() bool {
	for _, link := range b.links {
		if !link.hears() {
			return false
		}
	}
	return true
}

// Publish is specified by chat.Broker. It only queues the event. It succeeds even
// if the other nodes cannot be reached.
func (b *Broker) Publish(_ context.Context, event chat.Event) error {
	if b.closed.Load() {
		return ErrClosed
	}
	body, err := encode(event)
	if err != nil {
		return err
	}
	channel, group := b.links[0].client.channelOf(event.Topic())
	i := b.of(group)
	b.links[i].hand(channel, event)
	b.lanes[i].put(channel, body)
	return nil
}

// Close waits a moment for published events to be sent, drops events that are
// queued for the handler, and returns when the handler has returned for the last
// time. The handler must not call it. Closing twice is allowed.
func (b *Broker) Close() error {
	b.closed.Store(true)
	for _, link := range b.links {
		link.close()
	}
	b.stop()
	b.work.Wait()
	for _, link := range b.links {
		link.running.Wait()
	}
	return nil
}
