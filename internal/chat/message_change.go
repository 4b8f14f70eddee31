package chat

import "time"

// MessageChange is a change of a stored message. MessageStore.ChangeMessage makes it.
type MessageChange interface {
	// Apply returns the message as it is after the change. Changed is false if it was so
	// before: then there is nothing to store, so that a change can be retried. Rev is up
	// to the store. The error says why the change cannot be made.
	Apply(m Message) (after Message, changed bool, err error)
}

// MessageEdit replaces the body. It fails with CodeNotFound if the message has been
// deleted.
type MessageEdit struct {
	Body string
	At   time.Time
}

// Apply is specified by MessageChange.
func (e MessageEdit) Apply(m Message) (after Message, changed bool, err error) {
	if m.Deleted {
		return Message{}, false, Errorf(CodeNotFound, "This message has been deleted.")
	}
	if m.Body == e.Body {
		return m, false, nil
	}
	m.Body, m.EditedAt = e.Body, e.At
	return m, true, nil
}

// MessageDeletion makes the message a tombstone: Deleted, without body and EditedAt.
type MessageDeletion struct{}

// Apply is specified by MessageChange.
func (MessageDeletion) Apply(m Message) (after Message, changed bool, err error) {
	if m.Deleted {
		return m, false, nil
	}
	m.Body, m.EditedAt, m.Deleted = "", time.Time{}, true
	return m, true, nil
}
