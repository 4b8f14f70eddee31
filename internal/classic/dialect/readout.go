package dialect

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// depthMax is how deeply the data of an event may be nested.
const depthMax = 16

var (
	emissionKeys = []string{"event", "to", "data", "args"}
	audiences    = []string{string(Sender), string(Others), string(Everyone)}
	ackWords     = []string{"nothing", "text", "object"}
)

// defaultAudience is who receives the event of each occasion by default; choose lists the occasions
// for which a table may change that.
var (
	defaultAudience = map[Occasion]Audience{
		Greeting: Sender, Welcome: Sender, Joined: Others, Left: Others, Present: Everyone,
		Message: Everyone, Location: Everyone, Typing: Others, Stopped: Others, Messages: Sender,
		Online: Everyone, Counted: Everyone, Invited: Sender, Created: Sender, Failed: Sender,
	}
	choose = []Occasion{Joined, Message, Location}
)

// The predefined kinds of acknowledgement: always empty; an error's text or nothing; and {ok: true}
// or {ok: false, error: {code, message}}.
var (
	AckNothing = &Ack{}
	AckText    = &Ack{Failed: []Template{word("error")}}
	AckObject  = &Ack{
		OK:     []Template{{value: object{"ok": {value: true}}}},
		Failed: []Template{{value: object{"ok": {value: false}, "error": word("problem")}}},
	}
)

func word(name string) Template { return Template{value: text{{word: name}}} }

func (r *reader) ack(e entry) *Ack {
	if e.value.Kind == yaml.ScalarNode {
		switch r.oneOf(e, ackWords) {
		case "nothing":
			return AckNothing
		case "object":
			return AckObject
		default:
			return AckText
		}
	}
	a := &Ack{}
	for _, answer := range r.mapping(e.value, "ack", []string{"ok", "failed"}) {
		template := []Template{r.template(answer.value, wordsOfAck, 0)}
		if answer.key == "ok" {
			a.OK = template
		} else {
			a.Failed = template
		}
	}
	return a
}

func (r *reader) out(t *Table, out entry) {
	known := make([]string, 0, len(wordsOf))
	for occasion := range maps.Keys(wordsOf) {
		known = append(known, string(occasion))
	}
	slices.Sort(known)
	for _, e := range r.mapping(out.value, "out", known) {
		occasion := Occasion(e.key)
		for _, item := range itemsOf(e.value) {
			t.Out[occasion] = append(t.Out[occasion], r.emission(occasion, item))
		}
	}
}

func (r *reader) emission(occasion Occasion, node *yaml.Node) Emission {
	emission := Emission{To: defaultAudience[occasion], Line: node.Line}
	words := wordsOf[occasion]
	carries := ""
	for _, e := range r.mapping(node, string(occasion), emissionKeys) {
		if e.key == "data" || e.key == "args" {
			if carries != "" {
				r.fail(e.line, "%s has both data and args; remove one", occasion)
			}
			carries = e.key
		}
		switch e.key {
		case "event":
			emission.Event = r.text(e)
			if slices.Contains(ofClient, emission.Event) {
				r.fail(e.value.Line, "%s: %q is an event of the client library itself; choose another", occasion, emission.Event)
			}
		case "to":
			emission.To = Audience(r.oneOf(e, audiences))
			if emission.To != defaultAudience[occasion] && !slices.Contains(choose, occasion) {
				r.fail(e.value.Line, "%s always goes to %s; remove to", occasion, defaultAudience[occasion])
			}
		case "data":
			emission.Args = append(emission.Args, r.template(e.value, words, 0))
		case "args":
			if e.value.Kind != yaml.SequenceNode {
				r.fail(e.value.Line, "args must be a list; write data for a single argument")
			}
			for _, item := range e.value.Content {
				emission.Args = append(emission.Args, r.template(item, words, 0))
			}
		}
	}
	if emission.Event == "" {
		r.fail(node.Line, "%s needs an event, such as {event: message, data: $text}", occasion)
	}
	emission.Known = slices.ContainsFunc(emission.Args, Template.names)
	return emission
}

// template reads the data of an event.
func (r *reader) template(node *yaml.Node, words []string, depth int) Template {
	if depth > depthMax {
		r.fail(node.Line, "this is nested more than %d deep", depthMax)
	}
	switch node.Kind {
	case yaml.ScalarNode:
		return r.filled(node, words)
	case yaml.SequenceNode:
		items := make(list, len(node.Content))
		for i, item := range node.Content {
			items[i] = r.template(item, words, depth+1)
		}
		return Template{value: items}
	case yaml.MappingNode:
		return r.object(node, words, depth)
	default:
		r.fail(node.Line, "write the value out instead of *%s", node.Value)
		return Template{}
	}
}

// filled reads a scalar; its text may contain words.
func (r *reader) filled(node *yaml.Node, words []string) Template {
	value := r.scalar(node)
	written, ok := value.(string)
	if !ok {
		return Template{value: value}
	}
	template, err := parseText(written, words)
	if err != nil {
		r.fail(node.Line, "%v", err)
	}
	return template
}

// object reads a mapping, which may be a list word or $same.
func (r *reader) object(node *yaml.Node, words []string, depth int) Template {
	members := r.mapping(node, "an object", nil)
	if len(members) == 1 && strings.HasPrefix(members[0].key, "$") {
		return r.special(members[0], words, depth)
	}
	o := object{}
	for _, e := range members {
		if strings.HasPrefix(e.key, "$") {
			r.fail(e.line, "%s must be the only key of its object", e.key)
		}
		o[e.key] = r.template(e.value, words, depth+1)
	}
	return Template{value: o}
}

func (r *reader) special(e entry, words []string, depth int) Template {
	name := strings.TrimPrefix(e.key, "$")
	if err := knownWord(name, words); err != nil {
		r.fail(e.line, "%v", err)
	}
	if name == wordSame {
		over, ok := r.template(e.value, words, depth+1).value.(object)
		if !ok {
			r.fail(e.line, "$same needs the members that are put over the object, such as {$same: {username: $name}}")
		}
		return Template{value: same{over}}
	}
	inside, ok := lists[name]
	if !ok {
		r.fail(e.line, "$%s is not a list; write %s as a value", name, e.key)
	}
	// Nested lists could grow without limit.
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return lists[w] != nil })
	item := r.template(e.value, slices.Concat(words, inside), depth+1)
	return Template{value: each{name, item}}
}
