package chat

import "time"

// MessageKind is what a message's body contains.
type MessageKind string

// The kinds of message. Each has an entry in kinds.
const (
	MessageText     MessageKind = "text"
	MessageLocation MessageKind = "location" // Message.Location has the position
	MessageNotice   MessageKind = "notice"   // written by the server; Message.Notice has the details
)

// kinds has everything that the package knows about each kind. No other code tests
// for a kind by name.
var kinds = map[MessageKind]kind{
	MessageText:     textKind,
	MessageLocation: locationKind,
	MessageNotice:   noticeKind,
}

// kind describes one kind of message. The zero value is a kind that only the server
// writes, that nobody can change, and that does not count as unread.
type kind struct {
	// body checks the content that a user sends and returns the body to store. Its
	// errors name the field. Nil: users cannot send messages of this kind.
	body func(rules, SendInput, time.Time) (string, error)
	// detail sets the message's field that holds the parsed body. Nil: there is no
	// such field.
	detail    func(*Message)
	editable  bool // the author may replace the body
	deletable bool
	counted   bool // counts as unread until it is deleted
}

// Counted reports whether messages of the kind count as unread, unless they are
// deleted.
func (k MessageKind) Counted() bool { return kinds[k].counted }

// Sent reports whether users can send messages of the kind. The server writes all
// others.
func (k MessageKind) Sent() bool { return kinds[k].body != nil }

// Detailed returns the message with the field set that its kind derives from the
// body.
func (m Message) Detailed() Message {
	if detail := kinds[m.Kind].detail; detail != nil {
		detail(&m)
	}
	return m
}

// content checks what a user sends and returns its kind and the body to store.
// Errors: CodeInvalid and CodeTooLarge on "kind", "body" or "location".
func (r rules) content(input SendInput, now time.Time) (MessageKind, string, error) {
	sent := input.Kind
	if sent == "" {
		sent = MessageText
	}
	if !sent.Sent() {
		return "", "", ErrorIn("kind", CodeInvalid, "Unknown kind of message.")
	}
	body, err := kinds[sent].body(r, input, now)
	if err != nil {
		return "", "", err
	}
	return sent, body, nil
}
