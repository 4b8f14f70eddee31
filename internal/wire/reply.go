package wire

import (
	"time"

	"partychat/internal/chat"
)

// Quote is the message that another one answers, as it was when the answer was read.
// Clients apply later changes of the original themselves.
type Quote struct {
	Seq       int64            `json:"seq"`
	Author    Author           `json:"author"`
	Kind      chat.MessageKind `json:"kind"`
	Body      string           `json:"body"`                // the beginning of the text
	Shortened bool             `json:"shortened,omitempty"` // the text goes on
	Deleted   bool             `json:"deleted,omitempty"`
}

func quoteOf(q chat.Quote) Quote {
	return Quote{
		Seq: q.Seq, Author: AuthorOf(q.Author), Kind: q.Kind, Body: q.Body, Shortened: q.Shortened, Deleted: q.Deleted,
	}
}

// Replies summarizes a thread on its root. Deleted replies do not count.
type Replies struct {
	Count   int64     `json:"count"`
	Seq     int64     `json:"seq"`     // of the latest reply
	At      time.Time `json:"at"`      // when the latest reply was written
	Authors []Author  `json:"authors"` // of the latest replies, the latest first, each once, at most 3
}

func repliesOf(r chat.Replies) Replies {
	return Replies{Count: r.Count, Seq: r.Seq, At: r.At, Authors: listOf(r.Authors, AuthorOf)}
}
