package redis

import (
	"partychat/internal/chat"
)

// backlogMax is how many events from other nodes wait for the handler, for one
// topic. Those beyond are dropped, and the handler is told by chat.Missed. Those
// of this node are not bounded: whoever publishes has had to wait for a commit.
const backlogMax = 4096

// hearing is how far a topic's subscription with Redis has come, on the
// connection that there is now.
type hearing int

const (
	silent  hearing = iota // not subscribed
	asking                 // Redis has been asked for it
	heard                  // Redis has confirmed it
	leaving                // Redis has been asked to end it
)

// topic is one that has subscribers, or a goroutine, or a subscription with
// Redis. All of it is guarded by the mutex of its link. It has a goroutine
// only while it has events to hand over.
type topic struct {
	name        chat.Topic
	channel     string
	subscribers int // calls of Subscribe that are not undone yet

	hearing   hearing
	confirmed chan struct{} // closed when it becomes heard; nil if nobody waits for that
	owed      bool          // when it becomes heard, chat.Missed is to be handed over

	queue   []item
	foreign int  // how many of the queue are from other nodes
	missed  bool // chat.Missed is in the queue
	running bool // a goroutine is handing events over
}

// item is something to be handed over: an event, or a frame to be decoded.
type item struct {
	event chat.Event
	frame frame
}

// push queues an item, and makes sure that it will be handed over.
func (l *link) push(t *topic, i item) {
	t.queue = append(t.queue, i)
	if !t.running {
		t.running = true
		l.running.Go(func() { l.deliver(t) })
	}
}

// pushMissed queues chat.Missed, unless one is waiting already: it is about all
// that happens before it is handled.
func (l *link) pushMissed(t *topic) {
	if !t.missed && t.subscribers > 0 {
		t.missed = true
		l.push(t, item{event: chat.Missed{Of: t.name}})
	}
}

// deliver hands the topic's events over, in order, until there are no more.
func (l *link) deliver(t *topic) {
	for {
		l.mu.Lock()
		if len(t.queue) == 0 {
			t.running = false
			l.dropUnused(t)
			l.mu.Unlock()
			return
		}
		next := t.queue[0]
		t.queue[0] = item{} // what has been handed over may be freed
		t.queue = t.queue[1:]
		if next.event == nil {
			t.foreign--
		} else if _, ok := next.event.(chat.Missed); ok {
			t.missed = false
		}
		l.mu.Unlock()
		if event := l.open(t, next); event != nil {
			l.handle(event)
		}
	}
}

// open gives the event to be handed over; nil for one of a newer version.
func (l *link) open(t *topic, i item) chat.Event {
	if i.event != nil {
		return i.event
	}
	decode, ok := decoders[i.frame.kind]
	if !ok {
		l.log.Debug("ignored an event of a type that this version does not know", "type", i.frame.kind)
		return nil
	}
	event, err := decode(i.frame.payload)
	if err == nil && event.Topic() == t.name {
		return event
	}
	l.log.Warn("cannot decode an event from another node", "type", i.frame.kind, "channel", t.channel, "error", err)
	return chat.Missed{Of: t.name}
}
