package chat

import (
	"unicode"
	"unicode/utf8"
)

// PreviewMax is how many characters of its latest message a Subscription shows.
// A store reads one more, to see whether there is more.
const PreviewMax = 160

// Preview gives the message as a list of rooms shows it: with the beginning of
// its text, and marked as Shortened if that is not all of it.
func (m Message) Preview() Message {
	cut := cutAt(m.Body, PreviewMax)
	if cut < len(m.Body) {
		m.Body, m.Shortened = m.Body[:cut], true
	}
	return m
}

// graphemeMax is how many characters a cut goes back at most to keep those
// together that are shown as one.
const graphemeMax = 16

// cutAt gives the place, in bytes, at which a text of more than max characters
// is cut, so that what is shown as one character (UAX 29, by and large) is not
// parted; the text's length if it has no more.
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

// isBoundary tells whether the character at i begins a new one for a reader.
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

// isFlagPart tells the letters of which two make a flag.
func isFlagPart(c rune) bool { return 0x1f1e6 <= c && c <= 0x1f1ff }

// flagParts counts those at the end of the text.
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
