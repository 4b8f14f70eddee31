package sqlite

import (
	"bytes"
	"strings"
	"testing"

	"partychat/internal/chat"
)

func FuzzUUIDs(f *testing.F) {
	for _, s := range []string{
		"", "0190b3a4-5b6c-7d8e-9f00-112233445566", "0190B3A4-5B6C-7D8E-9F00-112233445566",
		"0190b3a45b6c7d8e9f00112233445566----", "0190b3a4-5b6c-7d8e-9f00-11223344556g", strings.Repeat("-", 36),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := parseUUID(s)
		if err != nil {
			if chat.CodeOf(err) != chat.CodeInvalid {
				t.Errorf("parseUUID(%q): got %v, want invalid", s, err)
			}
			return
		}
		again, err := parseUUID(formatUUID(b))
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("parseUUID(formatUUID(%x)): got %x, %v", b, again, err)
		}
	})
}

func FuzzSearchPlaces(f *testing.F) {
	for _, s := range []string{"", "0.1.a", "1.zz.chat of chats", "1.2s.a.b.c", "2.1.a", "0.1", "0..", "1.!.a", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, err := parseSearchPlace(s)
		if err != nil {
			if e := chat.ErrorFrom(err); e.Code != chat.CodeInvalid || e.Field != "after" {
				t.Errorf("parseSearchPlace(%q): got %v, want invalid on after", s, err)
			}
			return
		}
		again, err := parseSearchPlace(place.String())
		if err != nil || again != place {
			t.Errorf("parseSearchPlace(%q): got %+v, %v; want %+v", place.String(), again, err, place)
		}
	})
}
