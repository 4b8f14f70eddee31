package chat

import (
	"slices"
	"time"
)

// MessageKind is what a message's body contains.
type MessageKind string

// The kinds of message. Each has an entry in kinds.
const (
	MessageText     MessageKind = "text"
	MessageLocation MessageKind = "location" // Message.Location has the position
	MessageFile     MessageKind = "file"     // Message.Files has the files
	MessageNotice   MessageKind = "notice"   // written by the server; Message.Notice has the details
)

// kinds has everything that the package knows about each kind. No other code tests
// for a kind by name.
var kinds = map[MessageKind]kind{
	MessageText:     textKind,
	MessageLocation: locationKind,
	MessageFile:     fileKind,
	MessageNotice:   noticeKind,
}

// kind describes one kind of message. The zero value is a kind that only the server
// writes, that nobody can change, and that does not count as unread.
type kind struct {
	// body checks the content that a user sends and returns the body to store. Its
	// errors name the field. Nil: users cannot send messages of this kind.
	body func(*rules, SendInput, time.Time) (string, error)
	// detail sets the message's field that holds the parsed body. Nil: there is no
	// such field.
	detail    func(*Message)
	editable  bool // the author may replace the body
	empty     bool // the body may be empty
	deletable bool
	counted   bool // counts as unread until it is deleted
	searched  bool // searches find it by its body
	files     bool // it has files
	mentions  bool // the body is a text that may mention people
}

// Counted reports whether messages of the kind count as unread, unless they are
// deleted.
func (k MessageKind) Counted() bool { return kinds[k].counted }

// Searched reports whether searches find messages of the kind by their body.
func (k MessageKind) Searched() bool { return kinds[k].searched }

// SearchedKinds lists the kinds that searches find, sorted.
func SearchedKinds() (list []MessageKind) {
	for k := range kinds {
		if k.Searched() {
			list = append(list, k)
		}
	}
	slices.Sort(list)
	return list
}

// Sent reports whether users can send messages of the kind. The server writes all
// others.
func (k MessageKind) Sent() bool { return kinds[k].body != nil }

func (k MessageKind) mentions() bool { return kinds[k].mentions }

// SetDetail sets the field that the message's kind derives from the body.
func (m *Message) SetDetail() {
	if detail := kinds[m.Kind].detail; detail != nil {
		detail(m)
	}
}

// content checks what a user sends and returns its kind and the body to store.
// Errors: CodeInvalid and CodeTooLarge on "kind", "body", "location" or "files".
func (r *rules) content(input SendInput, now time.Time) (MessageKind, string, error) {
	sent := input.Kind
	if sent == "" {
		sent = MessageText
	}
	if !sent.Sent() {
		return "", "", ErrorIn("kind", CodeInvalid, "Unknown kind of message.")
	}
	if len(input.Files) > 0 && sent != MessageFile {
		return "", "", ErrorIn("files", CodeInvalid, "Only a message of kind “file” can have files.")
	}
	body, err := kinds[sent].body(r, input, now)
	if err != nil {
		return "", "", err
	}
	return sent, body, nil
}
