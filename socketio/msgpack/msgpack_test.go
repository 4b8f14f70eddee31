package msgpack

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
)

// deep exceeds the nesting of all these tests.
const deep = 100

func event(t *testing.T, values ...any) socketio.ParsedPacket {
	t.Helper()
	args, err := socketio.NewArgs(values...)
	if err != nil {
		t.Fatal(err)
	}
	return socketio.ParsedPacket{Type: 2, Namespace: "/", Args: args}
}

func TestPacketsDecodeAsTheyWereEncoded(t *testing.T) {
	id := uint64(1 << 40)
	withID := event(t, "e", map[string]any{"b": []byte{1, 2}, "a": []any{nil, true, "é", 1.5, -7, uint64(math.MaxUint64)}})
	withID.ID = &id
	for name, p := range map[string]socketio.ParsedPacket{
		"an event":               event(t, "e", 1, "two", []int{3}, json.RawMessage(`{"x":-1e300}`)),
		"an event with binary":   withID,
		"an event of bytes only": event(t, "e", []byte("bytes")),
		"an empty ack":           {Type: 3, Namespace: "/a", ID: &id, Args: socketio.Args{}},
		"a connect":              {Type: 0, Namespace: "/", Payload: json.RawMessage(`{"token":"x"}`)},
		"a bare connect":         {Type: 0, Namespace: "/chat"},
		"a disconnect":           {Type: 1, Namespace: "/"},
		"an error":               {Type: 4, Namespace: "/", Payload: json.RawMessage(`{"message":"no"}`)},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := Parser{}.Encode(p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Parser{}.Decode(data, deep)
			if err != nil {
				t.Fatal(err)
			}
			if got.Type != p.Type || got.Namespace != p.Namespace || (got.ID == nil) != (p.ID == nil) ||
				string(got.Payload) != string(p.Payload) || len(got.Args) != len(p.Args) || (got.Args == nil) != (p.Args == nil) {
				t.Fatalf("got %+v, want %+v", got, p)
			}
			for i := range p.Args {
				var a, b any
				if err := errors.Join(got.Args[i].Decode(&a), p.Args[i].Decode(&b)); err != nil {
					t.Fatal(err)
				}
				x, _ := json.Marshal(a)
				y, _ := json.Marshal(b)
				if !bytes.Equal(x, y) {
					t.Errorf("argument %d: got %s, want %s", i, x, y)
				}
			}
		})
	}
}

// field returns an event with one added argument.
func field(value []byte) []byte {
	b := msgp.AppendMapHeader(nil, 3)
	b = msgp.AppendInt(msgp.AppendString(b, "type"), 2)
	b = msgp.AppendString(msgp.AppendString(b, "nsp"), "/")
	b = msgp.AppendArrayHeader(msgp.AppendString(b, "data"), 2)
	return append(msgp.AppendString(b, "e"), value...)
}

func TestValuesOfOfficialClients(t *testing.T) {
	for name, tt := range map[string]struct {
		value []byte
		want  string
	}{
		"undefined":          {[]byte{0xd4, 0, 0}, "null"},
		"a date":             {[]byte{0xd7, 0, 0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0}, `"2023-11-14T22:13:20.000Z"`},
		"a date that is not": {[]byte{0xd7, 0, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0}, "null"},
		"seconds":            {[]byte{0xd6, 0xff, 0x65, 0x53, 0xf1, 0x00}, `"2023-11-14T22:13:20.000Z"`},
		"milliseconds":       {[]byte{0xd7, 0xff, 0x1d, 0xcd, 0x65, 0x00, 0x65, 0x53, 0xf1, 0x00}, `"2023-11-14T22:13:20.125Z"`},
		"before 1970":        {[]byte{0xc7, 12, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, `"1969-12-31T23:59:59.000Z"`},
		"beyond all dates":   {[]byte{0xc7, 12, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0}, "null"},
		"an ArrayBuffer":     {[]byte{0xc7, 2, 0, 'h', 'i'}, `"aGk="`},
		"an integer":         {msgp.AppendUint16(nil, 300), "300"},
		"signs of HTML":      {msgp.AppendString(nil, "<&>"), `"<&>"`},
		"a float":            {msgp.AppendFloat64(nil, 0.25), "0.25"},
		"a short float":      {msgp.AppendFloat32(nil, 0.25), "0.25"},
		"not a number":       {msgp.AppendFloat64(nil, math.NaN()), "null"},
		"infinity":           {msgp.AppendFloat64(nil, math.Inf(1)), "null"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Parser{}.Decode(field(tt.value), deep)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(p.Args[1].Raw()); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestBrokenPacketsAreErrors(t *testing.T) {
	whole, err := Parser{}.Encode(event(t, "e", []any{[]any{map[string]any{"k": 1}}}, []byte("bytes")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := (Parser{}).Decode(whole, 3); err != nil {
		t.Error(err)
	}
	tests := map[string][]byte{
		"no map":             msgp.AppendInt(nil, 1),
		"bytes behind it":    append(bytes.Clone(whole), 0),
		"a huge array":       field([]byte{0xdd, 0xff, 0xff, 0xff, 0xff}),
		"a huge map":         field([]byte{0xdf, 0xff, 0xff, 0xff, 0xff}),
		"a huge string":      field([]byte{0xdb, 0xff, 0xff, 0xff, 0xff}),
		"an unknown type":    field([]byte{0xc1}),
		"an extension":       field([]byte{0xd4, 9, 0}),
		"another extension":  field([]byte{0xd6, 0, 0, 0, 0, 0}),
		"a short timestamp":  field([]byte{0xc7, 1, 0xff, 0}),
		"a key of no string": field(append(msgp.AppendMapHeader(nil, 1), 1, 1)),
		"nesting":            field(append(bytes.Repeat([]byte{0x91}, 200), 1)),
		"a negative id":      append(msgp.AppendMapHeader(nil, 1), append(msgp.AppendString(nil, "id"), 0xff)...),
		"binary in payload":  append(msgp.AppendMapHeader(nil, 1), msgp.AppendBytes(msgp.AppendString(nil, "data"), []byte("x"))...),
		"a name of no text":  append(msgp.AppendMapHeader(nil, 1), append(msgp.AppendString(nil, "nsp"), 1)...),
	}
	for i := range whole {
		tests["cut "+strings.Repeat("i", i)] = whole[:i]
	}
	for name, data := range tests {
		if p, err := (Parser{}).Decode(data, deep); err == nil {
			t.Errorf("%s: got %+v, want an error", name, p)
		}
	}
	if _, err := (Parser{}).Decode(whole, 2); !errors.Is(err, errDepth) {
		t.Errorf("got %v, want that it is nested too deeply", err)
	}
	if _, err := appendValue(nil, struct{}{}); err == nil {
		t.Error("a struct was encoded")
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range [][]byte{field([]byte{0xc0}), field([]byte{0xc4, 1, 1}), field([]byte{0xd7, 0, 0, 0, 0, 0, 0, 0, 0, 0}), {0x80}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parser{}.Decode(data, deep)
		if err != nil {
			return
		}
		again, err := Parser{}.Encode(p)
		if err != nil {
			t.Fatalf("%+v cannot be encoded: %v", p, err)
		}
		if _, err := (Parser{}).Decode(again, deep); err != nil {
			t.Fatalf("%x was decoded, but not what it encodes to, %x: %v", data, again, err)
		}
	})
}
