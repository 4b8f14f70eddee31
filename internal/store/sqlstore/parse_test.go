package sqlstore

import (
	"strings"
	"testing"
	"unicode/utf8"

	"partychat/internal/chat"
)

func FuzzUUIDs(f *testing.F) {
	for _, s := range []string{
		"", "0190b3a4-5b6c-7d8e-9f00-112233445566", "0190B3A4-5B6C-7D8E-9F00-112233445566",
		"0190b3a45b6c7d8e9f00112233445566----", "{0190b3a4-5b6c-7d8e-9f00-11223344556}", "0190b3a4-5b6c-7d8e-9f00-11223344556g", strings.Repeat("-", 36),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseUUID(s)
		if err != nil {
			if chat.CodeOf(err) != chat.CodeInvalid {
				t.Errorf("ParseUUID(%q): got %v, want invalid", s, err)
			}
			return
		}
		if got := FormatUUID(id); got != strings.ToLower(s) {
			t.Errorf("ParseUUID(%q): got %q, want the same in lower case", s, got)
		}
	})
}

func FuzzSearchPlaces(f *testing.F) {
	for _, s := range []string{"", "0.1.a", "1.zz.chat of chats", "1.2s.a.b.c", "2.1.a", "0.1", "0..", "1.!.a", "\xff", "0.1.\x00", "0.1.\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, err := ParsePlace(s)
		if err != nil {
			if e := chat.ErrorFrom(err); e.Code != chat.CodeInvalid || e.Field != "after" {
				t.Errorf("ParsePlace(%q): got %v, want invalid on after", s, err)
			}
			return
		}
		if !utf8.ValidString(place.Key) || strings.ContainsRune(place.Key, 0) {
			t.Errorf("ParsePlace(%q): got the key %q, which PostgreSQL does not accept", s, place.Key)
		}
		again, err := ParsePlace(place.String())
		if err != nil || again != place {
			t.Errorf("ParsePlace(%q): got %+v, %v; want %+v", place.String(), again, err, place)
		}
	})
}

func FuzzWhatIsBehindAPrefix(f *testing.F) {
	for _, s := range []string{"a", "aÿ", "z\U0010ffff", "日本", "퟿", "\x7f", "߿", "\uffff"} {
		f.Add(s, "x")
	}
	f.Fuzz(func(t *testing.T, prefix, rest string) {
		if prefix == "" || !utf8.ValidString(prefix) || !utf8.ValidString(rest) || strings.Trim(prefix, string(utf8.MaxRune)) == "" {
			return
		}
		behind := BehindPrefix(prefix)
		if !utf8.ValidString(behind) || behind <= prefix+rest {
			t.Errorf("behind %q: got %q, want valid text larger than %q", prefix, behind, prefix+rest)
		}
		if strings.HasPrefix(behind, prefix) {
			t.Errorf("behind %q: got %q, which begins with it", prefix, behind)
		}
	})
}
