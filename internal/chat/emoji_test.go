package chat

import (
	"strings"
	"testing"
)

func TestEmojiAreStoredInOneSpelling(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a picture":                     {"👍", "👍"},
		"a skin tone":                   {"👍🏽", "👍🏽"},
		"a needless selector":           {"👍\ufe0f", "👍"},
		"a missing selector":            {"❤", "❤\ufe0f"},
		"a selector":                    {"❤\ufe0f", "❤\ufe0f"},
		"a skin tone on a sign":         {"☝🏿", "☝🏿"},
		"a flag":                        {"🇳🇴", "🇳🇴"},
		"a region's flag":               {"🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"},
		"a keycap":                      {"7\ufe0f\u20e3", "7\ufe0f\u20e3"},
		"a keycap without selector":     {"#\u20e3", "#\ufe0f\u20e3"},
		"a family":                      {"👨\u200d👩\u200d👧\u200d👦", "👨\u200d👩\u200d👧\u200d👦"},
		"a kiss of two skin tones":      {"👩🏻\u200d❤\ufe0f\u200d💋\u200d👨🏿", "👩🏻\u200d❤\ufe0f\u200d💋\u200d👨🏿"},
		"a sequence without selectors":  {"🏳\u200d🌈", "🏳\ufe0f\u200d🌈"},
		"reserved for a future picture": {"\U0001fafd", "\U0001fafd\ufe0f"},
	} {
		got, err := emoji(test.text)
		if err != nil || got != test.want {
			t.Errorf("%s: got %+q, %v, want %+q", name, got, err, test.want)
		}
		if again, err := emoji(got); err != nil || again != got {
			t.Errorf("%s: spelt again: got %+q, %v, want the same", name, again, err)
		}
	}
}

func TestWhatIsNotOneEmojiIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "a letter": "a", "a digit": "7", "a word": "thumbs up", "two pictures": "👍👍", "a picture and a letter": "👍a",
		"half a flag": "🇳", "three halves": "🇳🇴🇳", "only a skin tone": "🏽", "only a selector": "\ufe0f", "only a joiner": "\u200d",
		"a joiner at the end": "👍\u200d", "a joiner at the start": "\u200d👍", "two joiners": "👨\u200d\u200d👩",
		"drawn as text": "❤\ufe0e", "tags without end": "🏴\U000e0067\U000e0062", "a joined flag": "🇳🇴\u200d👍", "joined to a flag": "👍\u200d🇳🇴",
		"a joined digit": "👍\u200d7\u20e3", "an accent": "👍\u0301", "broken UTF-8": "\xf0\x9f\x91", "white space": " 👍",
		"too long": strings.Repeat("👍\u200d", 20) + "👍", "long and plain": strings.Repeat("a", 1<<20),
	} {
		if got, err := emoji(text); CodeOf(err) != CodeInvalid || ErrorFrom(err).Field != "emoji" {
			t.Errorf("%s: got %+q, %v, want it refused as emoji", name, got, err)
		}
	}
}

func FuzzEmoji(f *testing.F) {
	for _, text := range []string{"👍🏽", "❤", "🇳🇴", "7\u20e3", "🏳\u200d🌈", "a", "\u200d"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := emoji(text)
		if err != nil {
			return
		}
		if again, err := emoji(got); err == nil && again != got {
			t.Errorf("%+q is spelt %+q, and that is spelt %+q", text, got, again)
		}
	})
}
