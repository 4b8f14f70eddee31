package chat

import (
	"strings"
	"time"
	"unicode"
)

// maxSearchTerms is how many terms and filters of a search count. Nobody types more.
const maxSearchTerms = 20

// searchQuery is what somebody has typed: terms and filters. Names are not resolved.
type searchQuery struct {
	terms       []SearchTerm
	authors     []string // of from:
	rooms       []string // of in:
	has         []Feature
	from, until time.Time
	hints       []string // what could not be understood, in sentences
}

// parseSearch reads a query: words, "phrases", from:, in:, before:, after:, on: and
// has:. It never fails: what it cannot use becomes a hint, and the rest is searched. The
// last word may be the beginning of one, unless a space follows; so may each word
// that ends with a star. Days begin at midnight in the zone of now.
func parseSearch(text string, now time.Time) searchQuery {
	var q searchQuery
	parts := searchParts(text)
	if len(parts) > maxSearchTerms {
		q.hint("Only the first 20 words of a search count.")
		parts = parts[:maxSearchTerms]
	}
	for _, part := range parts {
		if part.operator == "" || !q.filter(part, now) {
			q.terms = append(q.terms, part.term())
		}
	}
	return q
}

func (q *searchQuery) hint(sentence string) { q.hints = append(q.hints, sentence) }

// filter applies an operator, and reports whether it is one.
func (q *searchQuery) filter(part searchPart, now time.Time) bool {
	switch part.operator {
	case "from":
		if part.text == "" {
			q.hint("Write a name behind from:, such as from:ada, or from:me.")
		} else {
			q.authors = append(q.authors, part.text)
		}
	case "in":
		if part.text == "" {
			q.hint("Write a room or a person behind in:, such as in:main.")
		} else {
			q.rooms = append(q.rooms, part.text)
		}
	case "has":
		q.feature(part.text)
	case "before", "after", "on":
		q.day(part, now)
	default:
		return false
	}
	return true
}

func (q *searchQuery) feature(text string) {
	switch name := strings.TrimSuffix(strings.ToLower(text), "s"); name {
	case "link", "url":
		q.has = append(q.has, HasLink)
	case "file":
		q.has = append(q.has, HasFile)
	case "image", "picture", "photo":
		q.has = append(q.has, HasImage)
	default:
		q.hint("has: knows link, file and image.")
	}
}

// day narrows the time to before, after or on a day, month or year.
func (q *searchQuery) day(part searchPart, now time.Time) {
	begin, end, ok := parseDay(part.text, now)
	if !ok {
		q.hint("Write a date behind " + part.operator + ":, such as 2026-03-31, 2026-03, 2026, today or yesterday.")
		return
	}
	lower, upper := begin, end
	switch part.operator {
	case "before":
		lower, upper = time.Time{}, begin
	case "after":
		lower, upper = end, time.Time{}
	}
	if lower.After(q.from) {
		q.from = lower
	}
	if !upper.IsZero() && (q.until.IsZero() || upper.Before(q.until)) {
		q.until = upper
	}
}

// parseDay returns the begin and the end of a day, a month or a year.
func parseDay(text string, now time.Time) (begin, end time.Time, ok bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch strings.ToLower(text) {
	case "today":
		return today, today.AddDate(0, 0, 1), true
	case "yesterday":
		return today.AddDate(0, 0, -1), today, true
	}
	text = strings.NewReplacer("/", "-", ".", "-").Replace(text)
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{
		{"2006-1-2", 0, 0, 1}, {"2006-1", 0, 1, 0}, {"2006", 1, 0, 0}, {"2-1-2006", 0, 0, 1},
	} {
		if begin, err := time.ParseInLocation(form.layout, text, now.Location()); err == nil && begin.Year() > 0 {
			return begin, begin.AddDate(form.years, form.months, form.days), true
		}
	}
	return time.Time{}, time.Time{}, false
}

// searchPart is a word, a phrase, or an operator with its value.
type searchPart struct {
	operator string // in lower case; "" for none
	text     string
	typed    string // as written, with the operator
	quoted   bool
	last     bool // nothing follows, not even a space
}

func (p searchPart) term() SearchTerm {
	text := p.text
	if p.operator != "" {
		text = p.typed
	}
	return SearchTerm{Text: text, Prefix: !p.quoted && (p.last || strings.HasSuffix(text, "*"))}
}

// searchParts cuts a query at its spaces, except within quotation marks. A mark that is
// not closed reaches to the end.
func searchParts(text string) (parts []searchPart) {
	runes := []rune(text)
	for i := 0; i < len(runes); {
		if unicode.IsSpace(runes[i]) {
			i++
			continue
		}
		var part searchPart
		begin := i
		if name, length := operatorAt(runes[i:]); length > 0 {
			part.operator = name
			i += length
		}
		if i < len(runes) && isQuote(runes[i]) {
			from := i + 1
			for i = from; i < len(runes) && !isQuote(runes[i]); i++ {
			}
			part.text, part.quoted = string(runes[from:i]), true
			i = min(i+1, len(runes))
		} else {
			from := i
			for i < len(runes) && !unicode.IsSpace(runes[i]) && !isQuote(runes[i]) {
				i++
			}
			part.text, part.last = string(runes[from:i]), i == len(runes)
		}
		part.typed = string(runes[begin:i])
		parts = append(parts, part)
	}
	return parts
}

// operatorAt returns the operator at the start, and its length with the colon.
func operatorAt(runes []rune) (name string, length int) {
	for i, r := range runes {
		switch {
		case r == ':' && i > 0:
			name = strings.ToLower(string(runes[:i]))
			switch name {
			case "from", "in", "has", "before", "after", "on":
				return name, i + 1
			}
			return "", 0
		case r > unicode.MaxASCII || !unicode.IsLetter(r):
			return "", 0
		}
	}
	return "", 0
}

func isQuote(r rune) bool { return strings.ContainsRune("\"“”„«»「」", r) }
