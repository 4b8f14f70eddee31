package auth

import (
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestNamesThatCountAsTheSame(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"whatever the case", "Anna", "aNNA"},
		{"composed and decomposed", "J\u00fcrgen", "Ju\u0308rgen"},
		{"full width", "\uff21nna", "anna"},
		{"sharp s and its capital", "stra\u00dfe", "STRASSE"},
		{"final sigma", "\u039f\u03a3", "\u03bf\u03c2"},
		{"a ligature", "\ufb01n", "fin"},
		{"the Kelvin sign", "\u212aarl", "karl"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if a, b := FoldName(c.a), FoldName(c.b); a != b {
				t.Errorf("FoldName(%q) = %q and FoldName(%q) = %q, want the same", c.a, a, c.b, b)
			}
		})
	}
}

func TestNamesThatCountAsDifferent(t *testing.T) {
	for _, c := range [][2]string{{"anna", "anno"}, {"u", "\u00fc"}, {"a.b", "a-b"}, {"a", "\u0430" /* Cyrillic */}} {
		if a, b := FoldName(c[0]), FoldName(c[1]); a == b {
			t.Errorf("FoldName(%q) and FoldName(%q) are both %q, want them to differ", c[0], c[1], a)
		}
	}
}

func TestFoldingAFoldedNameChangesNothing(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.In(r, unicode.Letter, unicode.Mark, unicode.Digit) {
			continue // not allowed in a name
		}
		once := FoldName(string(r))
		if twice := FoldName(once); once != twice {
			t.Errorf("U+%04X folds to %+q and that to %+q", r, once, twice)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		once := FoldName(name)
		if twice := FoldName(once); once != twice {
			t.Fatalf("%+q folds to %+q and that to %+q", name, once, twice)
		}
	})
}
