package chat

import (
	"context"
	"time"
)

// Pin is who pinned a message to its room, and when.
type Pin struct {
	By Author
	At time.Time
}

// MessagePin pins a message to its room or, unless On, takes the pin back. Pinning fails
// with CodeNotFound if the message has been deleted, and with CodeInvalid if nobody has
// written it.
type MessagePin struct {
	By  Author
	On  bool
	At  time.Time
	Max int // pinned messages of the room
}

// Apply is specified by MessageChange.
func (p MessagePin) Apply(m Message) (after Message, changed bool, err error) {
	switch {
	case p.On == (m.Pinned != nil):
		return m, false, nil
	case !p.On:
		m.Pinned = nil
		return m, true, nil
	case m.Deleted:
		return Message{}, false, Errorf(CodeNotFound, "This message has been deleted.")
	case !m.Kind.Sent():
		return Message{}, false, Errorf(CodeInvalid, "This message cannot be pinned.")
	}
	m.Pinned = &Pin{By: p.By, At: p.At}
	return m, true, nil
}

// Fits returns nil if the room, in which so many messages are pinned, may have one more,
// and otherwise CodeTooLarge. Stores call it in the transaction that pins the message.
func (p MessagePin) Fits(pinned int) error {
	if pinned >= p.Max {
		return Errorf(CodeTooLarge, "The room has %d pinned messages, which is the maximum. Unpin one first.", p.Max)
	}
	return nil
}

// PinStore lists pinned messages. MessageStore.ChangeMessage pins them.
type PinStore interface {
	// Pins returns at most limit of the room's pinned messages, each as
	// Message.Preview with Pinned, the last one pinned first.
	Pins(ctx context.Context, room RoomID, limit int) ([]Message, error)
}

// Pin pins a message to its room or, unless on, takes the pin back, then publishes the
// change. What is so already changes nothing, so that it can be retried. Errors:
// CodeNotFound for rooms that the user may not see and for messages that don't exist or
// have been deleted; CodeInvalid for messages that nobody has written; CodeForbidden;
// CodeTooLarge if too many messages are pinned; CodeRateLimited.
func (m *Messages) Pin(ctx context.Context, by User, room RoomID, seq int64, on bool) (Message, error) {
	pin := MessagePin{By: by.Author(), On: on, At: m.now(), Max: m.rules.limits.Pins}
	return m.change(ctx, actOf(by, Access.pins), room, seq, pin)
}

// Pins returns the room's pinned messages, each as Message.Preview with Pinned, the last
// one pinned first. CodeNotFound for rooms that the viewer may not see.
func (m *Messages) Pins(ctx context.Context, viewer User, room RoomID) ([]Message, error) {
	if _, err := m.seen(ctx, viewer, room); err != nil {
		return nil, err
	}
	return m.store.Pins(ctx, room, m.rules.limits.Pins)
}
