package chat

import "context"

// Broker carries events between nodes (or, alone, within one). It is a signal,
// not a record: an event may be lost, doubled or late while a broker is away,
// and events that were published concurrently may arrive in any order. The
// receivers put that right from rev and the store. A broker that reaches other
// nodes tells the handler by Missed of each subscribed topic of which events may
// have been lost, once it can be reached again.
type Broker interface {
	// Publish hands the event to every node that has subscribed to its topic,
	// this one included, which is told also while the others cannot be reached.
	// It does not wait for them. What the caller has stored must be durable
	// before.
	Publish(ctx context.Context, event Event) error
	// Subscribe starts delivery of the topic to this node's handler and returns
	// when events published from now on will arrive; while other nodes cannot be
	// reached, those of this node do, and Missed follows. Each call is undone by
	// one Unsubscribe; delivery stops with the last.
	Subscribe(ctx context.Context, topic Topic) error
	// Unsubscribe undoes one Subscribe.
	Unsubscribe(topic Topic)
	// Hears tells whether what other nodes publish arrives here now, as far as is
	// known: while it does not, Missed is yet to come.
	Hears() bool
	// Handle sets the node's one handler, before the first Subscribe. It is
	// called from one goroutine per topic at a time, must not block for long,
	// and may call Subscribe and Unsubscribe.
	Handle(handler func(Event))
	// Close stops delivery and releases everything.
	Close() error
}
