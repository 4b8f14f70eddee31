package dialect

import (
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Words with a special meaning: see same, and Action.Keep.
const (
	wordSame = "same"
	wordKept = "same's kept members"
)

// Words of a template, by what they require.
var (
	always   = []string{"server", "ms", "iso", "clock", "time"}
	person   = []string{"name", "lower", "id"}
	ofRoom   = []string{"room", "number", "names", "people"}
	ofText   = []string{"text", "html", "seq", "url", "latitude", "longitude"}
	everyone = []string{"online", "users", "usernames"}
	ofError  = []string{"error", "problem"}
)

// lists has the words of each list's items.
var lists = map[string][]string{
	"people":   person,
	"users":    person,
	"messages": slices.Concat(person, ofText, always), // oldest first
	"newest":   slices.Concat(person, ofText, always), // the same, newest first
}

// wordsOf lists the words that each occasion has.
var wordsOf = map[Occasion][]string{
	Greeting: slices.Concat(always, person, everyone, []string{"count"}),
	Welcome:  slices.Concat(always, person, ofRoom, everyone),
	Joined:   slices.Concat(always, person, ofRoom),
	Left:     slices.Concat(always, person, ofRoom),
	Present:  slices.Concat(always, ofRoom, []string{"joiner"}),
	Message:  slices.Concat(always, person, ofText, []string{"room", wordSame}),
	Location: slices.Concat(always, person, ofText, []string{"room", wordSame}),
	Typing:   slices.Concat(person, []string{"room"}),
	Stopped:  slices.Concat(person, []string{"room"}),
	Messages: slices.Concat(always, []string{"room", "messages", "newest"}),
	Online:   slices.Concat(always, []string{"online"}),
	Counted:  slices.Concat(always, []string{"count"}),
	Invited:  slices.Concat(always, person, []string{"room", "invited", "url", "path", "place"}),
	Created:  slices.Concat(always, person, []string{"room"}),
	Failed:   slices.Concat(always, ofError),
}

// wordsOfAck lists the words of acknowledgements: those that have a value for every event.
var wordsOfAck = slices.Concat(always, person, ofRoom, ofText, []string{"online", "messages", "newest", "count"}, ofError)

var wordPattern = regexp.MustCompile(`\$\$|\$[a-z]+`)

// parseText parses a text with words.
func parseText(written string, words []string) (Template, error) {
	var segments text
	literal := func(s string) {
		if s == "" {
			return
		}
		if n := len(segments); n > 0 && segments[n-1].word == "" {
			segments[n-1].literal += s
		} else {
			segments = append(segments, segment{literal: s})
		}
	}
	end := 0
	for _, at := range wordPattern.FindAllStringIndex(written, -1) {
		literal(written[end:at[0]])
		word := written[at[0]+1 : at[1]]
		end = at[1]
		if word == "$" {
			literal("$")
			continue
		}
		if err := knownWord(word, words); err != nil {
			return Template{}, err
		}
		if _, isList := lists[word]; isList || word == wordSame {
			return Template{}, fmt.Errorf("$%s is a list, not a text; write {$%s: …}", word, word)
		}
		segments = append(segments, segment{word: word})
	}
	literal(written[end:])
	if len(segments) == 0 {
		return Template{value: ""}, nil
	}
	if len(segments) == 1 && segments[0].word == "" {
		return Template{value: segments[0].literal}, nil
	}
	return Template{value: segments}, nil
}

func knownWord(word string, words []string) error {
	if slices.Contains(words, word) {
		return nil
	}
	known := slices.DeleteFunc(slices.Sorted(slices.Values(words)), func(w string) bool { return strings.Contains(w, " ") })
	return fmt.Errorf("there is no $%s here; the words are $%s. Write $$ for a dollar sign", word, strings.Join(known, ", $"))
}

// written formats a value within a text.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []string:
		return strings.Join(v, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprint(v)
	}
}

// ServerName is the author of the server's own notices.
const ServerName = "PartyChat"

// Clock returns the values of a moment, and the name of the server, which is the author of notices.
func Clock(at time.Time) Values {
	local := at.Local()
	return Values{
		"server": ServerName, "ms": at.UnixMilli(), "iso": at.UTC().Format("2006-01-02T15:04:05.000Z07:00"),
		"clock": local.Format("3:04 pm"), "time": local.Format("15:04:05"),
	}
}

// Person returns the values of a person.
func Person(id int64, name string) Values {
	return Values{"id": id, "name": name, "lower": strings.ToLower(name)}
}

// Said returns the values of a text, including an escaped form for pages that insert it as HTML.
func Said(text string, seq int64) Values {
	return Values{"text": text, "html": html.EscapeString(text), "seq": seq}
}

// Shared returns the values of a location.
func Shared(latitude, longitude float64, seq int64) Values {
	coordinate := func(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }
	url := "https://google.com/maps?q=" + coordinate(latitude) + "," + coordinate(longitude)
	return Values{"text": url, "html": url, "url": url, "latitude": latitude, "longitude": longitude, "seq": seq}
}

// Same returns the value of $same: the object that the sender has sent, with the kept members
// unchanged.
func Same(sent map[string]any, kept []string) Values {
	return Values{wordSame: sent, wordKept: kept}
}

// Merge combines values; later ones override earlier ones.
func Merge(all ...Values) Values {
	merged := Values{}
	for _, values := range all {
		maps.Copy(merged, values)
	}
	return merged
}
