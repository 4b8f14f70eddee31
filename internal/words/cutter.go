package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a character is to the cutter.
type kind int

const (
	gap     kind = iota // separates words
	ignored             // as if it were not there
	mark                // belongs to the character before it
	letter              // of a word
	char                // of a script without spaces
	symbol              // an emoji or another sign, a unit of its own
)

// cutter cuts one text.
type cutter struct {
	units []Unit

	open       kind   // of the unit being collected: letter, char, symbol or gap for none
	text       []byte // of that unit, folded
	start, end int
	joined     bool // whether that unit directly follows a char
	base       rune // the last character that can carry marks
	flag       bool // the unit is the first half of a flag
}

// segment returns the length of the characters at the start of the text that normal
// forms may combine.
func segment(text string) int {
	if n := norm.NFKC.NextBoundaryInString(text, true); n > 0 {
		return n
	}
	_, n := utf8.DecodeRuneInString(text)
	return n
}

// ascii adds a character that nothing combines with.
func (c *cutter) ascii(b byte, at int) {
	switch {
	case 'a' <= b && b <= 'z', '0' <= b && b <= '9':
	case 'A' <= b && b <= 'Z':
		b += 'a' - 'A'
	default:
		c.finish()
		return
	}
	c.begin(letter, at)
	c.base = rune(b)
	c.add(rune(b))
	c.end = at + 1
}

// segment adds characters that belong together.
func (c *cutter) segment(s string, start, end int) {
	for _, r := range norm.NFKC.String(s) {
		c.character(r, start, end)
	}
}

func (c *cutter) character(r rune, start, end int) {
	switch k := kindOf(r); k {
	case ignored:
	case gap:
		c.finish()
	case mark:
		if (c.open == letter || c.open == char) && !isAccent(c.base, r) {
			c.add(r)
		}
		if c.open != gap {
			c.end = end
		}
	case letter:
		c.begin(letter, start)
		c.letter(r)
		c.end = end
	case char:
		c.begin(char, start)
		c.base = r
		c.add(hiragana(r))
		c.end = end
	case symbol:
		c.symbol(r, start, end)
	}
}

// letter adds the folded form of a letter or digit, without its accents.
func (c *cutter) letter(r rune) {
	if r >= utf8.RuneSelf && isAccented(r) {
		for i, d := range norm.NFD.String(string(r)) {
			if i == 0 {
				r = d
			} else if !isAccent(r, d) {
				c.fold(r)
				r = d
			}
		}
	}
	c.fold(r)
}

func (c *cutter) fold(r rune) {
	r = unicode.ToLower(r)
	c.base = r
	if s, ok := letters[r]; ok {
		for _, l := range s {
			c.add(l)
		}
		return
	}
	c.add(digit(r))
}

// symbol adds an emoji or another sign. Two regional indicators are one flag, and
// skin tones are ignored.
func (c *cutter) symbol(r rune, start, end int) {
	if isIndicator(r) && c.open == symbol && c.flag {
		c.add(r)
		c.flag, c.end = false, end
		return
	}
	c.begin(symbol, start)
	c.add(r)
	c.flag, c.end = isIndicator(r), end
}

// begin opens a unit of the kind, unless the character continues a word.
func (c *cutter) begin(k kind, at int) {
	if k == letter && c.open == letter {
		return
	}
	joined := k == char && c.open == char
	c.finish()
	c.open, c.start, c.joined, c.flag = k, at, joined, false
}

// add appends to the open unit, within its bound.
func (c *cutter) add(r rune) {
	if len(c.text)+utf8.RuneLen(r) <= maxBytes {
		c.text = utf8.AppendRune(c.text, r)
	}
}

// finish closes the open unit.
func (c *cutter) finish() {
	if c.open != gap && len(c.text) > 0 {
		c.units = append(c.units, Unit{
			Text: string(c.text), Start: c.start, End: c.end, Char: c.open == char, Joined: c.joined,
		})
	}
	c.open, c.text, c.base, c.joined = gap, c.text[:0], 0, false
}
