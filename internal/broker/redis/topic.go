package redis

import (
	"errors"

	"partychat/internal/chat"
)

// backlogMax is the maximum number of events from other nodes that wait for the
// handler, per topic. Events beyond are dropped, and the handler gets
// chat.Missed. Events of this node are not limited, because a publisher must wait
// for a commit before each.
const backlogMax = 4096

// hearing is the state of a topic's subscription at Redis, on the present
// connection.
type hearing int

const (
	silent  hearing = iota // not subscribed
	asking                 // SSUBSCRIBE has been sent
	heard                  // Redis has confirmed it
	leaving                // SUNSUBSCRIBE has been sent
)

// topic is a topic with subscribers, a goroutine, or a subscription at Redis. The
// mutex of its link guards all of it. It has a goroutine only while it has queued
// events.
type topic struct {
	name        chat.Topic
	channel     string
	subscribers int // calls of Subscribe minus calls of Unsubscribe

	hearing   hearing
	confirmed chan struct{} // closed when the subscription is confirmed; nil if nobody waits
	owed      bool          // send chat.Missed when the subscription is confirmed

	queue   []item
	foreign int  // number of queued events from other nodes
	missed  bool // chat.Missed is in the queue
	running bool // a goroutine is passing events to the handler
}

// item is an entry of the queue: an event, or a frame to be decoded.
type item struct {
	event chat.Event
	frame frame
}

// push queues an item, and starts the goroutine if needed.
func (l *link) push(t *topic, i item) {
	t.queue = append(t.queue, i)
	if !t.running {
		t.running = true
		l.running.Go(func() { l.deliver(t) })
	}
}

// pushMissed queues chat.Missed unless one is queued already: it covers
// everything that happens before it is handled.
func (l *link) pushMissed(t *topic) {
	if !t.missed && t.subscribers > 0 {
		t.missed = true
		l.push(t, item{event: chat.Missed{Of: t.name}})
	}
}

// deliver passes the topic's events to the handler, in order, until the queue is empty.
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
		t.queue[0] = item{} // free delivered events
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

// open returns the event of the item; nil if it is of a newer version.
func (l *link) open(t *topic, i item) chat.Event {
	if i.event != nil {
		return i.event
	}
	event, err := decode(i.frame.kind, i.frame.payload)
	switch {
	case errors.Is(err, errUnknownType):
		l.log.Debug("ignored an event of a type that this version does not know", "type", i.frame.kind)
		return nil
	case err == nil && event.Topic() == t.name:
		return event
	}
	l.log.Warn("cannot decode an event from another node", "type", i.frame.kind, "channel", t.channel, "error", err)
	return chat.Missed{Of: t.name}
}
