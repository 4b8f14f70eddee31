package client

import (
	"errors"
	"net/http"

	"partychat/internal/chat"
	"partychat/internal/gateway"
)

// greetedWithout takes it that rooms which the client knows are not in its list
// any more, and that one which was gone must not be in it again. c.mu is held.
func (c *Client) greetedWithout(ready gateway.Ready) {
	listed := make(map[chat.RoomID]bool, len(ready.Subscriptions))
	for i := range ready.Subscriptions {
		room := ready.Subscriptions[i].ID
		listed[room] = true
		if c.lost[room] {
			c.fail("ready lists room %d, which has gone", room)
		}
	}
	for room := range c.timelines {
		if !listed[room] {
			c.lose(room)
		}
	}
}

// lose takes it that a room has gone. c.mu is held.
func (c *Client) lose(room chat.RoomID) {
	if !c.opts.Outcast {
		c.fail("room %d has gone", room)
	}
	c.lost[room] = true
}

// Lost tells whether the client was told that the room has gone. Whatever it
// hears of it afterwards is a fault.
func (c *Client) Lost(room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost[room]
}

// mayRefuse tells whether the client may be told so: it is being put out, and
// may not have heard of it yet.
func (c *Client) mayRefuse(code chat.Code) bool {
	return c.opts.Outcast && (code == chat.CodeForbidden || code == chat.CodeNotFound)
}

// wasRefused is mayRefuse for an answer of REST.
func (c *Client) wasRefused(err error) bool {
	var answer *StatusError
	if !c.opts.Outcast || !errors.As(err, &answer) {
		return false
	}
	switch answer.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		return true
	default:
		return false
	}
}
