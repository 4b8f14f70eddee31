package client

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// lane is the outbox of one room. Only one send is in flight at a time, which keeps
// the order.
type lane struct {
	room  chat.RoomID
	queue []*check.Send
	busy  bool        // the first send of the queue is in flight or waits for its retry
	timer *time.Timer // the timer of the retry
}

// Send adds a message to the outbox and returns its clientId.
func (c *Client) Send(room chat.RoomID, body string) uuid.UUID {
	send := &check.Send{Room: int64(room), Author: int64(c.opts.User), ClientID: uuid.New(), Body: body}
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.lanes[room]
	if l == nil {
		l = &lane{room: room}
		c.lanes[room] = l
	}
	l.queue = append(l.queue, send)
	c.sends = append(c.sends, send)
	c.pump(l)
	return send.ClientID
}

// pump sends the lane's first message if nothing is in flight. The caller holds
// c.mu.
func (c *Client) pump(l *lane) {
	if !c.ready || l.busy || len(l.queue) == 0 {
		return
	}
	send, s := l.queue[0], c.socket
	send.Tries++
	l.busy = true
	command := wire.SendCommand{Room: l.room, ClientID: send.ClientID.String(), Body: send.Body}
	c.ask("message:send", command, func(raw json.RawMessage) { c.answered(l, send, raw) })
	c.later(l, s, c.opts.AckTimeout)
}

// later retries the lane's first send, on this connection, after a while. The
// caller holds c.mu.
func (c *Client) later(l *lane, s *socket, after time.Duration) {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.timer = time.AfterFunc(after, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.socket == s {
			l.busy = false
			c.pump(l)
		}
	})
}

// answered handles the answer to an attempt of a send. Attempts may be answered out
// of order. The caller holds c.mu.
func (c *Client) answered(l *lane, send *check.Send, raw json.RawMessage) {
	var answer struct {
		wire.SendAnswer
		Error wire.ErrorInfo
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		c.fail("malformed acknowledgement: %v: %s", err, raw)
		return
	}
	first := len(l.queue) > 0 && l.queue[0] == send
	if answer.OK {
		if len(send.Acks) == 0 {
			c.acked++
		}
		send.Acks = append(send.Acks, check.From(answer.Message))
		if first {
			l.queue = slices.Delete(l.queue, 0, 1)
			l.busy = false
			c.pump(l)
		}
		return
	}
	c.refusals[answer.Error.Code]++
	switch answer.Error.Code {
	case chat.CodeUnavailable, chat.CodeRateLimited:
		if first {
			wait := time.Duration(answer.Error.RetryAfter) * time.Second
			c.later(l, c.socket, max(wait, c.opts.Delay)+jitter(c.opts.Delay))
		}
	default:
		c.fail("a send was refused: %s: %s", answer.Error.Code, answer.Error.Message)
	}
}

// settle resets the lane when its connection has ended. The caller holds c.mu.
func (l *lane) settle() {
	if l.timer != nil {
		l.timer.Stop()
	}
	l.busy = false
}

// Acked returns the number of acknowledged sends.
func (c *Client) Acked() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.acked
}

// Pending returns the number of sends that are not acknowledged yet.
func (c *Client) Pending() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.lanes {
		n += len(l.queue)
	}
	return n
}
