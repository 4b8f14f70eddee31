package client

import (
	"errors"
	"net/http"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// greetedWithout handles known rooms that are missing in ready, and checks that a
// room the user was removed from is not in it again. The caller holds c.mu.
func (c *Client) greetedWithout(ready wire.Ready) {
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

// lose records that the user was removed from a room. The caller holds c.mu.
func (c *Client) lose(room chat.RoomID) {
	if !c.opts.Outcast {
		c.fail("room %d has gone", room)
	}
	c.lost[room] = true
}

// Lost reports whether the client knows that the user was removed from the room.
// Any later event of the room is a fault.
func (c *Client) Lost(room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lost[room]
}

// mayRefuse reports whether the code is expected, because the user is being removed
// and the client may not know yet.
func (c *Client) mayRefuse(code chat.Code) bool {
	return c.opts.Outcast && (code == chat.CodeForbidden || code == chat.CodeNotFound)
}

// wasRefused is mayRefuse for an error of REST.
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
