package gateway

import (
	"context"
	"strconv"
	"sync"

	"partychat/internal/chat"
)

// channel is one topic as far as this node is concerned: the sockets here that
// are told, and, for a room, the order in which they are told.
type channel struct {
	topic chat.Topic
	name  string // of the Socket.IO room
	users int    // peers that hold it; guarded by topics.mu

	ctx    context.Context // ends when the last peer has left
	cancel context.CancelFunc

	mu sync.Mutex
	// waiting holds back what is told to peers that have not had ready yet.
	waiting map[*peer][]outgoing
	members map[*peer]struct{} // of a user's channel: the user's sockets
	order   sequence           // of a room's channel
	filling bool               // a goroutine watches a hole
	// looks counts when the room itself was begun to be looked up to be told, and
	// when it was told: it is odd in between.
	looks uint64
}

// outgoing is an event for a socket.
type outgoing struct {
	name    string
	payload any
}

// topics are the channels that some socket of this node listens to.
type topics struct {
	mu      sync.Mutex
	byTopic map[chat.Topic]*channel
}

// hold gives the channel of a topic to one more peer. Rev is where a room that
// nobody here listened to before begins: everything up to it is known to the
// peer from the store, or is about to be.
func (t *topics) hold(ctx context.Context, topic chat.Topic, rev int64) *channel {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.byTopic[topic]
	if c == nil {
		c = &channel{topic: topic, name: nameOf(topic), order: sequence{at: rev, known: rev}}
		c.ctx, c.cancel = context.WithCancel(ctx)
		t.byTopic[topic] = c
	}
	c.users++
	return c
}

// release undoes one hold; state goes with the last.
func (t *topics) release(c *channel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.users--; c.users == 0 {
		c.cancel()
		delete(t.byTopic, c.topic)
	}
}

// find gives the channel of a topic, nil if nobody here listens to it.
func (t *topics) find(topic chat.Topic) *channel {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byTopic[topic]
}

// nameOf names the Socket.IO room of a topic.
func nameOf(topic chat.Topic) string {
	if topic.Room != 0 {
		return "room:" + strconv.FormatInt(int64(topic.Room), 10)
	}
	return "user:" + strconv.FormatInt(int64(topic.User), 10)
}

// enter lets the peer be told from now on: at once if it is live, else when it
// becomes so. It gives the rev up to which a room's messages have been told to
// others, and will not be told to this one.
func (c *channel) enter(p *peer, live bool) (at int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.topic.User != 0 {
		if c.members == nil {
			c.members = make(map[*peer]struct{})
		}
		c.members[p] = struct{}{}
	}
	if live {
		p.socket.Join(c.name)
		return c.order.at
	}
	if c.waiting == nil {
		c.waiting = make(map[*peer][]outgoing)
	}
	c.waiting[p] = nil
	return c.order.at
}

// open tells the peer what has been held back, and everything else from now on.
func (c *channel) open(p *peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.waiting[p] {
		p.emit(o.name, o.payload)
	}
	c.stopWaiting(p)
	p.socket.Join(c.name)
}

// leave ends what enter began.
func (c *channel) leave(p *peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopWaiting(p)
	delete(c.members, p)
	p.socket.Leave(c.name)
}

// stopWaiting forgets what is held back for a peer. The lock is held.
func (c *channel) stopWaiting(p *peer) {
	if delete(c.waiting, p); len(c.waiting) == 0 {
		c.waiting = nil // maps do not shrink, and every room has one
	}
}

// peers lists the sockets of a user's channel.
func (c *channel) peers() []*peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*peer, 0, len(c.members))
	for p := range c.members {
		list = append(list, p)
	}
	return list
}

// tell sends an event to everyone on the channel.
func (g *Gateway) tell(c *channel, name string, payload any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g.tellLocked(c, name, payload)
}

// tellOne sends an event to one peer on the channel, in its order with what all
// are told.
func (g *Gateway) tellOne(c *channel, p *peer, name string, payload any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if held, ok := c.waiting[p]; ok {
		c.waiting[p] = append(held, outgoing{name, payload})
		return
	}
	p.emit(name, payload)
}

func (g *Gateway) tellLocked(c *channel, name string, payload any) {
	if err := g.sockets.To(c.name).Emit(name, payload); err != nil {
		g.opts.Log.Error("cannot send an event", "event", name, "error", err)
		return
	}
	for p, held := range c.waiting {
		c.waiting[p] = append(held, outgoing{name, payload})
	}
}
