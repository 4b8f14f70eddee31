package words

import "strings"

// Term is something to find: units that follow each other.
type Term struct {
	units  []Unit
	prefix bool // the last unit is only the beginning of one
}

// minPrefix is the minimum length of the beginning of a word, in bytes. An index would
// have to read a large part of itself for shorter ones.
const minPrefix = 2

// NewTerm returns the term that finds the text: its units next to each other. With
// prefix, the last word may be only the beginning of one. ok is false if nothing in
// the text can be found, such as in "?!".
func NewTerm(text string, prefix bool) (term Term, ok bool) {
	units := Cut(text)
	if len(units) == 0 {
		return Term{}, false
	}
	last := units[len(units)-1]
	return Term{units: units, prefix: prefix && (last.Char || len(last.Text) >= minPrefix)}, true
}

// Token is a token that an index must have, or the beginning of one.
type Token struct {
	Text   string
	Prefix bool
}

// Tokens returns the tokens that every text with the term has. A text with all of them
// may still lack the term.
func (t Term) Tokens() []Token {
	var tokens []Token
	for i, unit := range t.units {
		last := i+1 == len(t.units)
		switch {
		case !last && t.units[i+1].Joined:
			prefix := t.prefix && i+2 == len(t.units)
			tokens = append(tokens, Token{unit.Text + t.units[i+1].Text, prefix})
		case unit.Joined: // the second half of the pair before
		case unit.Char:
			tokens = append(tokens, Token{unit.Text, true}) // alone, or the first half of a pair
		default:
			tokens = append(tokens, Token{unit.Text, t.prefix && last})
		}
	}
	return tokens
}

// Span is a part of a text, in bytes.
type Span struct{ Start, End int }

// Find returns where the term is in the text that was cut into the units.
func (t Term) Find(units []Unit) (spans []Span) {
	n := len(t.units)
	for i := 0; i+n <= len(units); i++ {
		if t.at(units[i : i+n]) {
			spans = append(spans, Span{units[i].Start, units[i+n-1].End})
			i += n - 1
		}
	}
	return spans
}

// Within reports whether the term is in the text that was cut into the units.
func (t Term) Within(units []Unit) bool {
	n := len(t.units)
	for i := 0; i+n <= len(units); i++ {
		if t.at(units[i : i+n]) {
			return true
		}
	}
	return false
}

// at compares the term with as many units.
func (t Term) at(units []Unit) bool {
	for i, want := range t.units {
		got := units[i]
		same := got.Text == want.Text
		if t.prefix && i+1 == len(t.units) {
			same = strings.HasPrefix(got.Text, want.Text)
		}
		if !same || want.Joined && !got.Joined || want.Char != got.Char {
			return false
		}
	}
	return true
}
