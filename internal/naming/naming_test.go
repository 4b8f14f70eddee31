package naming

import (
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// alike reports whether two names are easily confused.
func alike(a, b string) bool {
	other := Looks(b)
	return slices.ContainsFunc(Looks(a), func(look string) bool { return slices.Contains(other, look) })
}

// characters yields all Unicode characters except most of the large blocks in which all behave
// alike.
func characters(yield func(rune) bool) {
	for r := range unicode.MaxRune {
		known := unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.Cf)
		alike := unicode.In(r, unicode.Han, unicode.Hangul, unicode.Tangut, unicode.Egyptian_Hieroglyphs, unicode.Cuneiform) && r%16 != 0
		if known && !alike && !yield(r) {
			return
		}
	}
}

func TestNamesThatLookTheSame(t *testing.T) {
	for _, c := range []struct{ name, a, b string }{
		{"one Cyrillic letter", "peacock", "pe\u0430cock"},
		{"Cyrillic letters only", "peace", "\u0440\u0435\u0430\u0441\u0435"},
		{"a Roman numeral", "peacock", "pea\u217dock"},
		{"a letter of phonetics", "peacock", "pe\u0251cock"},
		{"a Greek letter", "tom", "t\u03bfm"},
		{"a capital i and a small l", "paypaI", "paypal"},
		{"the digit 1 and a small l", "paypa1", "paypal"},
		{"the digit 0 and a small o", "b0b", "Bob"},
		{"a Cyrillic i and a capital one", "\u0456an", "Ian"},
		{"rn and m", "mornin", "momin"},
		{"full width", "\uff21nna", "anna"},
		{"the case of Cherokee", "\u13a0\u13a1", "\uab70\uab71"},
		{"whatever the case", "Anna", "aNNA"},
		{"a zero-width space", "ha\u200bll", "hall"},
		{"a soft hyphen", "ha\u00adll", "hall"},
		{"a grapheme joiner", "ha\u034fll", "hall"},
		{"a mark of direction", "\u2066hall\u2069", "hall"},
		{"a variation selector", "ha\ufe0fll", "hall"},
		{"an invisible letter", "ha\u3164ll", "hall"},
		{"a wide space", "the\u2003hall", "the hall"},
		{"two spaces", "the  hall", " the hall "},
		{"a typographic dash", "a\u2011b", "a-b"},
		{"composed and decomposed", "J\u00fcrgen", "Ju\u0308rgen"},
		{"joined Persian", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u0631\u0636\u0627"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !alike(c.a, c.b) {
				t.Errorf("%+q looks like %+q, and %+q like %+q: want one in common", c.a, Looks(c.a), c.b, Looks(c.b))
			}
		})
	}
}

func TestNamesThatLookDifferent(t *testing.T) {
	for _, c := range [][2]string{
		{"anna", "anno"},
		{"u", "\u00fc"},
		{"mail", "mall"},
		{"ian", "lan"},
		{"user1", "user2"},
		{"room 10", "room 11"},
		{"東京", "京東"},
		{"ann", "ann."},
	} {
		if alike(c[0], c[1]) {
			t.Errorf("%+q looks like %+q, and %+q like %+q: want none in common", c[0], Looks(c[0]), c[1], Looks(c[1]))
		}
	}
}

func TestLooksAreShortEnoughForAnIndex(t *testing.T) {
	for r := range characters {
		if len(Looks(string(r))[0]) < 8 {
			continue // 64 of them are short enough
		}
		for _, look := range Looks(strings.Repeat(string(r), 64)) {
			if n := len(look); n > 2000 {
				t.Errorf("64 of %U look like %d bytes, want at most 2,000", r, n)
			}
		}
	}
}

func TestSearchKeyMatches(t *testing.T) {
	for _, c := range []struct{ name, typed string }{
		{"Café", "cafe"},
		{"cafe", "CAFÉ"},
		{"Naïve", "naive"},
		{"İstanbul", "istanbul"},
		{"Isparta ılıca", "isparta ilica"},
		{"d’accord", "d'accord"},
		{"d’accord", "daccord"},
		{"Rock ’n’ Roll", "rock n roll"},
		{"„Zitat“", "zitat"},
		{"O´Brien", "o'brien"},
		{"self-hosted", "self hosted"},
		{"self–hosted", "self-hosted"},
		{"Łódź", "lodz"},
		{"Đà Nẵng", "da nang"},
		{"Søren", "soren"},
		{"Þórr Ægir", "thorr aegir"},
		{"Straße", "strasse"},
		{"Ἀθῆναι", "αθηναι"},
		{"ёлка", "елка"},
		{"שָׁלוֹם", "שלום"},
		{"أحمد", "احمد"},
		{"مُحَمَّد", "محمد"},
		{"کتابی", "كتابي"},
		{"علی\u200cرضا", "علیرضا"},
		{"سنة ٢٠٢٦", "سنه 2026"},
		{"カフェ", "かふぇ"},
		{"ｶﾞｷﾞ", "がぎ"},
		{"ＡＢＣ", "abc"},
		{"ﬁn", "fin"},
		{"한국어", "한국"},
		{"한국어", "한구"}, // while 국 is being typed
		{"하나", "한"},   // while 나 is being typed
		{"과자", "고"},   // while 과 is being typed
		{"हिन्दी", "हि"},
		{"❤\ufe0f", "❤"},
		{"two  spaces", "two spaces"},
	} {
		if name, typed := SearchKey(c.name), SearchKey(c.typed); !strings.HasPrefix(name, typed) {
			t.Errorf("%q does not find %q: the keys are %+q and %+q", c.typed, c.name, typed, name)
		}
	}
}

func TestSearchKeyDistinguishes(t *testing.T) {
	for _, c := range [][2]string{
		{"か", "が"},
		{"и", "й"},
		{"क", "कि"},
		{"กา", "กี"},
		{"a_b", "a b"},
		{"a.b", "a b"},
		{"c", "c++"},
	} {
		if a, b := SearchKey(c[0]), SearchKey(c[1]); a == b {
			t.Errorf("%q and %q are both %+q, want them to differ", c[0], c[1], a)
		}
	}
}

func TestKeyOfAKeyIsItself(t *testing.T) {
	check := func(name string) (string, bool) {
		key := SearchKey(name)
		return key, SearchKey(key) == key && utf8.ValidString(key) && utf8.RuneCountInString(key) <= maxKey
	}
	for r := range characters {
		for _, name := range []string{string(r), "a" + string(r), string(r) + "\u0301"} {
			if key, ok := check(name); !ok {
				t.Errorf("%+q has the key %+q, and that %+q", name, key, SearchKey(key))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		if key, ok := check(name); !ok {
			t.Fatalf("%+q has the key %+q, and that %+q", name, key, SearchKey(key))
		}
	})
}

func TestFastKeyIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringOf(rapid.RuneFrom(nil, &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0, Hi: 0x7f, Stride: 1}}})).Draw(t, "name")
		if fast, full := plainKey(name), fullKey(name); fast != full {
			t.Errorf("%q: got %q, want %q", name, fast, full)
		}
	})
}

// Databases contain results of Looks and SearchKey. If a new version of a library or of the rules
// changes a result, a migration must set keyed_name to NULL in users and rooms, in both stores, so
// that the forms are computed again. Then the checksums here may change.
func TestStoredFormsStayTheSame(t *testing.T) {
	looks, keys := fnv.New64a(), fnv.New64a()
	for r := range characters {
		_, _ = looks.Write([]byte(strings.Join(Looks("a"+string(r)), "\x00") + "\n"))
		_, _ = keys.Write([]byte(SearchKey("a"+string(r)) + "\n"))
	}
	const wantLooks, wantKeys uint64 = 0xcb92781e322198f5, 0xc1dc3d25d9284914
	if looks.Sum64() != wantLooks || keys.Sum64() != wantKeys {
		t.Errorf("got %#x and %#x, want %#x and %#x", looks.Sum64(), keys.Sum64(), wantLooks, wantKeys)
	}
}
