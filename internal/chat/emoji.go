package chat

import (
	"strings"
	"unicode"
)

// emojiMax is the maximum length of one emoji, in bytes. The longest that Unicode
// recommends has 41: two people of different skin tones who kiss.
const emojiMax = 64

const (
	asPicture = '\ufe0f' // variation selector: drawn as a picture
	keycap    = '\u20e3'
	tagEnd    = '\U000e007f'
)

// emoji returns the one spelling under which an emoji is stored, fully qualified (UTS
// 51, section 2.10), so that nobody can react twice with what looks the same. It
// accepts everything that has the form of an emoji sequence (UTS 51, section 1.4.9),
// also emoji of later versions of Unicode. Error: CodeInvalid on "emoji".
func emoji(text string) (string, error) {
	chars := []rune(text[:min(len(text), emojiMax+1)])
	var b strings.Builder
	for rest := chars; ; {
		n := element(&b, rest)
		if n == 0 || len(text) > emojiMax {
			return "", ErrorIn("emoji", CodeInvalid, "This is not an emoji.")
		}
		if rest = rest[n:]; len(rest) == 0 {
			return b.String(), nil
		}
		if rest[0] != joiner || isFlagOrKeycap(chars) || len(rest) > 1 && isFlagOrKeycap(rest[1:]) {
			return "", ErrorIn("emoji", CodeInvalid, "This is more than one emoji.")
		}
		b.WriteRune(joiner)
		rest = rest[1:]
	}
}

// element writes the first element of a sequence, fully qualified, and returns the
// number of its characters; 0 if there is none.
func element(b *strings.Builder, chars []rune) (n int) {
	at := func(i int) rune {
		if i < len(chars) {
			return chars[i]
		}
		return 0
	}
	first := at(0)
	switch {
	case isFlagPart(first) && isFlagPart(at(1)):
		b.WriteString(string(chars[:2]))
		return 2
	case strings.ContainsRune("0123456789#*", first) && first != 0:
		n = 1
		if at(n) == asPicture {
			n++
		}
		if at(n) != keycap {
			return 0
		}
		b.WriteString(string([]rune{first, asPicture, keycap}))
		return n + 1
	case !unicode.Is(pictographs, first):
		return 0
	}
	b.WriteRune(first)
	switch next := at(1); {
	case isSkinTone(next):
		b.WriteRune(next)
		return 2
	case isTag(next):
		return tags(b, chars)
	case next == asPicture:
		n = 2
	default:
		n = 1
	}
	if !unicode.Is(pictures, first) {
		b.WriteRune(asPicture)
	}
	return n
}

// tags writes the tags that follow the first character, as in the flags of regions, and
// returns the number of all these characters; 0 if their end is missing.
func tags(b *strings.Builder, chars []rune) int {
	for i, c := range chars[1:] {
		if !isTag(c) {
			return 0
		}
		b.WriteRune(c)
		if c == tagEnd {
			return i + 2
		}
	}
	return 0
}

// isFlagOrKeycap reports whether a sequence begins with what is never joined.
func isFlagOrKeycap(chars []rune) bool {
	return isFlagPart(chars[0]) || !unicode.Is(pictographs, chars[0])
}
