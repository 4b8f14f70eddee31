package words_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"partychat/internal/words"
)

func texts(units []words.Unit) string {
	list := make([]string, len(units))
	for i, unit := range units {
		list[i] = unit.Text
		if unit.Joined {
			list[i] = "+" + unit.Text
		}
	}
	return strings.Join(list, " ")
}

func TestTextsAreCutIntoFoldedUnits(t *testing.T) {
	for text, want := range map[string]string{
		"The Train, at 8:40!":                       "the train at 8 40",
		"node.js and foo_bar, C++":                  "node js and foo bar c",
		"mail ada.l@chat.example":                   "mail ada l chat example",
		"https://example.org/a-b?c=d":               "https example org a b c d",
		"don't · l’été":                             "don t l ete",
		"Café CAFÉ cafe\u0301":                      "cafe cafe cafe",
		"Straße STRASSE Łódź Ærø":                   "strasse strasse lodz aero",
		"Đà Nẵng, Việt Nam":                         "da nang viet nam",
		"İstanbul ISPARTA ısı":                      "istanbul isparta isi",
		"Ελλάδα ΟΔΟΣ οδός":                          "ελλαδα οδοσ οδοσ",
		"Ёлка й и\u0306 за\u0301мок":                "елка й й замок",
		"أَحْمَد إسلام مـــرحبا فارسی":              "احمد اسلام مرحبا فارسي",
		"שָׁלוֹם":                                   "שלום",
		"हिन्दी में कि की":                          "हिन्दी में कि की",
		"தமிழ் বাংলা":                               "தமிழ் বাংলা",
		"東京タワー":                                     "東 +京 +た +わ +ー",
		"が か\u3099 ｶﾞ か":                            "が が が か",
		"我爱北京 2026年":                                "我 +爱 +北 +京 2026 年",
		"สวัสดีครับ":                                "ส +วั +ส +ดี +ค +รั +บ",
		"한국어를 \u1112\u1161\u11ab\u1100\u116e\u11a8": "한 +국 +어 +를 한 +국",
		"ＡＢＣ １２３ ﬁn ①":                              "abc 123 fin 1",
		"٣٤ ५६ ๗":                                   "34 56 7",
		"👍🏽 👍 ❤️ 🇩🇪🇫🇷 1️⃣":                          "👍 👍 ❤ 🇩🇪 🇫🇷 1",
		"👨‍👩‍👧 hi🎉you":                              "👨 👩 👧 hi 🎉 you",
		"5€ $9":                                     "5 € 9",
		"soft\u00adhyphen zero\u200bwidth":          "softhyphen zerowidth",
		"Ꮳ ꮳ":                                       "ꮳ ꮳ",
		"":                                          "",
		" \n?!… —":                                  "",
		"\u0301\u200d\ufe0f":                        "",
	} {
		if got := texts(words.Cut(text)); got != want {
			t.Errorf("Cut(%q): got %q, want %q", text, got, want)
		}
	}
}

func TestUnitsKnowTheirPlacesInTheText(t *testing.T) {
	text := "Ein Cafe\u0301 in 東京 👍🏽!"
	var got []string
	for _, unit := range words.Cut(text) {
		got = append(got, text[unit.Start:unit.End])
	}
	want := []string{"Ein", "Cafe\u0301", "in", "東", "京", "👍"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestAnIndexHasWordsAndPairsOfCharacters(t *testing.T) {
	got := words.Tokens(words.Cut("東京駅 Tokyo Tokyo 東京"))
	want := []string{"東京", "京駅", "駅", "tokyo", "京"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLongWordsAreCutOff(t *testing.T) {
	units := words.Cut(strings.Repeat("é", 100_000) + " x")
	if len(units) != 2 || units[0].Text != strings.Repeat("e", 64) || units[1].Text != "x" {
		t.Errorf("got %d units, the first of %d bytes; want two, the first of 64 bytes", len(units), len(units[0].Text))
	}
}

func TestTermsAreFoundWhereTheyStand(t *testing.T) {
	tests := []struct {
		term   string
		prefix bool
		text   string
		want   []string
	}{
		{"train", false, "Train or trains", []string{"Train"}},
		{"train", true, "Train or trains", []string{"Train", "trains"}},
		{"t", true, "Train", nil},
		{"node", false, "node.js", []string{"node"}},
		{"node.js", false, "NODE.JS, node and js, node js", []string{"NODE.JS", "node js"}},
		{"new york", false, "York New York new, york", []string{"New York", "new, york"}},
		{"new yo", true, "New York", []string{"New York"}},
		{"京", false, "東京駅", []string{"京"}},
		{"駅", false, "東京駅", []string{"駅"}},
		{"東京", false, "東京駅 東 京", []string{"東京"}},
		{"東駅", false, "東京駅", nil},
		{"か", false, "がぎ", nil},
		{"กา", true, "การ", []string{"กา"}},
		{"👍", false, "ok👍🏽", []string{"👍"}},
		{"aa", false, "aa aa aa", []string{"aa", "aa", "aa"}},
	}
	for _, test := range tests {
		term, ok := words.NewTerm(test.term, test.prefix)
		if !ok {
			t.Errorf("NewTerm(%q): got nothing to find", test.term)
			continue
		}
		units := words.Cut(test.text)
		var got []string
		for _, span := range term.Find(units) {
			got = append(got, test.text[span.Start:span.End])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%q in %q: got %q, want %q", test.term, test.text, got, test.want)
		}
		if term.Within(units) != (len(test.want) > 0) {
			t.Errorf("Within(%q, %q) differs from Find", test.term, test.text)
		}
	}
	for _, text := range []string{"", "?!", "\u0301"} {
		if _, ok := words.NewTerm(text, true); ok {
			t.Errorf("NewTerm(%q): got a term, want none", text)
		}
	}
}

// hasTokens reports whether an index of the text names it as a candidate for the term.
func hasTokens(text string, term words.Term) bool {
	has := words.Tokens(words.Cut(text))
	for _, token := range term.Tokens() {
		found := slices.ContainsFunc(has, func(t string) bool {
			return t == token.Text || token.Prefix && strings.HasPrefix(t, token.Text)
		})
		if !found {
			return false
		}
	}
	return true
}

func FuzzCut(f *testing.F) {
	for _, seed := range []string{
		"The Train at 8:40", "東京タワー", "e\u0301\u0302x", "สวัสดีครับ", "👨‍👩‍👧🇩🇪", "ᄒ\u1161\u11ab", "\xff\xfe", "ŉ ﷺ ㎏", "क\u093cख", "ـَأ",
	} {
		f.Add(seed, 1, 5)
	}
	f.Fuzz(func(t *testing.T, text string, from, length int) {
		units := words.Cut(text)
		end := 0
		for _, unit := range units {
			if unit.Text == "" || len(unit.Text) > 64 || !utf8.ValidString(unit.Text) || strings.ContainsAny(unit.Text, " \"'\\*") {
				t.Fatalf("unit %q of %q", unit.Text, text)
			}
			if unit.Start < 0 || unit.Start >= unit.End || unit.End > len(text) {
				t.Fatalf("unit %q of %q is at %d to %d", unit.Text, text, unit.Start, unit.End)
			}
			if unit.Start < end && unit.Start != units[0].Start && unit.End < end {
				t.Fatalf("unit %q of %q is out of order", unit.Text, text)
			}
			end = unit.End
		}
		if !utf8.ValidString(text) {
			return
		}
		if got, want := texts(words.Cut(norm.NFD.String(text))), texts(units); got != want && !strings.ContainsRune(text, 0x345) {
			t.Fatalf("%q is cut into %q, and its decomposition into %q", text, want, got)
		}
		// Whatever is found in a text, its index names the text for.
		runes := []rune(text)
		if len(runes) == 0 {
			return
		}
		from = min(max(from, 0), len(runes)-1)
		part := string(runes[from:min(len(runes), from+max(1, min(length, 50)))])
		for _, prefix := range []bool{false, true} {
			term, ok := words.NewTerm(part, prefix)
			if ok && term.Within(units) && !hasTokens(text, term) {
				t.Fatalf("%q is in %q, but the index has %q", part, text, words.Tokens(units))
			}
		}
	})
}
