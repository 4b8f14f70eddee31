package dialect

import (
	"encoding/json"
	"testing"
	"time"
)

// out reads one emission and fills it.
func out(t *testing.T, occasion, emission string, values Values) string {
	t.Helper()
	table, err := Read("d.yaml", []byte("in:\n  x: ignore\nout:\n  "+occasion+": "+emission))
	if err != nil {
		t.Fatalf("%s: %v", emission, err)
	}
	args, ok := table.Out[Occasion(occasion)][0].Fill(values)
	if !ok {
		return "nothing"
	}
	raw, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestTemplatesAreFilled(t *testing.T) {
	at := time.Date(2026, 3, 1, 15, 4, 5, 6e6, time.UTC)
	ann := Merge(Clock(at), Person(7, "Ann"), Said("$name & <b>", 3), Values{"room": "den"})
	people := Values{"room": "den", "number": 2, "names": []string{"Ann", "Bob"}, "people": []Values{Person(7, "Ann"), Person(8, "Bob")}}
	for _, test := range []struct {
		name, occasion, emission string
		values                   Values
		want                     string
	}{
		{"a text", "message", "{event: x, data: $text}", ann, `["$name \u0026 \u003cb\u003e"]`},
		{"types stay", "message", "{event: x, data: {a: $seq, b: $ms, c: 1, d: true, e: null, f: [1.5, $name]}}", ann, `[{"a":3,"b":1772377445006,"c":1,"d":true,"e":null,"f":[1.5,"Ann"]}]`},
		{"words in a text", "message", `{event: x, data: "$name said $$5 at $seq, $lower."}`, ann, `["Ann said $5 at 3, ann."]`},
		{"a text as HTML", "message", `{event: x, data: "<b>$name</b>: $html"}`, Said("<img onerror=x> &", 1), "nothing"},
		{"a text as HTML by somebody", "message", `{event: x, data: "<b>$name</b>: $html"}`, Merge(ann, Said("<img> &", 1)), `["\u003cb\u003eAnn\u003c/b\u003e: \u0026lt;img\u0026gt; \u0026amp;"]`},
		{"several arguments", "message", "{event: x, args: [$name, $room]}", ann, `["Ann","den"]`},
		{"a date stays as it is written", "message", "{event: x, data: 2026-03-01}", ann, `["2026-03-01"]`},
		{"no argument", "message", "{event: x}", ann, `[]`},
		{"the whole time", "message", "{event: x, data: $iso}", ann, `["2026-03-01T15:04:05.006Z"]`},
		{"a list of names", "people", "{event: x, data: $names}", people, `[["Ann","Bob"]]`},
		{"a list of objects", "people", "{event: x, data: {users: {$people: {id: $id, username: $name, room: $room}}}}", people, `[{"users":[{"id":7,"room":"den","username":"Ann"},{"id":8,"room":"den","username":"Bob"}]}]`},
		{"a list in a text", "people", `{event: x, data: "$number here: $names"}`, people, `["2 here: Ann, Bob"]`},
		{"a member without a value", "people", "{event: x, data: {new: $joiner, n: $number}}", people, `[{"n":2}]`},
		{"an argument without a value", "people", "{event: x, data: $joiner}", people, "nothing"},
		{"nobody there", "people", "{event: x, data: {$people: $name}}", Values{"people": []Values{}}, `[[]]`},
		{"a location", "location", "{event: x, data: {u: $url, lat: $latitude}}", Merge(ann, Shared(48.25, -16.5, 4)), `[{"lat":48.25,"u":"https://google.com/maps?q=48.25,-16.5"}]`},
		{"the same object", "message", "{event: x, data: {$same: {author: $name, time: $ms}}}", Merge(ann, Same(map[string]any{"author": "Eve", "time": "12:00", "z": 1}, []string{"time"})), `[{"author":"Ann","time":"12:00","z":1}]`},
		{"the same object of nobody", "message", "{event: x, data: {$same: {author: $name}}}", ann, `[{"author":"Ann"}]`},
		{"messages, newest first", "history", "{event: x, data: {$newest: {t: $text}}}", Values{"newest": []Values{Said("b", 2), Said("a", 1)}}, `[[{"t":"b"},{"t":"a"}]]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := out(t, test.occasion, test.emission, test.values); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestPathsAreLookedUp(t *testing.T) {
	args := []any{map[string]any{"user": map[string]any{"name": "ann"}, "n": json.Number("5")}, "den", json.Number("48.5")}
	for path, want := range map[string]any{
		"0.user.name": "ann", "user.name": "ann", "username or user.name": "ann", "1": "den", "1.x": nil, "9": nil, "missing": nil, "n": json.Number("5"),
	} {
		p, err := ParsePath(path)
		if err != nil || p.Find(args) != want {
			t.Errorf("%s: got %v, %v, want %v", path, p.Find(args), err, want)
		}
		if again, err := ParsePath(p.String()); err != nil || again.Find(args) != want {
			t.Errorf("%s written as %s: got %v, %v", path, p, again.Find(args), err)
		}
	}
	for _, path := range []string{"", "a.", ".a", "a or ", "-1", "16"} {
		if _, err := ParsePath(path); err == nil {
			t.Errorf("%q: got no error", path)
		}
	}
}

func TestAcknowledgementsAreAnswered(t *testing.T) {
	table, err := Read("d.yaml", []byte("ack: {ok: {status: ok, id: $seq}, failed: {status: $error}}\nin:\n  a: ignore\n  b: {do: ignore, ack: nothing}\n  c: {do: ignore, ack: object}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for event, want := range map[string][2]string{
		"a": {`[{"id":1,"status":"ok"}]`, `[{"status":"wrong"}]`},
		"b": {`null`, `null`},
		"c": {`[{"ok":true}]`, `[{"error":{"code":"invalid"},"ok":false}]`},
	} {
		ack := table.AckFor(table.Action(event, nil))
		for i, failed := range []bool{false, true} {
			values := Values{"seq": 1}
			if failed {
				values = Values{"error": "wrong", "problem": map[string]any{"code": "invalid"}}
			}
			raw, err := json.Marshal(ack.Answer(failed, values))
			if err != nil || string(raw) != want[i] {
				t.Errorf("%s, failed %t: got %s, want %s", event, failed, raw, want[i])
			}
		}
	}
}
