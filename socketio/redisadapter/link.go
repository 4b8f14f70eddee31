package redisadapter

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/redis/rueidis"

	"partychat/socketio"
)

// Link connects one Server to the servers of other processes. Its methods may be called from several
// goroutines.
type Link struct {
	redis   rueidis.Client
	opts    Options
	context context.Context // ends with the link
	stop    context.CancelFunc
	work    sync.WaitGroup

	outbox *queue[publication]
	events *queue[func()] // server-side events for this process's handlers
	asked  atomic.Int64   // size of other processes' broadcasts that wait for acknowledgements, in bytes

	mu        sync.Mutex
	closed    bool
	adapters  map[string]*adapter // by namespace
	patterns  map[string]*adapter // by the pattern of their broadcast channels
	channels  map[string]route
	leaving   []*adapter    // closed but still subscribed
	changed   chan struct{} // wakes the subscribing goroutine
	confirmed chan struct{} // closed and replaced whenever a subscription changes

	interruptions atomic.Int64 // of the subscribing connection

	unpublished, malformed, overrun *faults
}

// route is the purpose of a channel.
type route struct {
	to      *adapter
	answers bool // carries answers, not requests
}

// New creates a link that uses the client, which must outlive it. The link connects in the background;
// see Ready.
func New(client rueidis.Client, opts Options) *Link {
	l := &Link{
		redis: client, opts: opts.withDefaults(), adapters: make(map[string]*adapter),
		patterns: make(map[string]*adapter), channels: make(map[string]route),
		changed: make(chan struct{}, 1), confirmed: make(chan struct{}),
	}
	l.outbox, l.events = newQueue[publication](l.opts.MaxQueueBytes), newQueue[func()](l.opts.MaxPendingBytes)
	l.unpublished, l.malformed, l.overrun = newFaults(l.opts), newFaults(l.opts), newFaults(l.opts)
	l.context, l.stop = context.WithCancel(context.Background())
	l.work.Go(l.publish)
	l.work.Go(l.listen)
	l.work.Go(l.handle)
	return l
}

// Adapter creates the adapter of a namespace; use it as socketio.Options.NewAdapter. It panics if this
// link already has an adapter for the namespace: that means that the link serves two servers, which
// would be counted as one.
func (l *Link) Adapter(n *socketio.Namespace) socketio.Adapter {
	name := n.Name()
	uid := strings.ToLower(rand.Text()[:12])
	a := &adapter{
		Adapter: socketio.NewMemoryAdapter(n), link: l, node: n.Node(), name: name, uid: uid,
		channel:         l.opts.Key + "#" + name + "#",
		requestChannel:  l.opts.Key + "-request#" + name + "#",
		responseChannel: l.opts.Key + "-response#" + name + "#",
		pending:         make(map[string]*pending),
	}
	a.ownResponses = a.responseChannel + uid + "#"
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.adapters[name] != nil {
		panic(fmt.Sprintf("redisadapter: namespace %s has an adapter already: each Server needs a Link of its own", name))
	}
	l.adapters[name], l.patterns[a.pattern()] = a, a
	for _, channel := range a.channels() {
		l.channels[channel] = route{to: a, answers: channel != a.requestChannel}
	}
	l.change()
	return a
}

// change wakes the subscribing goroutine. The lock is held.
func (l *Link) change() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// adapter returns the adapter of a namespace.
func (l *Link) adapter(namespace string) (*adapter, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.adapters[namespace]
	if a == nil {
		return nil, fmt.Errorf("redisadapter: no namespace %s", namespace)
	}
	return a, nil
}

// Ready waits until all existing namespaces are subscribed, so that this process receives from the
// others. It returns the context's error, or ErrClosed.
func (l *Link) Ready(ctx context.Context) error {
	return l.until(ctx, func() bool {
		for _, a := range l.adapters {
			if !a.subscribed {
				return false
			}
		}
		return true
	})
}

// until waits until a condition that depends on subscriptions holds. The function is called with the
// lock held.
func (l *Link) until(ctx context.Context, holds func() bool) error {
	for {
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			return ErrClosed
		}
		held, confirmed := holds(), l.confirmed
		l.mu.Unlock()
		if held {
			return nil
		}
		select {
		case <-confirmed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ServerCount counts the servers that have the namespace, including this one.
func (l *Link) ServerCount(ctx context.Context, namespace string) (int, error) {
	a, err := l.adapter(namespace)
	if err != nil {
		return 0, err
	}
	others, err := a.others(ctx)
	return others + 1, err
}

// AllRooms lists the rooms of the namespace that have sockets in any process, including the sockets'
// ids, in no particular order. If not all processes answer, it returns the known rooms and an error.
func (l *Link) AllRooms(ctx context.Context, namespace string) ([]string, error) {
	a, err := l.adapter(namespace)
	if err != nil {
		return nil, err
	}
	return a.allRooms(ctx)
}

// Close publishes the queued messages, unless Redis does not answer, and ends the link. Shut the Server
// down first. Errors are logged.
func (l *Link) Close() {
	l.mu.Lock()
	l.closed = true
	l.confirm()
	l.mu.Unlock()
	l.outbox.close()
	l.events.close()
	l.stop()
	l.work.Wait()
}

// confirm wakes those waiting for subscriptions. The lock is held.
func (l *Link) confirm() {
	close(l.confirmed)
	l.confirmed = make(chan struct{})
}

// handle runs the handlers of server-side events. They may wait for answers from other processes, so
// they must not run on the receiving goroutine.
func (l *Link) handle() {
	for {
		events, done := l.events.take()
		if events == nil {
			return
		}
		for _, event := range events {
			event()
		}
		done()
	}
}
