package dialect

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	// fileMax is the maximum size of a file, in bytes.
	fileMax = 64 << 10
	// replayMax is the maximum of Table.Replay.
	replayMax = 50
)

var (
	tableKeys = []string{
		"name", "about", "settle", "client", "named", "silent", "replay", "ack", "in", "out", "try",
	}
	actionKeys = []string{
		"do", "args", "is", "if", "required", "again", "keep", "ack",
		"name", "room", "text", "latitude", "longitude", "with", "id",
	}
	kinds = []string{"text", "object", "number"}
	// ofClient are the events that official clients emit themselves: they refuse to send them, and
	// a page could not distinguish the server's from the client's.
	ofClient = []string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}
)

// fieldsOf lists the fields of each verb, and needed those that a table must locate.
var (
	fieldsOf = map[Verb][]Field{
		Enter:    {FieldName, FieldRoom},
		Leave:    {},
		Create:   {FieldName, FieldRoom},
		Invite:   {FieldWith, FieldRoom},
		Converse: {FieldName, FieldWith, FieldID},
		History:  {},
		People:   {},
		Say:      {FieldText, FieldName, FieldRoom},
		Share:    {FieldLatitude, FieldLongitude, FieldName, FieldRoom},
		Type:     {FieldName},
		Stop:     {FieldName},
		Count:    {},
		Ignore:   {},
	}
	needed = map[Verb][]Field{
		Create: {FieldRoom}, Invite: {FieldWith, FieldRoom}, Say: {FieldText}, Share: {FieldLatitude, FieldLongitude},
	}
)

// Read reads a table. The error is an *Error.
func Read(file string, content []byte) (table *Table, err error) {
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case *Error:
			table, err = nil, problem
		default:
			panic(problem)
		}
	}()
	r := &reader{file: file}
	if len(content) > fileMax {
		r.fail(0, "the file is larger than %d bytes", fileMax)
	}
	var document, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0:
		r.fail(0, "the file is empty; it needs at least in and out")
	case err != nil:
		r.failYAML(err, content)
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		r.fail(second.Line, "a second document begins here; put each dialect into a separate file")
	case !errors.Is(err, io.EOF):
		r.failYAML(err, content)
	}
	return r.table(document.Content[0]), nil
}

func (r *reader) table(root *yaml.Node) *Table {
	name := strings.TrimSuffix(filepath.Base(r.file), filepath.Ext(r.file))
	t := &Table{Name: name, File: r.file, Ack: AckText, In: map[string][]Action{}, Out: map[Occasion][]Emission{}}
	for _, e := range r.mapping(root, "a dialect", tableKeys) {
		switch e.key {
		case "name":
			if t.Name = r.text(e); t.Name == "" {
				r.fail(e.value.Line, "name is empty; remove it to name the dialect after the file")
			}
		case "about":
			t.About = r.text(e)
		case "settle":
			t.Settle = r.texts(e)
		case "client":
			if t.Client = r.number(e, 9); t.Client != 2 && t.Client != 4 {
				r.fail(e.value.Line, "client must be 2 (clients of 1.x and 2.x) or 4 (later ones)")
			}
		case "named":
			t.Named = r.flag(e)
		case "silent":
			t.Silent = r.flag(e)
		case "replay":
			t.Replay = r.number(e, replayMax)
		case "ack":
			t.Ack = r.ack(e)
		case "in":
			r.in(t, e)
		case "out":
			r.out(t, e)
		case "try":
			r.try(t, e)
		}
	}
	r.check(t, root)
	return t
}

// check validates what concerns more than one key.
func (r *reader) check(t *Table, root *yaml.Node) {
	if len(t.In) == 0 {
		r.fail(root.Line, "the dialect has no in: define what the page sends, such as in: {\"chat message\": {do: say, text: 0}}")
	}
	for _, event := range t.Settle {
		if !t.Knows(event) {
			r.fail(root.Line, "settle has %q, which in does not have; add it there", event)
		}
	}
	if len(t.Out[Message]) == 0 && t.does(Say) {
		r.fail(root.Line, "pages of the dialect send messages but receive none: add message to out")
	}
	if len(t.Out[Message]) == 0 && len(t.Out[Location]) == 0 && t.does(Share) {
		r.fail(root.Line, "pages of the dialect share locations but receive none: add location to out")
	}
	if t.Silent && !t.Open() {
		r.fail(root.Line, "silent is only for dialects whose pages enter no room; remove it, or remove enter and converse from in")
	}
	if t.Replay > 0 && len(t.Out[Messages]) > 0 {
		r.fail(root.Line, "the dialect has both replay and history in out; remove one")
	}
}

func (r *reader) in(t *Table, in entry) {
	for _, e := range r.mapping(in.value, "in", nil) {
		if slices.Contains(ofClient, e.key) {
			r.fail(e.line, "in: no page sends %q, which is an event of the client library itself; remove it", e.key)
		}
		for _, item := range itemsOf(e.value) {
			if before := t.In[e.key]; len(before) > 0 && before[len(before)-1].fitsAll() {
				r.fail(item.Line, "%s: the meaning above this one fits every %s; put it last, or give it args, is or if", e.key, e.key)
			}
			t.In[e.key] = append(t.In[e.key], r.action(e.key, item))
		}
	}
}

// action reads the meaning of an event: a mapping, or a verb alone.
func (r *reader) action(event string, node *yaml.Node) Action {
	verbs := verbNames()
	a := Action{Args: -1, Fields: map[Field]Path{}}
	if node.Kind == yaml.ScalarNode {
		a.Do = Verb(r.oneOf(entry{event, node.Line, node}, verbs))
		r.checkAction(event, &a, node)
		return a
	}
	for _, e := range r.mapping(node, event, actionKeys) {
		switch e.key {
		case "do":
			a.Do = Verb(r.oneOf(e, verbs))
		case "args":
			a.Args = r.number(e, 16)
		case "is":
			a.Is = r.oneOf(e, kinds)
		case "if":
			a.If = r.path(e)
		case "required":
			for _, field := range r.texts(e) {
				a.Required = append(a.Required, Field(field))
			}
		case "again":
			a.Again = r.flag(e)
		case "keep":
			a.Keep = r.texts(e)
		case "ack":
			a.Ack = r.ack(e)
		default:
			a.Fields[Field(e.key)] = r.path(e)
		}
	}
	r.checkAction(event, &a, node)
	return a
}

func verbNames() []string {
	var names []string
	for verb := range fieldsOf {
		names = append(names, string(verb))
	}
	slices.Sort(names)
	return names
}

func (r *reader) checkAction(event string, a *Action, node *yaml.Node) {
	if a.Do == "" {
		r.fail(node.Line, "%s has no do; define what the event means: %s", event, strings.Join(verbNames(), ", "))
	}
	has := fieldsOf[a.Do]
	for field := range a.Fields {
		if !slices.Contains(has, field) {
			r.fail(node.Line, "%s: %s has no %s; %s", event, a.Do, field, fieldList(has))
		}
	}
	for _, field := range needed[a.Do] {
		if a.Fields[field] == nil {
			r.fail(node.Line, "%s: %s needs %s, such as %s: 0 for the first argument", event, a.Do, field, field)
		}
	}
	for _, field := range a.Required {
		if a.Fields[field] == nil {
			r.fail(node.Line, "%s: required has %q, which has no path; add one, such as %s: 0", event, field, field)
		}
	}
	if a.Again && a.Do != Converse {
		r.fail(node.Line, "%s: again is only for converse; remove it", event)
	}
	if len(a.Keep) > 0 && a.Do != Say && a.Do != Share {
		r.fail(node.Line, "%s: keep is only for say and share; remove it", event)
	}
	if a.Do == Converse && a.Fields[FieldWith] == nil && a.Fields[FieldID] == nil {
		r.fail(node.Line, "%s: converse needs with (a name) or id", event)
	}
}

func fieldList(fields []Field) string {
	if len(fields) == 0 {
		return "it has no fields"
	}
	names := make([]string, len(fields))
	for i, field := range fields {
		names[i] = string(field)
	}
	return "its fields are " + strings.Join(names, ", ")
}

func (r *reader) path(e entry) Path {
	path, err := ParsePath(r.text(e))
	if err != nil {
		r.fail(e.value.Line, "%s: %v", e.key, err)
	}
	return path
}

// try reads the steps of the example.
func (r *reader) try(t *Table, try entry) {
	for _, item := range itemsOf(try.value) {
		for _, e := range r.mapping(item, "a step of try", nil) {
			if e.value.Kind != yaml.SequenceNode {
				r.fail(e.line, "a step is the list of an event and its arguments, such as %s: [chat message, hello]; [] only connects", e.key)
			}
			said, _ := r.plain(e.value, 0).([]any)
			if len(said) == 0 {
				t.Try = append(t.Try, Step{Who: e.key, Line: e.line})
				continue
			}
			event, ok := said[0].(string)
			if !ok || event == "" || slices.Contains(ofClient, event) {
				r.fail(e.line, "a step begins with the name of an event that the page sends, such as %s: [chat message, hello]", e.key)
			}
			t.Try = append(t.Try, Step{Who: e.key, Event: event, Args: said[1:], Line: e.line})
		}
	}
}
