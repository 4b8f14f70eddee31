package dialect

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const good = `
in:
  chat: {do: say, text: message, name: handle}
out:
  message: {event: chat, data: {message: $text, handle: $name}}
`

func TestInvalidFileIsAnErrorWithItsLineAndARemedy(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{"nothing", "", "d.yaml: the file is empty; it needs at least in and out"},
		{"no YAML", "in: {", "d.yaml:1: not valid YAML: did not find expected node content"},
		{"a list", "- a", "d.yaml:1: a dialect must be a list of keys with values"},
		{"an unknown key", "setle: x", `d.yaml:1: a dialect has no "setle" (did you mean "settle"?); its keys are name, about`},
		{"a key twice", "about: a\nabout: b", `d.yaml:2: a dialect has "about" twice; remove one`},
		{"an unknown verb", "in:\n  chat: {do: sayy}", `d.yaml:2: do must be converse, count, create, enter, history, ignore, invite, leave, people, say, share, stop, type, not "sayy" (did you mean "say"?)`},
		{"no verb", "in:\n  chat: {text: 0}", "d.yaml:2: chat has no do; define what the event means: converse, count"},
		{"a field of another verb", "in:\n  chat: {do: enter, text: 0}", "d.yaml:2: chat: enter has no text; its fields are name, room"},
		{"a field that is missing", "in:\n  chat: {do: say}", "d.yaml:2: chat: say needs text, such as text: 0 for the first argument"},
		{"a required field without a path", "in:\n  j: {do: enter, room: 0, required: name}", `d.yaml:2: j: required has "name", which has no path; add one, such as name: 0`},
		{"a wrong path", "in:\n  chat: {do: say, text: a..b}", `d.yaml:2: text: "a..b" is not a path to an argument`},
		{"converse with nobody", "in:\n  open: converse", "d.yaml:2: open: converse needs with (a name) or id"},
		{"no in", "out:\n  message: {event: x}", "d.yaml:1: the dialect has no in: define what the page sends"},
		{"nothing out", "in:\n  chat: {do: say, text: 0}", "d.yaml:1: pages of the dialect send messages but receive none: add message to out"},
		{"an unknown occasion", good + "  mesage: {event: x}", `d.yaml:5: out has no "mesage" (did you mean "message"?); its keys are count, created, failed`},
		{"no event", good + "  left: {data: x}", "d.yaml:5: left needs an event"},
		{"an unknown word", good + "  left: {event: x, data: $nam}", "d.yaml:5: there is no $nam here; the words are $clock, $id"},
		{"a word of another occasion", good + "  left: {event: x, data: $text}", "d.yaml:5: there is no $text here"},
		{"a list as a text", good + "  people: {event: x, data: \"now $people\"}", "d.yaml:5: $people is a list, not a text; write {$people: …}"},
		{"a text as a list", good + "  people: {event: x, data: {$room: 1}}", "d.yaml:5: $room is not a list; write $room as a value"},
		{"a list's word beside others", good + "  people: {event: x, data: {$people: 1, a: 2}}", "d.yaml:5: $people must be the only key of its object"},
		{"a wrong audience", good + "  left: {event: x, to: all}", `d.yaml:5: to must be sender, others, everyone, not "all"`},
		{"an impossible audience", good + "  history: {event: x, to: everyone}", "d.yaml:5: history always goes to sender; remove to"},
		{"an alias", "in: &a\n  chat: {do: say, text: 0}\nout: *a", "d.yaml:3: out: write the value out instead of *a"},
		{"a wrong ack", "ack: maybe\n" + good, `d.yaml:1: ack must be nothing, text, object, not "maybe"`},
		{"settled by nothing", "settle: hello\n" + good, `d.yaml:1: settle has "hello", which in does not have; add it there`},
		{"too much replay", "replay: 51\n" + good, "d.yaml:1: replay must be a whole number from 0 to 50"},
		{"replay and history", "replay: 5\n" + good + "  history: {event: x}", "both replay and history"},
		{"silent with rooms", "silent: true\nin:\n  j: enter\n", "d.yaml:1: silent is only for dialects whose pages enter no room"},
		{"a number that JSON lacks", good + "  left: {event: x, data: .inf}", `d.yaml:5: ".inf" is not a value; put it into quotation marks`},
		{"a wrong step", good + "try:\n  - ann: chat", "d.yaml:6: a step is the list of an event and its arguments"},
		{"YAML that is wrong in a line", "about: x\nin: {a: {do: say\nout: {}", "d.yaml:2: not valid YAML: did not find expected"},
		{"a tab", "in:\n\tchat: type", "d.yaml:2: not valid YAML: found character that cannot start any token; indent with spaces"},
		{"a file that is not text", "about: \xffx", "not valid YAML: invalid leading UTF-8 octet; save the file as UTF-8"},
		{"a second document", good + "---\n" + strings.TrimPrefix(good, "\n"), "d.yaml:5: a second document begins here; put each dialect into a separate file"},
		{"an alias in a list", good + "  left: [&l {event: x}, *l]", "d.yaml:5: left: write the value out instead of *l"},
		{"an alias in data", good + "  left: {event: x, data: [&n $name, *n]}", "d.yaml:5: write the value out instead of *n"},
		{"an alias for an event", good + "  left: [{event: &e x}, {event: *e}]", "d.yaml:5: event: write the value out instead of *e"},
		{"an alias in a step", good + "try:\n  - ann: [chat, &t [1], {a: *t}]", "d.yaml:6: a: write the value out instead of *t"},
		{"a merged key", good + "  left: {<<: {event: x}}", `d.yaml:5: left has no "<<"`},
		{"an event of the client that is sent", "in:\n  disconnect: leave", `d.yaml:2: in: no page sends "disconnect", which is an event of the client library itself; remove it`},
		{"an event of the client that is received", good + "  left: {event: disconnect}", `d.yaml:5: left: "disconnect" is an event of the client library itself; choose another`},
		{"data beside args", good + "  left: {event: x, data: 1, args: [2]}", "d.yaml:5: left has both data and args; remove one"},
		{"a meaning behind one that fits all", "in:\n  chat:\n    - {do: say, text: 0}\n    - {args: 2, do: say, text: 1}", "d.yaml:4: chat: the meaning above this one fits every chat; put it last"},
		{"a list within a list", good + "  people: {event: x, data: {$people: {all: {$people: $name}}}}", "d.yaml:5: there is no $people here"},
		{"an argument out of reach", "in:\n  chat: {do: say, text: 99999999999999999999}", "d.yaml:2: text: \"99999999999999999999\": arguments are counted from 0 to 15"},
		{"again of another verb", "in:\n  chat: {do: say, text: 0, again: true}", "d.yaml:2: chat: again is only for converse; remove it"},
		{"keep of another verb", "in:\n  chat: {do: type, keep: time}", "d.yaml:2: chat: keep is only for say and share; remove it"},
		{"a client that there is not", "client: 3\n" + good, "d.yaml:1: client must be 2 (clients of 1.x and 2.x) or 4"},
		{"no name", "name: ''\n" + good, "d.yaml:1: name is empty; remove it"},
		{"a location without an output", "in:\n  at: {do: share, latitude: 0, longitude: 1}", "d.yaml:1: pages of the dialect share locations but receive none: add location to out"},
		{"a step of the client", good + "try:\n  - ann: [connect]", "d.yaml:6: a step begins with the name of an event that the page sends"},
		{"a step with a number that JSON lacks", good + "try:\n  - ann: [chat, .nan]", `d.yaml:6: ".nan" is not a value; put it into quotation marks`},
		{"a step with a key twice", good + "try:\n  - ann: [chat, {a: 1, a: 2}]", `d.yaml:6: an object has "a" twice; remove one`},
		{"too deep", good + "  left: {event: x, data: " + strings.Repeat("[", 20) + strings.Repeat("]", 20) + "}", "nested more than 16 deep"},
		{"too large", "about: " + strings.Repeat("x", fileMax), "the file is larger than 65536 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Read("d.yaml", []byte(strings.TrimPrefix(test.file, "\n")))
			var wrong *Error
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestFolderOfDialectsIsRead(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := ReadFolder(folder); err == nil || !strings.Contains(err.Error(), "there is no dialect in this folder") {
		t.Errorf("an empty folder: got %v, want to be told", err)
	}
	write("net.yaml", good)
	write(".hidden.yaml", "nonsense")
	write("notes.txt", "nonsense")
	write("cord.yml", "in:\n  joinRoom: {do: enter, room: 0}\n")
	tables, err := ReadFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, err := NewSet(tables...)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Settle("chat", []any{map[string]any{"handle": "ann", "message": "hi"}}, 4); got == nil || got.Name != "net" {
		t.Errorf("chat: got %v, want the file's dialect", got)
	}
	if got := set.Settle("joinRoom", []any{"den"}, 4); got == nil || got.File == "" {
		t.Errorf("joinRoom: got %+v, want the file instead of the built-in one", got)
	}
	write("other.yaml", good)
	tables, err = ReadFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := NewSet(tables...); err == nil || !strings.Contains(err.Error(), `net.yaml begins with "chat" too`) {
		t.Errorf("two that nothing tells apart: got %v, want an error", err)
	}
	write("other.yaml", strings.Replace(good, "{do", "{is: text, do", 1))
	write("net.yaml", strings.Replace(good, "{do", "{is: object, do", 1))
	if tables, err = ReadFolder(folder); err != nil {
		t.Fatal(err)
	}
	if set, err = NewSet(tables...); err != nil {
		t.Fatalf("two told apart by the argument: %v", err)
	}
	if got := set.Settle("chat", []any{"hi"}, 4); got == nil || got.Name != "other" {
		t.Errorf("chat with a text: got %v, want the other dialect", got)
	}
	if err := os.Symlink(os.DevNull, filepath.Join(folder, "device.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFolder(folder); err == nil || !strings.Contains(err.Error(), "device.yaml: this is not a file") {
		t.Errorf("a device: got %v, want an error", err)
	}
	if err := os.Remove(filepath.Join(folder, "device.yaml")); err != nil {
		t.Fatal(err)
	}
	write("broken.yaml", "in: 1")
	if _, err := ReadFolder(folder); err == nil || !strings.Contains(err.Error(), filepath.Join(folder, "broken.yaml")+":1:") {
		t.Errorf("a broken file: got %v, want its name and line", err)
	}
}

func TestClientVersionDistinguishesDialects(t *testing.T) {
	args := []any{map[string]any{"username": "ann", "room": "den"}}
	for client, want := range map[int]string{2: "rooms-1x", 4: "rooms"} {
		if got := Builtin().Settle("userJoin", args, client); got == nil || got.Name != want {
			t.Errorf("client %d: got %v, want %s", client, got, want)
		}
	}
}

// FuzzRead checks that every file is either read or rejected with an *Error.
func FuzzRead(f *testing.F) {
	files, err := builtin.ReadDir("builtin")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		content, err := builtin.ReadFile("builtin/" + file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(content))
	}
	f.Fuzz(func(t *testing.T, content string) {
		table, err := Read("f.yaml", []byte(content))
		var wrong *Error
		if err != nil && !errors.As(err, &wrong) {
			t.Fatalf("got %T: %v", err, err)
		}
		if err != nil {
			return
		}
		for event := range table.In {
			table.SettledBy(event, []any{"x"})
		}
		for _, emissions := range table.Out {
			for _, emission := range emissions {
				emission.Fill(Values{"name": "ann"})
			}
		}
	})
}
