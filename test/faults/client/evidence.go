package client

import (
	"maps"

	"partychat/internal/chat"
	"partychat/test/faults/check"
)

// Connected tells whether the client is connected and has been greeted.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready
}

// Connects counts how often the client was greeted.
func (c *Client) Connects() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connects
}

// Node is the URL of the node where the client is connected, or tries to.
func (c *Client) Node() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.node
}

// Token is the session's.
func (c *Client) Token() string { return c.opts.Token }

// api calls REST on that node.
func (c *Client) api() API { return API{URL: c.Node(), Token: c.opts.Token} }

// Ended tells whether the client was told that its session is over.
func (c *Client) Ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// KnowsUpTo tells whether the client has everything of the room up to the rev.
func (c *Client) KnowsUpTo(room chat.RoomID, rev int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.timelines[room]
	return t != nil && !t.behind() && t.known >= rev
}

// Faults lists what the client was told or asked that no server may.
func (c *Client) Faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.faults...)
}

// Counts are the figures of one client.
type Counts struct {
	Connects int // greetings
	Restarts int // times that the server said it would come back
	Syncs    int // room:sync asked
	Holes    int // revs left out by the live events of a connection
	Tries    int // message:send emitted
	Seen     int // messages applied
	Refusals map[chat.Code]int
}

// Counts gives the figures so far.
func (c *Client) Counts() Counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := Counts{Connects: c.connects, Restarts: c.restarts, Syncs: c.syncs, Holes: c.holes, Refusals: maps.Clone(c.refusals)}
	for _, s := range c.sends {
		n.Tries += s.Tries
	}
	for _, t := range c.timelines {
		n.Seen += len(t.feed.Seen)
	}
	return n
}

// Sends gives what was sent so far, in order.
func (c *Client) Sends() []check.Send {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]check.Send, len(c.sends))
	for i, s := range c.sends {
		list[i] = *s
		list[i].Acks = append([]check.Message(nil), s.Acks...)
	}
	return list
}

// Feeds gives what was seen so far.
func (c *Client) Feeds() (list []check.Feed) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, t := range c.timelines {
		for _, f := range t.feeds() {
			f.Seen = append([]check.Message(nil), f.Seen...)
			list = append(list, f)
		}
	}
	return list
}
