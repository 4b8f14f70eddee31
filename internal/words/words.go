// Package words folds texts and cuts them into the words that a search compares.
// Every store indexes and verifies with the same words, so that all of them give the
// same answers.
//
// Folding ignores what people leave out when they type a search: case, compatibility
// forms, accents of Latin and Greek letters, the stress marks of Cyrillic, the points
// of Arabic and Hebrew. It keeps marks that make another letter or a vowel (が, й, कि).
//
// A word is a run of letters and digits; everything else separates words, so node.js
// is the words node and js. In scripts without spaces between words (Chinese,
// Japanese, Thai …) and in Hangul, whose words carry their particles, each character
// is a unit of its own, and the index has pairs of neighbours. So are emoji and other
// symbols.
package words

import "unicode/utf8"

// maxBytes is the maximum length of a unit. Of a longer one, such as an encoded
// file, only the beginning counts. PostgreSQL confuses words of 2,048 bytes and more.
const maxBytes = 64

// Unit is a word, a character of a script without spaces, or a symbol.
type Unit struct {
	Text       string // folded, at most maxBytes
	Start, End int    // its bytes in the text
	Char       bool   // a character of a script without spaces
	Joined     bool   // a Char that directly follows another one
}

// Cut returns the units of the text in order. It takes time in proportion to the
// length of the text, whatever it contains.
func Cut(text string) []Unit {
	c := cutter{units: make([]Unit, 0, len(text)/6+1)}
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf && (i+1 == len(text) || text[i+1] < utf8.RuneSelf) {
			c.ascii(text[i], i)
			i++
			continue
		}
		n := segment(text[i:])
		c.segment(text[i:i+n], i, i+n)
		i += n
	}
	c.finish()
	return c.units
}

// Tokens returns what an index stores for the units, without duplicates: words and
// symbols as they are; of a run of characters each pair of neighbours, and the last
// one alone.
func Tokens(units []Unit) []string {
	seen := make(map[string]struct{}, len(units))
	tokens := make([]string, 0, len(units))
	for i, unit := range units {
		token := unit.Text
		if i+1 < len(units) && units[i+1].Joined {
			token += units[i+1].Text
		}
		if _, there := seen[token]; !there {
			seen[token] = struct{}{}
			tokens = append(tokens, token)
		}
	}
	return tokens
}
