package wire_test

import (
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// marked returns the marked parts of a snippet.
func marked(s wire.Snippet) (parts []string) {
	units := []rune(s.Text)
	var at []int // the rune at each UTF-16 code unit
	for i, r := range units {
		at = append(at, i)
		if r > 0xffff {
			at = append(at, i)
		}
	}
	at = append(at, len(units))
	for _, mark := range s.Marks {
		parts = append(parts, string(units[at[mark.Begin]:at[mark.End]]))
	}
	return parts
}

func snippet(text string, words ...string) wire.Snippet {
	var marks []chat.Span
	at := 0
	for _, word := range words {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		marks = append(marks, chat.Span{Start: start, End: at})
	}
	found := chat.FoundMessages{MessageHits: chat.MessageHits{Hits: []chat.MessageHit{{Message: chat.Message{Body: text}, Marks: marks}}}}
	return wire.MessageHitsOf(found).Hits[0].Snippet
}

func TestASnippetIsTheWholeTextIfItIsShort(t *testing.T) {
	got := snippet("👍🏽 the train and 東京 trains", "👍🏽", "train", "東京", "trains")
	if got.Text != "👍🏽 the train and 東京 trains" || got.CutBefore || got.CutBehind {
		t.Errorf("got %+v, want the whole text", got)
	}
	if parts := strings.Join(marked(got), "|"); parts != "👍🏽|train|東京|trains" {
		t.Errorf("marked: got %q", parts)
	}
	if none := snippet("no words"); none.Text != "no words" || len(none.Marks) != 0 || none.Marks == nil {
		t.Errorf("without marks: got %+v", none)
	}
}

func TestASnippetOfALongTextIsAroundTheFirstMark(t *testing.T) {
	long := strings.Repeat("é😀 word ", 500) + "needle here" + strings.Repeat(" after", 500) + " needle"
	got := snippet(long, "needle", "needle")
	if !got.CutBefore || !got.CutBehind || len([]rune(got.Text)) != 300 {
		t.Errorf("got %d characters, cut before %v and behind %v; want 300 and both", len([]rune(got.Text)), got.CutBefore, got.CutBehind)
	}
	if parts := marked(got); len(parts) != 1 || parts[0] != "needle" {
		t.Errorf("marked: got %q, want needle", parts)
	}
	if !strings.HasPrefix(got.Text, "é😀") && !strings.HasPrefix(got.Text, "word") {
		t.Errorf("it begins within a word: %q", got.Text[:20])
	}
	// A text without spaces begins anywhere.
	got = snippet(strings.Repeat("字", 1000)+"針"+strings.Repeat("字", 1000), "針")
	if parts := marked(got); len(parts) != 1 || parts[0] != "針" {
		t.Errorf("marked: got %q", parts)
	}
	// A mark that reaches beyond the end is cut.
	got = snippet(strings.Repeat("a", 2000), strings.Repeat("a", 2000))
	if parts := marked(got); len(parts) != 1 || parts[0] != strings.Repeat("a", 300) {
		t.Errorf("a long mark: got %d parts", len(parts))
	}
}
