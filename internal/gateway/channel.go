package gateway

import (
	"slices"
	"strconv"
	"sync"

	"partychat/internal/chat"
	"partychat/socketio"
)

// channel is one topic as far as this node's sockets are concerned: those that are
// told of it.
type channel struct {
	topic chat.Topic
	name  string // of the Socket.IO room
	to    socketio.Broadcast
	users int // peers that hold it; guarded by topics.mu

	mu sync.Mutex
	// waiting holds back what is told to peers that have not had ready yet.
	waiting map[*peer][]outgoing
	members map[*peer]struct{} // of a user's channel: the user's sockets
	told    int64              // the rev of the latest event of the stream that was told here
}

// outgoing is an event for a socket.
type outgoing struct {
	name    string
	payload any
}

// topics are the channels that some socket of this node listens to.
type topics struct {
	sockets *socketio.Namespace

	mu      sync.Mutex
	byTopic map[chat.Topic]*channel
}

// hold gives the channel of a topic to one more peer.
func (t *topics) hold(topic chat.Topic) *channel {
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

// release undoes one hold; state goes with the last.
func (t *topics) release(c *channel) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if c.users--; c.users == 0 {
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
// becomes so. It gives the rev up to which others have been told, and this peer
// will not be.
func (c *channel) enter(p *peer, live bool) (told int64) {
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
		return c.told
	}
	if c.waiting == nil {
		c.waiting = make(map[*peer][]outgoing)
	}
	c.waiting[p] = nil
	return c.told
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

// knowingLess lists the sockets of a user that were greeted with less than the user's
// stream has at a rev.
func (c *channel) knowingLess(rev int64) []*peer {
	return slices.DeleteFunc(c.peers(), func(p *peer) bool { return p.knows(rev) })
}

// arriving lists the sockets of a user that have not had ready yet.
func (c *channel) arriving(user chat.UserID) (list []*peer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for p := range c.waiting {
		if p.identity.User.ID == user {
			list = append(list, p)
		}
	}
	return list
}

// tell sends an event of the channel's stream to everyone on it.
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
