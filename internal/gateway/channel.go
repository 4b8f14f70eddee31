package gateway

import (
	"slices"
	"strconv"
	"sync"

	"partychat/internal/chat"
	"partychat/socketio"
)

// channel delivers the events of one topic to the connections of this node.
type channel struct {
	topic chat.Topic
	name  string // of the Socket.IO room
	to    socketio.Broadcast
	users int // number of calls of acquire; guarded by topics.mu

	mu sync.Mutex
	// waiting has the events for connections to which ready has not been sent yet.
	waiting map[*conn][]outgoing
	members map[*conn]struct{} // of a user's channel: the user's connections
	told    int64              // the rev of the latest event that was delivered
}

// outgoing is an event for a socket.
type outgoing struct {
	name    string
	payload any
}

// topics are the channels that connections of this node use.
type topics struct {
	sockets *socketio.Namespace

	mu      sync.Mutex
	byTopic map[chat.Topic]*channel
}

// acquire returns the channel of a topic for one more connection.
func (t *topics) acquire(topic chat.Topic) *channel {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.byTopic[topic]
	if c == nil {
		name := nameOf(topic)
		c = &channel{topic: topic, name: name, to: t.sockets.To(name)}
		t.byTopic[topic] = c
	}
	c.users++
	return c
}

// release undoes one acquire; the last one removes the channel.
func (t *topics) release(c *channel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.users--; c.users == 0 {
		delete(t.byTopic, c.topic)
	}
}

// find returns the channel of a topic; nil if no connection uses it.
func (t *topics) find(topic chat.Topic) *channel {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byTopic[topic]
}

// nameOf returns the name of a topic's Socket.IO room.
func nameOf(topic chat.Topic) string {
	if topic.Room != 0 {
		return "room:" + strconv.FormatInt(int64(topic.Room), 10)
	}
	return "user:" + strconv.FormatInt(int64(topic.User), 10)
}

// enter adds a connection. If it is not live, its events wait for open. It returns the
// rev of the latest event that was delivered to others and that this connection will
// not get.
func (c *channel) enter(p *conn, live bool) (told int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.topic.User != 0 {
		if c.members == nil {
			c.members = make(map[*conn]struct{})
		}
		c.members[p] = struct{}{}
	}
	if live {
		p.socket.Join(c.name)
		return c.told
	}
	if c.waiting == nil {
		c.waiting = make(map[*conn][]outgoing)
	}
	c.waiting[p] = nil
	return c.told
}

// open sends a connection the events that wait for it, and later ones directly.
func (c *channel) open(p *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.waiting[p] {
		p.emit(o.name, o.payload)
	}
	c.stopWaiting(p)
	p.socket.Join(c.name)
}

// leave undoes enter.
func (c *channel) leave(p *conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopWaiting(p)
	delete(c.members, p)
	p.socket.Leave(c.name)
}

// stopWaiting drops the events that wait for a connection. The caller holds the lock.
func (c *channel) stopWaiting(p *conn) {
	if delete(c.waiting, p); len(c.waiting) == 0 {
		c.waiting = nil // maps do not shrink, and every room has one
	}
}

// conns returns the connections of a user's channel.
func (c *channel) conns() []*conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*conn, 0, len(c.members))
	for p := range c.members {
		list = append(list, p)
	}
	return list
}

// knowingLess lists the sockets of a user that were greeted with less than the user's
// stream has at a rev.
func (c *channel) knowingLess(rev int64) []*conn {
	return slices.DeleteFunc(c.conns(), func(p *conn) bool { return p.knows(rev) })
}

// arriving returns the connections of a user to which ready has not been sent yet.
func (c *channel) arriving(user chat.UserID) (list []*conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.waiting {
		if p.identity.User.ID == user {
			list = append(list, p)
		}
	}
	return list
}

// tell sends an event of the channel's stream to its connections.
func (g *Gateway) tell(c *channel, rev int64, name string, payload any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = max(c.told, rev)
	to := c.to
	for p := range c.members {
		if p.knows(rev) {
			to = to.Except(p.socket.ID())
		}
	}
	if err := to.Emit(name, payload); err != nil {
		g.opts.Log.Error("cannot send an event", "event", name, "error", err)
		return
	}
	for p, held := range c.waiting {
		if c.topic.User == 0 || !p.knows(rev) {
			c.waiting[p] = append(held, outgoing{name, payload})
		}
	}
}
