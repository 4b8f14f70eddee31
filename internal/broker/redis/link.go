package redis

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"partychat/internal/chat"
)

// subscribePatience is the time for which Subscribe waits for Redis.
const subscribePatience = time.Second

// link receives the events of some groups, for the topics with subscribers on
// this node. listen.go maintains its connection.
type link struct {
	client *Client
	handle func(chat.Event)
	groups []int
	log    *slog.Logger

	mu        sync.Mutex // never held while the handler runs or while waiting for Redis
	topics    map[string]*topic
	changes   map[*topic]struct{} // whose subscription may have to change
	answering bool                // Redis confirms subscriptions, so waiting makes sense
	session   int                 // counts connections; events from old ones are ignored
	numbers   map[string]uint64   // of the last frame, by node
	closed    bool

	wake    chan struct{} // there are changes
	running sync.WaitGroup
}

func newLink(client *Client, handle func(chat.Event), first, n int, log *slog.Logger) *link {
	l := &link{
		client: client, handle: handle, log: log,
		topics: make(map[string]*topic), changes: make(map[*topic]struct{}),
		numbers: make(map[string]uint64), wake: make(chan struct{}, 1),
		answering: true, // until a time-out shows the contrary
	}
	for group := first; group < first+n; group++ {
		l.groups = append(l.groups, group)
	}
	return l
}

// subscribe adds a subscriber, and waits until Redis has confirmed the topic.
func (l *link) subscribe(ctx context.Context, name chat.Topic, channel string) error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return ErrClosed
	}
	t := l.topics[channel]
	if t == nil {
		t = &topic{name: name, channel: channel}
		l.topics[channel] = t
	}
	t.subscribers++
	if t.hearing == heard {
		l.mu.Unlock()
		return nil
	}
	l.change(t)
	// A node may receive presence in any order, because it then reads the state.
	// So nobody waits for these subscriptions: there are many, and Missed says
	// when to read.
	if !l.answering || name.Presence != 0 {
		t.owed = true
		l.mu.Unlock()
		return nil
	}
	if t.confirmed == nil {
		t.confirmed = make(chan struct{})
	}
	confirmed := t.confirmed
	l.mu.Unlock()

	timer := time.NewTimer(subscribePatience)
	defer timer.Stop()
	select {
	case <-confirmed:
		return nil
	case <-ctx.Done():
	case <-timer.C:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.hearing != heard {
		t.owed = true
		if ctx.Err() == nil {
			l.answering = false // others need not wait for the same time-out
		}
	}
	return nil
}

// unsubscribe undoes one subscribe.
func (l *link) unsubscribe(channel string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.topics[channel]
	if t == nil || t.subscribers == 0 {
		return
	}
	if t.subscribers--; t.subscribers > 0 {
		return
	}
	t.queue, t.foreign, t.missed, t.owed = nil, 0, false, false
	l.change(t)
	l.dropUnused(t)
}

// hears reports whether Redis confirms subscriptions.
func (l *link) hears() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answering
}

// change lets the connection update the topic's subscription.
func (l *link) change(t *topic) {
	l.changes[t] = struct{}{}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// dropUnused removes a topic that is no longer used.
func (l *link) dropUnused(t *topic) {
	if t.subscribers == 0 && !t.running && t.hearing == silent {
		delete(l.topics, t.channel)
		delete(l.changes, t)
	}
}

// hand queues an event of this node for its handler.
func (l *link) hand(channel string, event chat.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.topics[channel]; t != nil && t.subscribers > 0 {
		l.push(t, item{event: event})
	}
}

// receive processes a frame from another node.
func (l *link) receive(session int, channel, message string) {
	f, ok := parseFrame(message)
	if !ok {
		if message != "" { // Connect probes the server with an empty message
			l.log.Debug("ignored an event of another version", "channel", channel)
		}
		return
	}
	if f.node == l.client.node {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if session != l.session || l.closed {
		return
	}
	// A server that hung may deliver frames late that their sender has already
	// given up and reported as lost.
	late := f.number <= l.numbers[f.node]
	if !late {
		l.numbers[f.node] = f.number
	}
	if isOfAll(channel) {
		group := strings.TrimSuffix(channel, "all")
		for _, t := range l.topics {
			if strings.HasPrefix(t.channel, group) {
				l.pushMissed(t)
			}
		}
		return
	}
	t := l.topics[channel]
	switch {
	case t == nil || t.subscribers == 0:
	case late || f.kind == typeMissed || t.foreign >= backlogMax:
		l.pushMissed(t)
	default:
		t.foreign++
		l.push(t, item{frame: f})
	}
}

// close drops queued events.
func (l *link) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, t := range l.topics {
		t.queue, t.foreign, t.subscribers = nil, 0, 0
		if t.confirmed != nil {
			close(t.confirmed)
			t.confirmed = nil
		}
	}
}
