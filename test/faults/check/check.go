// Package check judges whether a history of the chat keeps the delivery promise
// (docs/PROTOCOL.md, section 5). It does no input or output: what senders were
// told, what readers saw and what the server has stored go in, and every breach
// of the promise comes out as a sentence.
package check

import (
	"encoding/json"
	"hash/fnv"

	"github.com/google/uuid"

	"partychat/internal/chat"
)

// Message is what is compared of a message.
type Message struct {
	Room     int64
	Seq      int64
	Rev      int64
	Author   int64
	ClientID uuid.UUID
	Body     string
	Notice   bool   // written by the server; nobody has sent it
	Digest   uint64 // of everything that the protocol tells of it
}

// From gives what is compared of a message. A clientId that is no UUID becomes
// the zero one, which no sender has drawn.
func From(m chat.Message) Message {
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

// Send is one message that somebody has sent, however often it was tried.
type Send struct {
	Room     int64
	Author   int64
	ClientID uuid.UUID
	Body     string
	Tries    int
	Acks     []Message // each ok acknowledgement that came
}

// Feed is one timeline as one reader had it, from its first page until the
// reader was told to start over, or until the end.
type Feed struct {
	Reader string
	Room   int64
	After  int64 // the seq before the first of the first page
	Since  int64 // the rev of the first page
	// Seen is the first page, and then all that was news, as it was applied.
	Seen []Message
	// Complete says that the reader had caught up when the evidence was taken.
	Complete bool
}

// Room is a room's history as the server has stored it, in the order in which
// it gave it.
type Room struct {
	ID       int64
	Seq, Rev int64 // the heads that the server names
	Messages []Message
}

// Evidence is all that is known of what has happened.
type Evidence struct {
	// Sends are in the order in which each author has sent them.
	Sends []Send
	// Changes are the answers to edits and deletions.
	Changes []Message
	Feeds   []Feed
	Rooms   []Room
}

// Acked counts the sends that were acknowledged.
func (e Evidence) Acked() (n int) {
	for _, s := range e.Sends {
		if len(s.Acks) > 0 {
			n++
		}
	}
	return n
}

// Breaches lists every breach of the promise; none is what there should be.
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
