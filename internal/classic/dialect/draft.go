package dialect

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Heard is an event that an unknown page has sent.
type Heard struct {
	Who   string // label of the socket
	Event string
	Args  []any
	Ack   bool // whether it requested an acknowledgement
	// Answer lists the members of the acknowledgement that the page's code reads; see ScanAnswers.
	Answer []string
}

// Wanted is an event that an unknown page listens for, found in its code.
type Wanted struct {
	Event   string
	Members []string    // of the expected object; empty if it expects a text, a list or several arguments
	Args    []Parameter // if it expects several arguments
	List    bool        // it iterates over the value
	HTML    bool        // it inserts the value into the page as HTML
	Inserts bool        // its page inserts something as HTML
}

// Parameter is one of several arguments that a page expects.
type Parameter struct {
	Name    string
	Members []string // of the expected object
}

// Names that pages commonly use for the parts of their events.
var (
	nameKeys = []string{"username", "userName", "user", "name", "nickname", "nick", "handle", "author", "sender", "from", "displayName"}
	roomKeys = []string{"room", "roomName", "roomname", "roomId", "channel"}
	textKeys = []string{"text", "message", "msg", "body", "content", "data"}
)

// wordFor maps the members and arguments that a page reads to template words; the patterns are
// tried in this order.
var wordFor = []struct {
	keys     []string
	template string
}{
	{nameKeys, "$name"},
	{textKeys, "$text"},
	{roomKeys, "$room"},
	{[]string{"createdAt", "timestamp", "date", "at"}, "$ms"},
	{[]string{"time", "hour"}, "$clock"},
	{[]string{"url", "link", "location"}, "$url"},
	{[]string{"id", "userId", "socketId"}, "$id"},
	{[]string{"users", "people", "participants", "members"}, "{$people: {id: $id, username: $name, name: $name}}"},
	{[]string{"numUsers", "count", "userCount", "total"}, "$number"},
}

var (
	stopping = regexp.MustCompile(`(?i)stop|done|end|not|no[ _-]?typ|clear`)
	ceasing  = regexp.MustCompile(`(?i)stop`)
	leaving  = regexp.MustCompile(`(?i)leave|left|exit|quit|disconnect|log[ _-]?out`)
	entering = regexp.MustCompile(`(?i)join|enter|log[ _-]?in|(add|new|register|set)[ _-]?(user|name)|newuser|^user$|username|nick|connect`)
	people   = regexp.MustCompile(`(?i)users|people|online|participants|room[ _-]?data|list`)
	past     = regexp.MustCompile(`(?i)history|old|previous|messages$|load`)
	locating = regexp.MustCompile(`(?i)locat|position|coords`)
	counting = regexp.MustCompile(`(?i)count|increment`)
)

// Draft writes a table for a page from the events that it sends and those that its code listens
// for. Of the events that its code can send, it mentions those that were not heard. It guesses by
// names, so a person must review every line.
func Draft(heard []Heard, wanted []Wanted, sent ...string) string {
	var b strings.Builder
	b.WriteString("about: A draft. Check each line, and play it with partychat classic try.\n")
	heard = slices.DeleteFunc(slices.Clone(heard), func(h Heard) bool { return len(h.Event) > eventMax })
	if first := slices.IndexFunc(heard, func(h Heard) bool { return verbOf(h) == Enter }); first >= 0 {
		fmt.Fprintf(&b, "settle: %s\n", key(heard[first].Event))
	}
	if !slices.ContainsFunc(wanted, func(w Wanted) bool { return occasionOf(w) == Messages }) {
		b.WriteString("replay: 20\n") // a page with a history is given that instead
	}
	if len(heard) == 0 {
		b.WriteString("# The page has sent nothing. Listen again, and use the page before you stop.\nin: {}\n")
	} else {
		b.WriteString("in:\n")
	}
	var done []string
	for _, h := range heard {
		if !slices.Contains(done, h.Event) {
			done = append(done, h.Event)
			fmt.Fprintf(&b, "  %s: %s\n", key(h.Event), actionOf(h))
		}
	}
	for _, event := range sent {
		if !slices.Contains(done, event) {
			fmt.Fprintf(&b, "  # The page's code can send %s, but has not: use that part of the page, too.\n", key(event))
		}
	}
	if out := outOf(heard, wanted); out != "" {
		b.WriteString("out:\n" + out)
	}
	b.WriteString(stepsOf(heard))
	return b.String()
}

// eventMax is the maximum length of an event's name in a draft, in bytes. YAML limits keys to 1,024
// characters, and some bytes become six.
const eventMax = 128

const (
	// stepsMax is the maximum number of steps in a draft, and argumentMax that of the bytes in the
	// arguments of a step.
	stepsMax, argumentMax = 8, 300
)

// stepsOf writes the first events of each socket as steps to play.
func stepsOf(heard []Heard) string {
	var b strings.Builder
	var done []string
	for _, h := range heard {
		args, err := json.Marshal(append([]any{h.Event}, h.Args...))
		if id := h.Who + " " + h.Event; err == nil && h.Who != "" && len(args) <= argumentMax && len(done) < stepsMax && !slices.Contains(done, id) {
			done = append(done, id)
			fmt.Fprintf(&b, "  - %s: %s\n", key(h.Who), yamlOf(args))
		}
	}
	if len(done) == 0 {
		return ""
	}
	return "try:\n" + b.String()
}

// outOf writes what the page receives, by occasion.
func outOf(heard []Heard, wanted []Wanted) string {
	byOccasion := map[Occasion][]string{}
	var order []Occasion
	named := slices.ContainsFunc(heard, func(h Heard) bool { return verbOf(h) == Enter })
	for _, w := range wanted {
		w, on := echoed(w, heard)
		for _, on := range occasionsOf(w, on) {
			if byOccasion[on] == nil {
				order = append(order, on)
			}
			byOccasion[on] = append(byOccasion[on], emissionFor(on, w, named)+cautionFor(on, w))
		}
	}
	if byOccasion[Message] == nil {
		for _, h := range heard {
			if verbOf(h) == Say { // most pages listen for the event that they send
				order = append(order, Message)
				byOccasion[Message] = []string{fmt.Sprintf("{event: %s, data: $text} # a guess: what does the page listen for?", key(h.Event))}
				break
			}
		}
	}
	var b strings.Builder
	for _, on := range order {
		if len(byOccasion[on]) == 1 {
			fmt.Fprintf(&b, "  %s: %s\n", on, byOccasion[on][0])
			continue
		}
		fmt.Fprintf(&b, "  %s:\n", on)
		for _, emission := range byOccasion[on] {
			fmt.Fprintf(&b, "    - %s\n", emission)
		}
	}
	return b.String()
}

// verbOf guesses the meaning of an event.
func verbOf(h Heard) Verb {
	typing := strings.Contains(strings.ToLower(h.Event), "typ")
	first := any(nil)
	if len(h.Args) > 0 {
		first = h.Args[0]
	}
	if line, ok := first.(string); ok && strings.Contains(strings.ToLower(line), "is typing") {
		typing = true
	}
	switch {
	case memberOf(first, []string{"latitude", "lat"}) != "" || len(h.Args) == 2 && kindOf(h.Args[0]) == "number" && kindOf(h.Args[1]) == "number":
		return Share
	case typing && (stopping.MatchString(h.Event) || first == false):
		return Stop
	case typing:
		return Type
	case leaving.MatchString(h.Event):
		return Leave
	case entering.MatchString(h.Event):
		return Enter
	case past.MatchString(h.Event):
		return History
	case first == nil && counting.MatchString(h.Event):
		return Count
	case first == nil && ceasing.MatchString(h.Event):
		return Stop
	case first == nil:
		return Ignore
	default:
		return Say
	}
}

// actionOf writes the meaning of an event.
func actionOf(h Heard) string {
	verb := verbOf(h)
	fields := []string{"do: " + string(verb)}
	add := func(field, path string) {
		if path != "" {
			fields = append(fields, field+": "+path)
		}
	}
	var first any
	if len(h.Args) > 0 {
		first = h.Args[0]
	}
	switch verb {
	case Enter:
		add("name", pathOf(first, nameKeys))
		add("room", memberOf(first, roomKeys))
		if len(h.Args) > 1 && kindOf(h.Args[1]) == "text" {
			add("room", "1")
		}
	case Say:
		text := pathOf(first, textKeys)
		if text == "" {
			text = firstText(first)
		}
		if text == "" {
			return ignored(h)
		}
		if len(h.Args) == 2 && kindOf(first) == "text" && kindOf(h.Args[1]) == "text" {
			add("text", "1") // such pages send the author's name first
			add("name", "0")
		} else {
			add("text", text)
		}
		if kindOf(first) == "object" {
			add("name", pathOf(first, nameKeys))
			add("room", memberOf(first, roomKeys))
		}
	case Share:
		if kindOf(first) == "number" {
			add("latitude", "0")
			add("longitude", "1")
		} else {
			add("latitude", pathOf(first, []string{"latitude", "lat"}))
			add("longitude", pathOf(first, []string{"longitude", "lng", "lon", "long"}))
		}
	case Ignore:
		return ignored(h)
	default: // needs no field
	}
	if h.Ack && len(h.Answer) > 0 {
		fields = append(fields, "ack: "+ackOf(h.Event, h.Answer))
	}
	if len(fields) == 1 {
		return string(verb) + " # " + Shape(h)
	}
	return "{" + strings.Join(fields, ", ") + "} # " + Shape(h)
}

// ignored writes an event whose meaning is unknown.
func ignored(h Heard) string {
	if h.Ack && len(h.Answer) > 0 {
		return "{do: ignore, ack: " + ackOf(h.Event, h.Answer) + "} # what does this mean? " + Shape(h)
	}
	return "ignore # what does this mean? " + Shape(h)
}

// pathOf returns the path of one of the members, or of the argument itself if that is a text.
func pathOf(arg any, keys []string) string {
	if kindOf(arg) == "text" {
		return "0"
	}
	return memberOf(arg, keys)
}

// firstText returns the first member of an object that is a text.
func firstText(arg any) string {
	object, _ := arg.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if kindOf(object[name]) == "text" && plainKey.MatchString(name) {
			return name
		}
	}
	return ""
}

// memberOf returns the first of the keys that an object has, or "".
func memberOf(arg any, keys []string) string {
	object, _ := arg.(map[string]any)
	for _, k := range keys {
		if _, there := object[k]; there {
			return k
		}
	}
	return ""
}

var plainKey = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_ -]*$`)

// key quotes a YAML key if needed.
func key(name string) string {
	if plainKey.MatchString(name) && !slices.Contains([]string{"null", "true", "false", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(name)) {
		return name
	}
	quoted, err := json.Marshal(name)
	if err != nil {
		return `""`
	}
	return yamlOf(quoted)
}

// yamlOf turns JSON into YAML: it escapes the characters that YAML does not allow (YAML 1.2, section
// 5.1).
func yamlOf(raw []byte) string {
	var b strings.Builder
	for _, r := range string(raw) {
		if r >= 0x7f && r <= 0x9f || r == 0xfeff || r == 0xfffe || r == 0xffff {
			fmt.Fprintf(&b, "\\u%04x", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}
