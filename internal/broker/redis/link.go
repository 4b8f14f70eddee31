package redis

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"partychat/internal/chat"
)

// subscribePatience is how long Subscribe waits for Redis.
const subscribePatience = time.Second

// link is this node's ear: the topics of some groups that somebody here
// listens to. What holds the connection is in listen.go.
type link struct {
	client *Client
	handle func(chat.Event)
	groups []int
	log    *slog.Logger

	mu        sync.Mutex // never held while the handler runs or Redis is waited for
	topics    map[string]*topic
	changes   map[*topic]struct{} // whose hearing may not be what it is to be
	answering bool                // confirmations come, so it is worth waiting for one
	session   int                 // counts connections: what an old one still brings is not heard
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
		answering: true, // until it shows that it does not
	}
	for group := first; group < first+n; group++ {
		l.groups = append(l.groups, group)
	}
	return l
}

// subscribe counts a subscriber, and waits until Redis has confirmed the topic.
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
	// Of whom it watches a node hears in any order and reads the state anew, so
	// nobody waits for that: there are many, and Missed says when to read.
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
			l.answering = false // others need not wait until it shows that the connection is dead
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

// hears tells whether Redis confirms what is subscribed.
func (l *link) hears() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.answering
}

// change has the connection bring the topic's hearing up to date.
func (l *link) change(t *topic) {
	l.changes[t] = struct{}{}
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// dropUnused forgets a topic that nothing is known of any more.
func (l *link) dropUnused(t *topic) {
	if t.subscribers == 0 && !t.running && t.hearing == silent {
		delete(l.topics, t.channel)
		delete(l.changes, t)
	}
}

// hand gives an event of this node to its handler.
func (l *link) hand(channel string, event chat.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.topics[channel]; t != nil && t.subscribers > 0 {
		l.push(t, item{event: event})
	}
}

// receive takes what another node has published.
func (l *link) receive(session int, channel, message string) {
	f, ok := parseFrame(message)
	if !ok {
		if message != "" { // by which Connect tries the server
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
	// A server that hung may run late what its sender has given up and said
	// otherwise since.
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

// close drops what is queued.
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
