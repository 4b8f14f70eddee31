package load

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

func TestABroadcastIsAnEventOfTheRightSize(t *testing.T) {
	packet := string(newCodec(2, 100).broadcast(1, 4711))
	body, ok := strings.CutPrefix(packet, "424711")
	if !ok {
		t.Fatalf("got %q, want an event with ack id 4711", packet)
	}
	var args []string
	if err := json.Unmarshal([]byte(body), &args); err != nil {
		t.Fatal(err)
	}
	if len(args) != 3 || args[0] != "bcast" || args[1] != "room-1" || len(args[2]) != 100 {
		t.Errorf("got %q, want bcast, room-1 and 100 bytes", args)
	}
}

func TestParse(t *testing.T) {
	c := newCodec(1, 20)
	tests := []struct {
		name, packet string
		id           uint64
		isAck, err   bool
	}{
		{name: "an event", packet: `2["m","000000004711xxxxxxxx"]`, id: 4711},
		{name: "an acknowledgement", packet: `34711[]`, id: 4711, isAck: true},
		{name: "an acknowledgement with arguments", packet: `30[{"a":1}]`, isAck: true},
		{name: "a shortened value", packet: `2["m","000000004711xxxxxxx"]`, err: true},
		{name: "a changed value", packet: `2["m","000000004711xxxxxxyx"]`, err: true},
		{name: "a changed id", packet: `2["m","00000000471:xxxxxxxx"]`, err: true},
		{name: "another event", packet: `2["n","000000004711xxxxxxxx"]`, err: true},
		{name: "an acknowledgement without an id", packet: `3[]`, err: true},
		{name: "an error", packet: `4{"message":"no"}`, err: true},
		{name: "nothing", packet: ``, err: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			id, isAck, err := c.parse(0, []byte(test.packet))
			if test.err {
				if !errors.Is(err, errGarbled) {
					t.Errorf("got %d, %v, want %v", id, err, errGarbled)
				}
				return
			}
			if err != nil || id != test.id || isAck != test.isAck {
				t.Errorf("got %d, %v, %v, want %d, %v", id, isAck, err, test.id, test.isAck)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`2["m","000000004711xxxxxxxx"]`))
	f.Add([]byte(`34711[]`))
	f.Fuzz(func(_ *testing.T, packet []byte) {
		_, _, _ = newCodec(1, 20).parse(0, packet)
	})
}

func BenchmarkParse(b *testing.B) {
	c := newCodec(1, 100)
	packet := []byte(eventPrefix + string(appendID(nil, 4711)) + string(c.suffix))
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.parse(0, packet); err != nil {
			b.Fatal(err)
		}
	}
}
