package chat

import "time"

// Quote is the message that another one answers, as it is now: edits and the deletion
// of the original show in it.
type Quote struct {
	Seq    int64
	Author Author
	Kind   MessageKind
	Body   string // the beginning of the text, as in Message.Preview
	// Shortened: the text goes on.
	Shortened bool
	Deleted   bool
}

// QuoteOf returns the quote of a message.
func QuoteOf(m Message) Quote {
	m = m.Preview()
	return Quote{Seq: m.Seq, Author: m.Author, Kind: m.Kind, Body: m.Body, Shortened: m.Shortened, Deleted: m.Deleted}
}

// Replies summarizes a thread on its root. Deleted replies do not count.
type Replies struct {
	Count   int64
	Seq     int64     // of the latest reply
	At      time.Time // when the latest reply was written
	Authors []Author  // of the latest replies, the latest first, each once, at most ReplyAuthors
}

// ReplyAuthors is the maximum number of Replies.Authors.
const ReplyAuthors = 3

// InThreadOnly reports whether only a thread shows the message. Such messages do not
// count as the room's unread ones, and writing one moves no read position.
func (m *Message) InThreadOnly() bool { return m.Thread != 0 && !m.InRoom }

// Answers reports whether the message answers another one or is in a thread.
func (m NewMessage) Answers() bool { return m.ReplyTo != 0 || m.Thread != 0 }

// MayAnswer returns nil if the new message may answer those two messages, and
// otherwise the error to answer: nil is a message that does not exist. Stores call it
// in the transaction that stores the message, with the room locked.
func (m NewMessage) MayAnswer(original, root *Message) error {
	switch {
	case m.Thread == 0:
	case root == nil || root.Deleted:
		return ErrorIn("thread", CodeNotFound, "The message no longer exists.")
	case !root.Kind.Sent():
		return ErrorIn("thread", CodeInvalid, "This message cannot have a thread.")
	case root.Thread != 0:
		return ErrorIn("thread", CodeInvalid, "A message in a thread cannot have a thread of its own.")
	}
	switch {
	case m.ReplyTo == 0:
	case original == nil || original.Deleted:
		return ErrorIn("replyTo", CodeNotFound, "The message you are answering no longer exists.")
	case !original.Kind.Sent():
		return ErrorIn("replyTo", CodeInvalid, "This message cannot be answered.")
	case m.Thread == 0 && original.InThreadOnly(), m.Thread != 0 && original.Thread != m.Thread && original.Seq != m.Thread:
		return ErrorIn("replyTo", CodeInvalid, "The message you are answering is in another thread.")
	}
	return nil
}

// answers checks the fields of an answer that need no other message. Errors:
// CodeInvalid on "replyTo", "thread" or "inRoom".
func (input SendInput) answers() error {
	switch {
	case input.ReplyTo < 0:
		return ErrorIn("replyTo", CodeInvalid, "The seq must not be negative.")
	case input.Thread < 0:
		return ErrorIn("thread", CodeInvalid, "The seq must not be negative.")
	case input.InRoom && input.Thread == 0:
		return ErrorIn("inRoom", CodeInvalid, "Only replies in a thread can be shown in the room as well.")
	}
	return nil
}
