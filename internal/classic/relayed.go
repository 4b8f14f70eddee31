package classic

import (
	"context"
	"encoding/json"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// relayedMax is the size of the objects from other nodes that wait for their messages,
// in bytes.
const relayedMax = 1 << 20

// relayed are objects that pages of other nodes have sent, until their messages come.
// Those whose messages do not come give way to later ones. Classic.mu guards it.
type relayed struct {
	byID  map[string]chat.ObjectSent
	order []string // clientIds; some may have been taken
	bytes int      // of all
}

func (r *relayed) put(e chat.ObjectSent, most int) {
	if r.byID == nil {
		r.byID = make(map[string]chat.ObjectSent)
	}
	if _, twice := r.byID[e.ClientID]; twice {
		return
	}
	r.byID[e.ClientID] = e
	r.order = append(r.order, e.ClientID)
	r.bytes += sizeOf(e)
	for r.bytes > most || len(r.order) > 2*len(r.byID)+16 {
		r.drop(r.order[0])
		r.order = r.order[1:]
	}
}

func sizeOf(e chat.ObjectSent) int { return len(e.Object) + len(e.ClientID) }

func (r *relayed) drop(clientID string) (e chat.ObjectSent, ok bool) {
	if e, ok = r.byID[clientID]; ok {
		delete(r.byID, clientID)
		r.bytes -= sizeOf(e)
	}
	return e, ok
}

// take returns the value of $same for a message, and forgets the object.
func (r *relayed) take(clientID string) dialect.Values {
	e, ok := r.drop(clientID)
	var object map[string]any
	if !ok || decodeNumbers(e.Object, &object) != nil {
		return nil
	}
	return dialect.Same(object, e.Keep)
}

// relay keeps an object of another node until its message comes.
func (c nodes) relay(e chat.ObjectSent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.topics[e.Room] != nil {
		c.relayed.put(e, relayedMax)
	}
}

// relayTo tells the other nodes of the object that is sent as a message, before they
// receive the message.
func (c nodes) relayTo(ctx context.Context, room chat.RoomID, clientID string, s *sending) {
	if c.opts.Seats == nil || len(s.object) == 0 {
		return
	}
	object, err := json.Marshal(s.object)
	if err == nil {
		err = c.opts.Broker.Publish(ctx, chat.ObjectSent{Room: room, ClientID: clientID, Object: string(object), Keep: s.keep, By: c.id})
	}
	if err != nil {
		c.logFault("passing an object on to other nodes", err)
	}
}
