package chat

import (
	"unicode"
	"unicode/utf8"
)

// PreviewMax is the length of the preview of a room's latest message, in
// characters. Stores read one more character to detect that the text goes on.
const PreviewMax = 160

// Preview returns the message as lists of rooms show it: with the beginning of its
// text, marked as Shortened if the text goes on, and without its pin, reactions, what the
// message answers, and the replies to it.
func (m Message) Preview() Message {
	m.ReplyTo, m.Thread, m.InRoom, m.Replies, m.Reactions, m.Pinned = nil, 0, false, nil, nil, nil
	cut := cutAt(m.Body, PreviewMax)
	if cut < len(m.Body) {
		m.Body, m.Shortened = m.Body[:cut], true
	}
	return m
}

// graphemeMax is how many characters a cut may move back so as not to split a
// grapheme.
const graphemeMax = 16

// cutAt returns the offset, in bytes, at which to cut a text of more than max
// characters, or the text's length if it is no longer than that. It avoids
// splitting a grapheme (roughly as UAX 29 defines it).
func cutAt(text string, max int) int {
	end, n := len(text), 0
	for i := range text {
		if n == max {
			end = i
			break
		}
		n++
	}
	for cut, n := end, 0; cut > 0 && n < graphemeMax; n++ {
		if cut == len(text) || isBoundary(text, cut) {
			return cut
		}
		_, size := utf8.DecodeLastRuneInString(text[:cut])
		cut -= size
	}
	return end
}

// isBoundary reports whether a new grapheme begins at i.
func isBoundary(text string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[i:])
	switch {
	case before == joiner, after == joiner, unicode.IsMark(after), isSkinTone(after), isTag(after):
		return false
	case before == '\r' && after == '\n':
		return false
	case isFlagPart(before) && isFlagPart(after):
		return flagParts(text[:i])%2 == 0
	default:
		return true
	}
}

func isSkinTone(c rune) bool { return 0x1f3fb <= c && c <= 0x1f3ff }

// isFlagPart reports whether c is a regional indicator; two of them make a flag.
func isFlagPart(c rune) bool { return 0x1f1e6 <= c && c <= 0x1f1ff }

// flagParts counts the regional indicators at the end of the text.
func flagParts(text string) (n int) {
	for {
		last, size := utf8.DecodeLastRuneInString(text)
		if !isFlagPart(last) {
			return n
		}
		text = text[:len(text)-size]
		n++
	}
}
