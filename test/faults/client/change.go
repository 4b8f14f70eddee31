package client

import (
	"context"
	"errors"
	"net/http"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// Change edits or deletes a random acknowledged message over REST. It does nothing
// if there is none. Only answered changes are recorded; requests that are lost, or
// that are refused because the message has been deleted, are not.
func (c *Client) Change(ctx context.Context, body string) {
	ack, ok := c.anyAcked()
	if !ok {
		return
	}
	var m wire.Message
	var err error
	if among(4) == 0 {
		m, err = c.api().remove(ctx, chat.RoomID(ack.Room), ack.Seq)
	} else {
		m, err = c.api().edit(ctx, chat.RoomID(ack.Room), ack.Seq, body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var answered *StatusError
	switch {
	case err == nil:
		c.changes = append(c.changes, check.From(m))
	case !errors.As(err, &answered):
	case answered.Status == http.StatusServiceUnavailable:
		c.refusals[chat.CodeUnavailable]++
	case answered.Status != http.StatusNotFound:
		c.fail("a change was refused: %v", err)
	}
}

// anyAcked picks a random acknowledged message.
func (c *Client) anyAcked() (check.Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.acked == 0 {
		return check.Message{}, false
	}
	for {
		if s := c.sends[among(len(c.sends))]; len(s.Acks) > 0 {
			return s.Acks[0], true
		}
	}
}

// Changes returns the responses to edits and deletions so far.
func (c *Client) Changes() []check.Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]check.Message(nil), c.changes...)
}
