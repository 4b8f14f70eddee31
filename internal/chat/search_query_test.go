package chat

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSearchesAreParsedForgivingly(t *testing.T) {
	now := time.Date(2026, 3, 5, 15, 0, 0, 0, time.UTC)
	word := func(text string) SearchTerm { return SearchTerm{Text: text} }
	start := func(text string) SearchTerm { return SearchTerm{Text: text, Prefix: true} }
	for text, want := range map[string]searchQuery{
		"":                           {},
		"   ":                        {},
		"train":                      {terms: []SearchTerm{start("train")}},
		"train ":                     {terms: []SearchTerm{word("train")}},
		"the tra":                    {terms: []SearchTerm{word("the"), start("tra")}},
		"tra* now ":                  {terms: []SearchTerm{start("tra*"), word("now")}},
		`"new york" tr`:              {terms: []SearchTerm{word("new york"), start("tr")}},
		`“new york`:                  {terms: []SearchTerm{word("new york")}},
		`a"b c"d`:                    {terms: []SearchTerm{word("a"), word("b c"), start("d")}},
		"train from:jun":             {terms: []SearchTerm{word("train")}, authors: []string{"jun"}},
		`FROM:"jun takeda" in:#a b `: {terms: []SearchTerm{word("b")}, authors: []string{"jun takeda"}, rooms: []string{"#a"}},
		"has:link has:Files":         {has: []Feature{HasLink, HasFile}},
		"has:image has:Photos":       {has: []Feature{HasImage, HasImage}},
		"before:2026-03-01":          {until: day("2026-03-01")},
		"after:2026-03-01":           {from: day("2026-03-02")},
		"on:2026-3-1":                {from: day("2026-03-01"), until: day("2026-03-02")},
		"after:2025 before:2026-02":  {from: day("2026-01-01"), until: day("2026-02-01")},
		"on:31.12.2025":              {from: day("2025-12-31"), until: day("2026-01-01")},
		"on:today":                   {from: day("2026-03-05"), until: day("2026-03-06")},
		"before:yesterday":           {until: day("2026-03-04")},
		"https://x.example/a":        {terms: []SearchTerm{start("https://x.example/a")}},
		"note:this ":                 {terms: []SearchTerm{word("note:this")}},
		":x ":                        {terms: []SearchTerm{word(":x")}},
	} {
		if diff := cmp.Diff(want, parseSearch(text, now), cmp.AllowUnexported(searchQuery{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatASearchCannotUseBecomesAHint(t *testing.T) {
	for text, hint := range map[string]string{
		"train from:":             "behind from:",
		"train in:":               "behind in:",
		"train has:music":         "has: knows",
		"train before:2026-02-31": "behind before:",
		"train after:soon":        "behind after:",
		"train on:":               "behind on:",
	} {
		q := parseSearch(text, time.Now())
		if len(q.hints) != 1 || !strings.Contains(q.hints[0], hint) {
			t.Errorf("%q: got hints %q, want one with %q", text, q.hints, hint)
		}
		if len(q.terms) != 1 || q.terms[0].Text != "train" {
			t.Errorf("%q: got terms %v, want train", text, q.terms)
		}
	}
	q := parseSearch(strings.Repeat("x ", 30), time.Now())
	if len(q.terms) != maxSearchTerms || len(q.hints) != 1 {
		t.Errorf("30 words: got %d terms and hints %q, want %d and one", len(q.terms), q.hints, maxSearchTerms)
	}
}

func TestLinksAreRecognised(t *testing.T) {
	for text, want := range map[string]bool{
		"https://example.org": true, "see HTTP://x.example!": true, "http://[::1]/": true, "https://例え.jp": true,
		"http://": false, "https:// x": false, "ftp://x.example": false, "example.org": false, "": false, "x://y http://z": true,
	} {
		if got := (&Message{Body: text}).Has(HasLink); got != want {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func FuzzParseSearch(f *testing.F) {
	f.Add(`a "b c from:x before:2026 has:`)
	f.Fuzz(func(t *testing.T, text string) {
		q := parseSearch(text, time.Unix(1e9, 0).UTC())
		if n := len(q.terms) + len(q.authors) + len(q.rooms) + len(q.has); n > maxSearchTerms {
			t.Errorf("%q: got %d parts", text, n)
		}
	})
}
