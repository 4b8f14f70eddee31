package client

import (
	"maps"

	"partychat/internal/chat"
	"partychat/test/faults/check"
)

// Connected reports whether the client is connected and has received ready.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ready
}

// Connects returns the number of times that the client has received ready.
func (c *Client) Connects() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connects
}

// Node returns the URL of the node that the client is connected to, or connecting
// to.
func (c *Client) Node() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.node
}

// Token returns the session's token.
func (c *Client) Token() string { return c.opts.Token }

// api calls REST on that node.
func (c *Client) api() API { return API{URL: c.Node(), Token: c.opts.Token} }

// Ended reports whether the client has received the end of its session.
func (c *Client) Ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// KnowsUpTo reports whether the client has everything of the room up to the rev.
func (c *Client) KnowsUpTo(room chat.RoomID, rev int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.timelines[room]
	return t != nil && !t.behind() && t.known >= rev
}

// Faults returns the client's observations that no correct server causes.
func (c *Client) Faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.faults...)
}

// Counts are the figures of one client.
type Counts struct {
	Connects int // times that it received ready
	Restarts int // announced restarts of the server
	Syncs    int // calls of room:sync
	Holes    int // gaps in the live events of a connection
	Tries    int // message:send events, including retries
	Seen     int // applied messages
	Refusals map[chat.Code]int
}

// Counts returns the figures so far.
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

// Sends returns the sends so far, in order.
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

// Feeds returns the feeds so far.
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
