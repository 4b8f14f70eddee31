package chat

import "time"

// MessageChange is a change of a stored message. MessageStore.ChangeMessage makes it.
type MessageChange interface {
	// Apply returns the message as it is after the change. Changed is false if it was so
	// before: then there is nothing to store, so that a change can be retried. Rev is up
	// to the store. The error says why the change cannot be made.
	Apply(m Message) (after Message, changed bool, err error)
}

// MessageEdit replaces the body and whom it mentions. It fails with CodeNotFound if the message has been
// deleted.
type MessageEdit struct {
	Body string
	At   time.Time

	Mentions     []Mention
	MentionsRoom bool
	// names are those in the body, so that people who have left since stay mentioned.
	names []atName
}

// Apply is specified by MessageChange.
func (e MessageEdit) Apply(m Message) (after Message, changed bool, err error) {
	if m.Deleted {
		return Message{}, false, Errorf(CodeNotFound, "This message has been deleted.")
	}
	if e.Body == "" && !kinds[m.Kind].empty {
		return Message{}, false, errEmptyBody()
	}
	if m.Body == e.Body {
		return m, false, nil
	}
	m.Body, m.EditedAt = e.Body, e.At
	m.Mentions, m.MentionsRoom = mentions{users: e.Mentions}.kept(e.names, m.Mentions), e.MentionsRoom
	return m, true, nil
}

// MessageDeletion makes the message a tombstone: Deleted, without body, EditedAt,
// Pinned, Reactions and Files.
type MessageDeletion struct{}

// Apply is specified by MessageChange.
func (MessageDeletion) Apply(m Message) (after Message, changed bool, err error) {
	if m.Deleted {
		return m, false, nil
	}
	m.Body, m.EditedAt, m.Deleted, m.Pinned, m.Reactions, m.Files = "", time.Time{}, true, nil, nil, nil
	m.Mentions, m.MentionsRoom = nil, false
	return m, true, nil
}
