package chat

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzUsernames(f *testing.F) {
	for _, s := range []string{"ann", "हिन्दी", "Zoe\u0308", "a_b.c-9", "\u0308a", "a\ufe0f", "\xff", "小明", " a ", "٤٢"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := defaultRules.username(s)
		if err != nil {
			return
		}
		n := utf8.RuneCountInString(name)
		if name != s || !utf8.ValidString(name) || n < 2 || n > 32 {
			t.Errorf("username(%q): got %q accepted", s, name)
		}
		for _, c := range name {
			if !unicode.IsGraphic(c) || unicode.IsSpace(c) || strings.ContainsRune(`<>&"'/\@`, c) {
				t.Errorf("username(%q): got %q within a name", s, c)
			}
		}
	})
}

func FuzzBodies(f *testing.F) {
	for _, s := range []string{"hello", " \n", "a\x00", "\xff", "👩‍💻", "\u200b", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		body, err := defaultRules.body(s)
		if err != nil {
			return
		}
		if body == "" || body != strings.TrimSpace(body) || !strings.Contains(s, body) || strings.ContainsRune(body, 0) {
			t.Errorf("body(%q): got %q", s, body)
		}
		if again, err := defaultRules.body(body); err != nil || again != body {
			t.Errorf("body(%q) of an accepted body: got %q, %v", body, again, err)
		}
	})
}

func FuzzMatchingRooms(f *testing.F) {
	f.Add("team chat", "ch")
	f.Add("#general", "gen")
	f.Add("🎉 party 🎉", "🎉")
	f.Add("a  b", "")
	f.Fuzz(func(t *testing.T, name, text string) {
		for _, part := range NameParts(name)[1:] {
			if !strings.HasSuffix(name, part.Key) || len(part.Key) == 0 || len(part.Key) >= len(name) {
				t.Errorf("NameParts(%q): got %q, want proper tails", name, part.Key)
			}
		}
		match, ok := MatchName(name, text)
		if ok && (!strings.HasPrefix(match.Key, text) || !strings.HasSuffix(name, match.Key)) {
			t.Errorf("MatchName(%q, %q): got %+v", name, text, match)
		}
		if !ok && strings.HasPrefix(name, text) {
			t.Errorf("MatchName(%q, %q): got no match", name, text)
		}
	})
}

func FuzzSearchCursors(f *testing.F) {
	for _, s := range []string{"", "?", "bm9uZQ", formatCursor(searchCursor{Public: "p", Own: &place{Rank: 1, Key: "k", ID: 2}})} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var cursor, again searchCursor
		if err := parseCursor(s, &cursor); err != nil {
			if CodeOf(err) != CodeInvalid {
				t.Errorf("parseCursor(%q): got %v, want invalid", s, err)
			}
			return
		}
		text := formatCursor(cursor)
		if err := parseCursor(text, &again); err != nil || formatCursor(again) != text {
			t.Errorf("parseCursor(%q): got %+v, %v; want %+v", s, again, err, cursor)
		}
	})
}
