// Package check checks whether a history of the chat keeps the delivery promise
// (docs/PROTOCOL.md, section 5). It does no I/O. Its input is the acknowledgements,
// the messages that readers received and the messages stored; its output is a
// sentence for every breach of the promise.
package check

import (
	"encoding/json"
	"hash/fnv"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// Message has the properties of a message that are compared.
type Message struct {
	Room     int64
	Seq      int64
	Rev      int64
	Author   int64
	ClientID uuid.UUID
	Body     string
	Notice   bool   // written by the server, not sent by a user
	Digest   uint64 // of all properties in the protocol
}

// From converts a message. A clientId that is not a UUID becomes the zero UUID,
// which no sender generates.
func From(m wire.Message) Message {
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err) // a struct of strings, numbers and a time
	}
	h := fnv.New64a()
	_, _ = h.Write(raw)
	id, err := uuid.Parse(m.ClientID)
	if err != nil {
		id = uuid.Nil
	}
	return Message{
		Room: int64(m.Room), Seq: m.Seq, Rev: m.Rev, Author: int64(m.Author.ID),
		ClientID: id, Body: m.Body, Notice: m.Kind == chat.MessageNotice, Digest: h.Sum64(),
	}
}

// Send is one message that a user has sent, whatever the number of attempts.
type Send struct {
	Room     int64
	Author   int64
	ClientID uuid.UUID
	Body     string
	Tries    int
	Acks     []Message // all successful acknowledgements
}

// Feed is one timeline as one reader received it, from its first page until the
// reader had to start over, or until the end.
type Feed struct {
	Reader string
	Room   int64
	After  int64 // the seq before the first page
	Since  int64 // the rev of the first page
	// Seen is the first page, followed by all changes in the order in which they
	// were applied.
	Seen []Message
	// Complete is true if the reader had caught up when the evidence was collected.
	Complete bool
}

// Room is a room's history as the server has stored it, in the server's order.
type Room struct {
	ID       int64
	Seq, Rev int64 // the heads according to the server
	Messages []Message
}

// Evidence is everything that the check is based on.
type Evidence struct {
	// Sends are in each author's order of sending.
	Sends []Send
	// Changes are the responses to edits and deletions.
	Changes []Message
	Feeds   []Feed
	Rooms   []Room
}

// Acked counts the acknowledged sends.
func (e Evidence) Acked() (n int) {
	for _, s := range e.Sends {
		if len(s.Acks) > 0 {
			n++
		}
	}
	return n
}

// Breaches returns all breaches of the promise.
func (e Evidence) Breaches() []string {
	j := judge{rooms: make(map[int64]*history), versions: make(map[version]uint64), identities: make(map[place]identity)}
	for i := range e.Rooms {
		j.room(&e.Rooms[i])
	}
	j.sends(e.Sends)
	j.changes(e.Changes)
	for i := range e.Feeds {
		j.feed(&e.Feeds[i])
	}
	return j.breaches
}
