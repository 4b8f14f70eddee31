package msgpack

import (
	"bytes"
	"testing"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
)

func TestArgumentsSurviveMapsAndArrays(t *testing.T) {
	arg, err := socketio.NewArg(map[string]any{"k": []any{[]byte("bytes"), 1}})
	if err != nil {
		t.Fatal(err)
	}
	b := msgp.AppendString(msgp.AppendMapHeader(nil, 1), "a")
	b, err = AppendArg(msgp.AppendArrayHeader(b, 1), arg)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(b, 4); err != nil {
		t.Fatal(err)
	}
	if Check(b, 3) == nil || Check(append(bytes.Clone(b), 0), 4) == nil {
		t.Error("a value too deep or too long is accepted")
	}
	fields, err := Fields(b)
	if err != nil {
		t.Fatal(err)
	}
	items, err := Items(fields["a"])
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	got, rest, err := ReadArg(items[0])
	if err != nil || len(rest) > 0 {
		t.Fatal(rest, err)
	}
	if want := `{"k":["Ynl0ZXM=",1]}`; string(got.Raw()) != want {
		t.Errorf("got %s, want %s", got.Raw(), want)
	}
	if _, err := Fields(fields["a"]); err == nil {
		t.Error("an array passes for a map")
	}
	if _, err := Items(b); err == nil {
		t.Error("a map passes for an array")
	}
}
