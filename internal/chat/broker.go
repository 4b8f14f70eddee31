package chat

import "context"

// Broker carries events between nodes, or within a single node. Events are signals,
// not records: while a broker is away, events may be lost, duplicated or delayed,
// and events published concurrently may arrive in any order. Receivers repair this
// with revs and the store. After an outage, a broker that connects several nodes
// sends the handler Missed for each subscribed topic that may have lost events.
type Broker interface {
	// Publish sends the event to every node that has subscribed to its topic. This
	// node gets it even while the others can't be reached. It does not wait for the
	// receivers. Whatever the event reports must be durable before the call.
	Publish(ctx context.Context, event Event) error
	// Subscribe starts delivery of the topic to this node's handler. Once it has
	// returned, events published from then on will arrive. While other nodes can't
	// be reached, only this node's events arrive, and Missed follows later. Each
	// call needs one Unsubscribe; delivery stops with the last.
	Subscribe(ctx context.Context, topic Topic) error
	// Unsubscribe undoes one Subscribe.
	Unsubscribe(topic Topic)
	// Hears reports whether events from other nodes arrive now, as far as is known.
	// While it returns false, Missed is still to come.
	Hears() bool
	// Handle sets the node's only handler, before the first Subscribe. The handler
	// is called by one goroutine per topic at a time, must not block for long, and
	// may call Subscribe and Unsubscribe.
	Handle(handler func(Event))
	// Close stops delivery and releases everything.
	Close() error
}
