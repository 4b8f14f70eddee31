package socketio

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestParsePacket(t *testing.T) {
	tests := []struct {
		raw  string
		want packet
	}{
		{"0", packet{typ: typeConnect, nsp: "/"}},
		{`0/admin,{"a":1}`, packet{typ: typeConnect, nsp: "/admin", payload: []byte(`{"a":1}`)}},
		{"0/admin", packet{typ: typeConnect, nsp: "/admin"}},
		{"1/admin,", packet{typ: typeDisconnect, nsp: "/admin"}},
		{`2["a",1]`, packet{typ: typeEvent, nsp: "/", payload: []byte(`["a",1]`)}},
		{`212["a"]`, packet{typ: typeEvent, nsp: "/", id: 12, hasID: true, payload: []byte(`["a"]`)}},
		{`2/a,0["a"]`, packet{typ: typeEvent, nsp: "/a", hasID: true, payload: []byte(`["a"]`)}},
		{`2/a?b=c,["a"]`, packet{typ: typeEvent, nsp: "/a?b=c", payload: []byte(`["a"]`)}},
		{`52-/a,7["a"]`, packet{typ: typeBinaryEvent, attachments: 2, nsp: "/a", id: 7, hasID: true, payload: []byte(`["a"]`)}},
		{`61-7[]`, packet{typ: typeBinaryAck, attachments: 1, nsp: "/", id: 7, hasID: true, payload: []byte(`[]`)}},
	}
	for _, tt := range tests {
		t.Run(tt.raw, func(t *testing.T) {
			got, err := parsePacket([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.payload) == 0 {
				got.payload = nil
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestEncodingMovesBinaryIntoAttachments(t *testing.T) {
	id := uint64(3)
	tests := []struct {
		name string
		args []any
		id   *uint64
		want string
		n    int
	}{
		{"nothing", nil, nil, `2/n,["e"]`, 0},
		{"values", []any{1, "<b>", nil, map[string]int{"x": 1}}, &id, `2/n,3["e",1,"<b>",null,{"x":1}]`, 0},
		{"binary", []any{[]byte("a"), 1}, nil, `51-/n,["e",{"_placeholder":true,"num":0},1]`, 1},
		{
			"binary inside",
			[]any{map[string]any{"k": []any{[]byte("a"), []byte("b")}}},
			&id,
			`52-/n,3["e",{"k":[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]}]`, 2,
		},
		{"strings that need escapes", []any{"\"\n", "é"}, nil, `2/n,["e","\"\n","é"]`, 0},
		{"JSON as it is", []any{json.RawMessage(`{"b":1,"a":2}`)}, nil, `2/n,["e",{"b":1,"a":2}]`, 0},
		{"bytes in a struct are base64", []any{point{B: []byte("a")}}, nil, `2/n,["e",{"x":0,"b":"YQ=="}]`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := encodeEvent("/n", "e", tt.args, tt.id)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, len(p.messages), 1+tt.n)
			text, err := encodeText("/n", "e", tt.args, tt.id)
			if err != nil {
				t.Fatal(err)
			}
			wantEqual(t, text, tt.want)
		})
	}
}

// encodeText returns an event's encoded text.
func encodeText(nsp, event string, args []any, id *uint64) (string, error) {
	p := packet{typ: typeEvent, nsp: nsp}
	if id != nil {
		p.id, p.hasID = *id, true
	}
	text, _, err := p.appendArgs(nil, event, args)
	return string(text), err
}

func TestArraysAreSplitLikeEncodingJSON(t *testing.T) {
	for _, raw := range []string{
		`[]`, ` [ ] `, `["a"]`, "[ 1 ,\t\"b\" ,\n{\"c\":[1,2]} , null ]\n", `["a,b","\"],[",[[],[{}]],{"]":","}]`, `["\\",","]`, `["é\u00e9","\ud83d\ude00"]`,
	} {
		var want []json.RawMessage
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		got := splitArray([]byte(raw))
		if len(got) != len(want) {
			t.Errorf("%s: got %d elements, want %d", raw, len(got), len(want))
			continue
		}
		for i := range want {
			wantEqual(t, string(got[i].raw), string(want[i]))
		}
	}
}

func TestStringsAreEncodedLikeEncodingJSON(t *testing.T) {
	for _, text := range []string{"", "plain", "é€😀", `"`, `\`, "\n\x00\x7f", "\u2028", "a\xffb", "<&>", `\u0041`} {
		raw, err := appendJSON(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Errorf("%q became %s: %v", text, raw, err)
		}
		wantEqual(t, want, strings.ToValidUTF8(text, "\ufffd"))
		var got string
		if err := (Arg{raw: raw}).Decode(&got); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", raw, got, err, want)
		}
	}
	var text string
	for _, raw := range []string{`1`, `null`, `"\ud800"`, `"\x"`, "\"a\xff\""} {
		var want string
		wantErr := json.Unmarshal([]byte(raw), &want)
		err := (Arg{raw: json.RawMessage(raw)}).Decode(&text)
		if text != want || (err == nil) != (wantErr == nil) {
			t.Errorf("%s: got %q, %v, want %q, %v", raw, text, err, want, wantErr)
		}
		text = ""
	}
}

func TestEmitDoesNotModifyItsArguments(t *testing.T) {
	args := []any{[]any{[]byte("a")}, []byte("b"), "c"}
	if _, err := encodeEvent("/", "e", args, nil); err != nil {
		t.Fatal(err)
	}
	if want := []any{[]any{[]byte("a")}, []byte("b"), "c"}; !reflect.DeepEqual(args, want) {
		t.Errorf("got %v, want %v", args, want)
	}
}

func TestDepthIgnoresBracketsInStrings(t *testing.T) {
	tests := []struct {
		json string
		ok   bool
	}{
		{`[[[]]]`, true},
		{`[[[[]]]]`, false},
		{`[{"a":[1]}]`, true},
		{`[{"a":[{}]}]`, false},
		{`["[[[[[[", "\"[[[[[["]`, true},
		{`[[],[],[],[]]`, true},
		{`["\\",[[[]]]]`, false},
	}
	for _, tt := range tests {
		if err := checkDepth([]byte(tt.json), 3); (err == nil) != tt.ok {
			t.Errorf("%s: got %v", tt.json, err)
		}
	}
}

// FuzzArray checks that arrays are split as by encoding/json.
func FuzzArray(f *testing.F) {
	f.Add([]byte(`["a",{"b":[1,"]"]} , null,"\\\"",[]]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var want []json.RawMessage
		if len(raw) == 0 || raw[0] != '[' || json.Unmarshal(raw, &want) != nil {
			return
		}
		got := splitArray(raw)
		if len(got) != len(want) {
			t.Fatalf("%q: got %d elements, want %d", raw, len(got), len(want))
		}
		for i := range want {
			wantEqual(t, string(got[i].raw), string(want[i]))
			var gotText, wantText string
			gotErr, wantErr := got[i].Decode(&gotText), json.Unmarshal(want[i], &wantText)
			if gotText != wantText || (gotErr == nil) != (wantErr == nil) {
				t.Fatalf("%q as a string: got %q, %v, want %q, %v", want[i], gotText, gotErr, wantText, wantErr)
			}
		}
	})
}

// FuzzPacket checks that everything that decodes can be encoded again, with the same result.
func FuzzPacket(f *testing.F) {
	for _, s := range []string{
		"0", `0/a,{"b":1}`, `2["a",{"b":[1,2,null]}]`, `212["a"]`, `52-/a,7["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`,
		`3/a,1[]`, `51-["x",[{"_placeholder":true,"num":9}]]`, `2[null]`, `5-["a"]`, `2` + strings.Repeat("[", 300), `4{"message":"x"}`,
	} {
		f.Add([]byte(s), []byte("attachment"))
	}
	f.Fuzz(func(t *testing.T, raw, attachment []byte) {
		p, err := parsePacket(raw)
		if err != nil || checkDepth(p.payload, 128) != nil {
			return
		}
		again, err := parsePacket(append(p.appendHeader(nil), p.payload...))
		p.payload, again.payload = append([]byte{}, p.payload...), append([]byte{}, again.payload...)
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Fatalf("header of %q: got %+v, %v, want %+v", raw, again, err, p)
		}
		if p.attachments > 16 {
			return
		}
		var attachments [][]byte
		for range p.attachments {
			attachments = append(attachments, attachment)
		}
		name, args, err := parseEvent(p.payload, attachments)
		if err != nil {
			return
		}
		text, err := encodeText(p.nsp, name, args.Values(), nil)
		if err != nil {
			t.Fatalf("encode %q: %v", raw, err)
		}
		p2, err := parsePacket([]byte(text))
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		attachments = nil
		for range p2.attachments {
			attachments = append(attachments, attachment)
		}
		name2, args2, err := parseEvent(p2.payload, attachments)
		if err != nil || name2 != name || len(args2) != len(args) {
			t.Fatalf("%q became %q: %v", raw, text, err)
		}
	})
}
