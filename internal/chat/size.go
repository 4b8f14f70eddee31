package chat

import "unicode/utf8"

// Upper bounds, in bytes of JSON, of what is not text that people write.
const (
	messageSize      = 520 // with the longest numbers and a location
	roomSize         = 200
	subscriptionSize = roomSize + 450 // with a peer
	// escapedMax is what one character has at most, as an escape.
	escapedMax = 6
)

// Size is how long the message is at most as JSON, in bytes.
func (m Message) Size() int {
	size := messageSize + jsonSize(m.Body) + jsonSize(m.Author.Username)
	if m.Notice != nil {
		size += messageSize
	}
	return size
}

// Size is how long the subscription is at most as JSON, in bytes.
func (s Subscription) Size() int {
	size := subscriptionSize + jsonSize(s.Name) + jsonSize(s.Topic)
	if s.Last != nil {
		size += s.Last.Size()
	}
	if s.Peer != nil {
		size += jsonSize(s.Peer.Username)
	}
	return size
}

// jsonSize is how long the text is in JSON (RFC 8259, section 7), as
// encoding/json writes it without its escapes for HTML.
func jsonSize(text string) int {
	size := 0
	for _, c := range text {
		switch {
		case c == '"', c == '\\', c == '\n', c == '\r', c == '\t':
			size += 2
		case c < ' ', c == utf8.RuneError, c == '\u2028', c == '\u2029':
			size += escapedMax
		default:
			size += utf8.RuneLen(c)
		}
	}
	return size
}

// PageSpace is what is left of a page that is being filled.
type PageSpace struct {
	entries, bytes int
	bounded        bool // in bytes
	empty          bool
}

// NewPageSpace is the space of a page of so many entries and bytes; 0 bytes set
// no bound.
func NewPageSpace(entries, bytes int) *PageSpace {
	return &PageSpace{entries: entries, bytes: bytes, bounded: bytes > 0, empty: true}
}

// Take takes the space of one entry, and tells whether there was enough. The
// first entry always fits into the bytes: each page leads on.
func (s *PageSpace) Take(size int) bool {
	if s.entries <= 0 || s.bounded && !s.empty && size > s.bytes {
		s.entries = 0 // nothing that comes later may overtake
		return false
	}
	s.entries--
	s.bytes -= size
	s.empty = false
	return true
}
