package dialect

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

var (
	joining    = regexp.MustCompile(`(?i)joined|connect`)
	welcoming  = regexp.MustCompile(`(?i)login|welcome|validat|accepted|confirm`)
	succeeding = regexp.MustCompile(`(?i)^(ok|success|successful|valid|validated|accepted)$`)
)

// echoes are the occasions of events that a page both sends and listens for.
var echoes = map[Verb]Occasion{Type: Typing, Stop: Stopped, Say: Message, Enter: Joined, Leave: Left, Share: Location, Count: Counted}

// echoed completes what is known of an event that the page also sends: it expects the object that it
// sends, and for the same purpose.
func echoed(w Wanted, heard []Heard) (Wanted, Occasion) {
	on := occasionOf(w)
	at := slices.IndexFunc(heard, func(h Heard) bool { return h.Event == w.Event })
	if at < 0 {
		return w, on
	}
	if echo, ok := echoes[verbOf(heard[at])]; ok && on == Message {
		on = echo
	}
	if len(w.Members)+len(w.Args) == 0 && !w.List && len(heard[at].Args) == 1 {
		object, _ := heard[at].Args[0].(map[string]any)
		w.Members = slices.Sorted(maps.Keys(object))
	}
	return w, on
}

// occasionsOf returns the occasions of an event. A line of text about people covers both joining and
// leaving.
func occasionsOf(w Wanted, on Occasion) []Occasion {
	if on == Present && !w.List && len(w.Members) == 0 {
		return []Occasion{Joined, Left}
	}
	return []Occasion{on}
}

// occasionOf guesses on which occasion a page expects an event.
func occasionOf(w Wanted) Occasion {
	typing := strings.Contains(strings.ToLower(w.Event), "typ")
	switch {
	case typing && stopping.MatchString(w.Event):
		return Stopped
	case typing:
		return Typing
	case locating.MatchString(w.Event):
		return Location
	case leaving.MatchString(w.Event):
		return Left
	case past.MatchString(w.Event) && !slices.Contains(w.Members, "text"):
		return Messages
	case people.MatchString(w.Event):
		return Present
	case counting.MatchString(w.Event):
		return Counted
	case welcoming.MatchString(w.Event):
		return Welcome
	case entering.MatchString(w.Event), joining.MatchString(w.Event):
		return Joined
	default:
		return Message
	}
}

// emissionFor writes one event that a page expects.
func emissionFor(on Occasion, w Wanted, named bool) string {
	if len(w.Args) > 0 {
		args := make([]string, len(w.Args))
		for i, arg := range w.Args {
			args[i] = partFor(on, arg.Name, w.HTML)
			if args[i] == unknown && len(arg.Members) > 0 {
				args[i] = objectFor(on, arg.Members, w.HTML)
			}
		}
		return fmt.Sprintf("{event: %s, args: [%s]}", key(w.Event), strings.Join(args, ", "))
	}
	if len(w.Members) == 0 || on == Messages {
		return fmt.Sprintf("{event: %s, data: %s}", key(w.Event), wholeFor(on, w.HTML, named))
	}
	return fmt.Sprintf("{event: %s, data: %s}", key(w.Event), objectFor(on, w.Members, w.HTML))
}

// cautionFor is the comment behind a message that may be inserted into the page as HTML: by another
// function than the handler, where Scan cannot see it.
func cautionFor(on Occasion, w Wanted) string {
	textual := len(w.Members)+len(w.Args) == 0 || strings.Contains(emissionFor(on, w, false), "$text")
	if on != Message || w.HTML || !w.Inserts || !textual {
		return ""
	}
	return " # $html instead of $text, if the page inserts it as HTML"
}

// objectFor guesses the template of an object by the names of its members.
func objectFor(on Occasion, names []string, html bool) string {
	members := make([]string, len(names))
	for i, name := range names {
		members[i] = key(name) + ": " + partFor(on, name, html)
	}
	return "{" + strings.Join(members, ", ") + "}"
}

// wholeFor guesses the template of an event's only argument.
func wholeFor(on Occasion, html, named bool) string {
	text := "$text"
	if html {
		text = "$html"
	}
	if named { // the page shows a line of text, which must name the person
		text = `"$name: ` + text + `"`
	}
	return map[Occasion]string{
		Message: text, Location: "$url", Present: "$names", Counted: "$count", Messages: "{$messages: {username: $name, text: $text, createdAt: $ms}}",
		Typing: "$name", Stopped: "$name", Joined: "$name has joined", Left: "$name has left", Welcome: "$name",
	}[on]
}

// unknown is the template of a part that cannot be guessed.
const unknown = `""`

// partFor guesses the template of a member or argument by its name, or returns unknown. It uses only
// words that the occasion has.
func partFor(on Occasion, name string, html bool) string {
	switch template := templateFor(name, wordsOf[on]); {
	case template == "" && people.MatchString(name) && slices.Contains(wordsOf[on], "names"):
		return "$names"
	case template == "" && succeeding.MatchString(name):
		return "true"
	case template == "":
		return unknown
	case template != "$text":
		return template
	case on != Message && on != Location:
		return unknown
	case html:
		return "$html"
	default:
		return template
	}
}
