package classic

import (
	"slices"

	"partychat/internal/classic/dialect"
)

// sendsMax is the number of unpublished messages per client whose sender is remembered.
const sendsMax = 64

// sending is a message that a client has sent and that has not been broadcast yet.
// Classic.mu guards all of them.
type sending struct {
	by     *client
	object map[string]any // as it was sent; nil for a text
	keep   []string       // members of it
}

// same returns the value of $same.
func (s *sending) same() dialect.Values {
	if s == nil {
		return nil
	}
	return dialect.Same(s.object, s.keep)
}

// send remembers the sender of a message until the message is broadcast.
func (c told) send(clientID string, s *sending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(s.by.sends) == sendsMax {
		delete(c.sending, s.by.sends[0])
		s.by.sends = s.by.sends[1:]
	}
	s.by.sends = append(s.by.sends, clientID)
	c.sending[clientID] = s
}

// arrived returns the sender of a message, nil if another process or API has sent it.
// The caller holds Classic.mu.
func (c told) arrived(clientID string) *sending {
	s := c.sending[clientID]
	if s != nil {
		delete(c.sending, clientID)
		s.by.sends = slices.DeleteFunc(s.by.sends, func(id string) bool { return id == clientID })
	}
	return s
}

// isSending reports whether the client has sent the message. The caller holds Classic.mu.
func (c told) isSending(p *client, clientID string) bool {
	s := c.sending[clientID]
	return s != nil && s.by == p
}

// unsent forgets a message that could not be stored.
func (c told) unsent(clientID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told.arrived(clientID)
}
