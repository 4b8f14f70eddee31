package chat

import "unicode/utf8"

// Upper bounds, in bytes of JSON, of everything but text that users write.
const (
	messageSize      = 660 // with the longest numbers, a location and a thread
	quoteSize        = 290
	roomSize         = 200
	archivedSize     = 50  // of the time, in an archived room
	subscriptionSize = 450 // besides the room's, with a peer
	pinSize          = 240
	reactionSize     = 90
	authorSize       = 160
	profileSize      = 200 // besides the names and the text of the status
	mentionSize      = 50  // besides the text
	seqSize          = 20
	fileSize         = 220 // with the longest numbers and type
	// escapedMax is the maximum size of an escaped character.
	escapedMax = 6
)

// Size returns an upper bound of the message's size as JSON, in bytes.
func (m *Message) Size() int {
	size := messageSize + jsonSize(m.Body) + m.Author.names()
	if m.Notice != nil {
		size += messageSize
	}
	for _, mention := range m.Mentions {
		size += mentionSize + jsonSize(mention.Text)
	}
	if m.Pinned != nil {
		size += pinSize + m.Pinned.By.names()
	}
	for _, r := range m.Reactions {
		size += r.size()
	}
	if q := m.ReplyTo; q != nil {
		size += quoteSize + jsonSize(q.Body) + q.Author.names()
	}
	if r := m.Replies; r != nil {
		size += quoteSize
		for _, author := range r.Authors {
			size += authorSize + author.names()
		}
	}
	for _, f := range m.Files {
		size += fileSize + jsonSize(f.Name)
	}
	return size
}

// names is the size of the author's names as JSON.
func (a Author) names() int { return jsonSize(a.Username) + jsonSize(a.DisplayName) }

// size returns an upper bound of the reaction's size as JSON, in bytes.
func (r Reaction) size() int {
	size := reactionSize + len(r.Emoji)
	for _, user := range r.Users {
		size += authorSize + user.names()
	}
	return size
}

// Size returns an upper bound of the room's size as JSON, in bytes.
func (r Room) Size() int {
	size := roomSize + jsonSize(r.Name) + jsonSize(r.Topic)
	if r.Archived() {
		size += archivedSize
	}
	return size
}

// Size returns an upper bound of the subscription's size as JSON, in bytes.
func (s Subscription) Size() int {
	size := subscriptionSize + s.Room.Size() + seqSize*len(s.Mentions)
	if s.Last != nil {
		size += s.Last.Size()
	}
	if s.Peer != nil {
		size += profileSize + s.Peer.Author().names() + jsonSize(s.Peer.Profile.Status.Text)
	}
	return size
}

// jsonSize returns the size of the text in JSON (RFC 8259, section 7), as
// encoding/json writes it without HTML escapes.
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

// PageSpace is the remaining space of a page.
type PageSpace struct {
	entries, bytes int
	bounded        bool // whether there is a limit in bytes
	empty          bool
}

// NewPageSpace returns the space of a page with at most that many entries and
// bytes; 0 bytes: unlimited.
func NewPageSpace(entries, bytes int) *PageSpace {
	return &PageSpace{entries: entries, bytes: bytes, bounded: bytes > 0, empty: true}
}

// Take takes the space of one entry, and reports whether there was enough. The
// limit in bytes never excludes the first entry, so that every page makes progress.
func (s *PageSpace) Take(size int) bool {
	if s.entries <= 0 || s.bounded && !s.empty && size > s.bytes {
		s.entries = 0 // later, smaller entries must not overtake this one
		return false
	}
	s.entries--
	s.bytes -= size
	s.empty = false
	return true
}
