package wire

import (
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"partychat/internal/chat"
)

// snippetBefore and snippetLength are how many characters of a long message a search
// result shows before its first mark, and altogether.
const (
	snippetBefore = 60
	snippetLength = 300
)

// MessageHits is a page of a search for messages, newest first.
type MessageHits struct {
	Hits       []MessageHit `json:"hits"`
	Next       string       `json:"next,omitempty" doc:"pass it as after to get the next page, even if this one has no hits; absent on the last page"`
	Hints      []string     `json:"hints,omitempty" doc:"sentences about parts of the search that could not be used"`
	Incomplete bool         `json:"incomplete,omitempty" doc:"older messages are still being indexed, so some may be missing"`
}

// MessageHit is a message that was found.
type MessageHit struct {
	Room      chat.RoomID      `json:"room"`
	Seq       int64            `json:"seq"`
	Author    Author           `json:"author"`
	Kind      chat.MessageKind `json:"kind"`
	CreatedAt time.Time        `json:"createdAt"`
	EditedAt  time.Time        `json:"editedAt,omitzero"`
	Snippet   Snippet          `json:"snippet"`
}

// Snippet is a part of a message's body. It is plain text.
type Snippet struct {
	Text      string `json:"text"`
	Marks     []Mark `json:"marks" doc:"where the words of the search are in text"`
	CutBefore bool   `json:"cutBefore,omitempty" doc:"the message begins earlier"`
	CutBehind bool   `json:"cutBehind,omitempty" doc:"the message goes on"`
}

// Mark is a part of a text, in UTF-16 code units. End is behind it.
type Mark struct {
	Begin int `json:"begin"`
	End   int `json:"end"`
}

// MessageHitsOf returns the page as clients see it.
func MessageHitsOf(found chat.FoundMessages) MessageHits {
	return MessageHits{
		Hits: listOf(found.Hits, messageHitOf), Next: found.Next, Hints: found.Hints, Incomplete: found.Incomplete,
	}
}

func messageHitOf(h chat.MessageHit) MessageHit {
	m := h.Message
	return MessageHit{
		Room: m.Room, Seq: m.Seq, Author: AuthorOf(m.Author), Kind: m.Kind, CreatedAt: m.CreatedAt, EditedAt: m.EditedAt,
		Snippet: snippetOf(m.Body, h.Marks),
	}
}

// snippetOf returns the part of the text around the first mark.
func snippetOf(text string, marks []chat.Span) Snippet {
	begin := 0
	if len(marks) > 0 && utf8.RuneCountInString(text) > snippetLength {
		begin = back(text, marks[0].Start, snippetBefore)
	}
	end := forward(text, begin, snippetLength)
	s := Snippet{Text: text[begin:end], Marks: []Mark{}, CutBefore: begin > 0, CutBehind: end < len(text)}
	units, at := 0, begin // units is the length of text[begin:at]
	to := func(offset int) int {
		units += unitsOf(text[at:offset])
		at = offset
		return units
	}
	for _, mark := range marks {
		if mark.Start >= begin && mark.Start < end {
			from := to(mark.Start)
			s.Marks = append(s.Marks, Mark{Begin: from, End: to(min(mark.End, end))})
		}
	}
	return s
}

// unitsOf returns the length of a text in UTF-16 code units.
func unitsOf(text string) (n int) {
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// back returns the offset of the beginning of a word at most n characters before the
// offset, if there is one.
func back(text string, offset, n int) int {
	word, at := -1, offset
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
		if at == 0 || text[at-1] == ' ' || text[at-1] == '\n' {
			word = at
		}
	}
	if word >= 0 {
		return word
	}
	return at
}

// forward returns the offset n characters behind the offset, or the end.
func forward(text string, offset, n int) int {
	for i := range text[offset:] {
		if n == 0 {
			return offset + i
		}
		n--
	}
	return len(text)
}
