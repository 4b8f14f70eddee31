package chat

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Feature is something that a message has, for has: in a search.
type Feature string

// The features.
const (
	HasLink  Feature = "link"
	HasFile  Feature = "file"
	HasImage Feature = "image" // a picture among the files
)

// SearchTerm is a word or a phrase to find. Several words of one term must stand next
// to each other.
type SearchTerm struct {
	Text   string
	Prefix bool // the last word may be only the beginning of one
}

// MessageSearch is a search for messages as a store runs it. A message must fulfil all
// conditions.
type MessageSearch struct {
	// By is whose rooms are searched: those that the user is a member of at the moment
	// of the search.
	By UserID
	// Rooms, if not nil, are searched instead. The caller has checked that By may read
	// them.
	Rooms   []RoomID
	Terms   []SearchTerm
	Authors []UserID // any of them; nil: everybody
	// From and Until are bounds of the time of sending: From is included, Until is not.
	// Zero: no bound.
	From, Until time.Time
	Has         []Feature
	After       string // MessageHits.Next, to continue
	Limit       int
	// Candidates is how many messages the store reads that the index names, and Tail how
	// many that are not indexed yet. They bound the time of a search: it ends with the group
	// of messages in which it has reached them.
	Candidates, Tail int
}

// Span is a part of a text, in bytes.
type Span struct{ Start, End int }

// MessageHit is a message that was found, as it is now.
type MessageHit struct {
	Message Message
	Marks   []Span // where the terms are in the body, in order, without overlaps
}

// MessageHits is a page of results, newest first.
type MessageHits struct {
	Hits []MessageHit
	// Next continues the search; "" if there are no more results. A page may have
	// fewer hits than asked for, or none, and still a Next: so many candidates did not
	// fulfil all conditions.
	Next string
	// Incomplete: older messages are still being indexed, and some of them could not be
	// searched.
	Incomplete bool
}

// MessageSearchStore searches the messages of all rooms.
type MessageSearchStore interface {
	// FindMessages runs a search. It finds a message as soon as it is stored, and one
	// that was edited or deleted only by what it is now, whether it is indexed yet or
	// not. All stores give the same answer, in the order of the time of sending, newest
	// first. An invalid After fails with CodeInvalid on the field "after".
	FindMessages(ctx context.Context, search MessageSearch) (MessageHits, error)
	// IndexMessages adds at most limit messages that have changed to the index, durably
	// and in the order of their room's revs, so that it can be interrupted at any time,
	// and returns how many. Several nodes may call it at once. It returns 0 if it knows
	// of none.
	IndexMessages(ctx context.Context, limit int) (int, error)
	// CompareIndex looks through all rooms for messages that are not indexed: history
	// from before there was an index, and what other nodes have stored. IndexMessages
	// knows of them afterwards.
	CompareIndex(ctx context.Context) error
	// ResetIndex empties the index, so that IndexMessages builds it anew.
	ResetIndex(ctx context.Context) error
	// Unindexed receives a value after this node has stored messages that IndexMessages
	// should add.
	Unindexed() <-chan struct{}
	// StoredMessages returns how many messages this node has stored or changed since it
	// was started.
	StoredMessages() int64
}

// Has reports whether the message has the feature. HasImage needs Files.
func (m *Message) Has(feature Feature) bool {
	switch feature {
	case HasLink:
		return hasLink(m.Body)
	case HasFile:
		return kinds[m.Kind].files
	case HasImage:
		return slices.ContainsFunc(m.Files, FileInfo.isPicture)
	}
	return false
}

// hasLink reports whether the text contains an address of the web.
func hasLink(text string) bool {
	for rest := text; ; {
		i := strings.Index(rest, "://")
		if i < 0 {
			return false
		}
		before, after := strings.ToLower(rest[max(0, i-len("https")):i]), rest[i+len("://"):]
		if strings.HasSuffix(before, "http") || before == "https" {
			if first, _ := utf8.DecodeRuneInString(after); unicode.IsLetter(first) || unicode.IsDigit(first) || first == '[' {
				return true
			}
		}
		rest = after
	}
}
