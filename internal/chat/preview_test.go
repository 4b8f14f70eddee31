package chat

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPreviewsDoNotSplitGraphemes(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, test := range []struct {
		name, text string
		kept       int // characters
	}{
		{"a short text", "hello", 5},
		{"a text of the maximum length", x(PreviewMax), PreviewMax},
		{"one more", x(PreviewMax + 1), PreviewMax},
		{"a combining mark behind the end", x(PreviewMax-1) + "e\u0301xx", PreviewMax - 1},
		{"an emoji sequence across the end", x(PreviewMax-2) + "👩\u200d👧xx", PreviewMax - 2},
		{"a skin tone behind the end", x(PreviewMax-1) + "👍🏽xx", PreviewMax - 1},
		{"a flag across the end", x(PreviewMax-1) + "🇦🇹xx", PreviewMax - 1},
		{"flags up to the end", strings.Repeat("🇦🇹", PreviewMax), PreviewMax},
		{"nothing but marks", "x" + strings.Repeat("\u0301", 2*PreviewMax), PreviewMax},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := Message{Kind: MessageText, Body: test.text}.Preview()
			if n := utf8.RuneCountInString(got.Body); n != test.kept || !strings.HasPrefix(test.text, got.Body) {
				t.Errorf("got %d characters, want the first %d", n, test.kept)
			}
			if want := got.Body != test.text; got.Shortened != want {
				t.Errorf("shortened: got %v, want %v", got.Shortened, want)
			}
		})
	}
}
