package redisadapter

import (
	"encoding/json"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/tinylib/msgp/msgp"

	"partychat/socketio"
)

const deep = 128

func TestBroadcastsDecodeAsTheyWereEncoded(t *testing.T) {
	for name, tt := range map[string]struct {
		sel  socketio.Selection
		out  socketio.Outgoing
		args string
	}{
		"to all":  {out: socketio.Outgoing{Event: "e"}, args: `[]`},
		"to some": {socketio.Selection{Rooms: []string{"a", "é#"}, Except: []string{"b"}}, socketio.Outgoing{Event: "e", Args: []any{"x", nil, 1.5}}, `["x",null,1.5]`},
		"binary":  {out: socketio.Outgoing{Event: "e", Args: []any{map[string]any{"k": []byte("bytes")}}}, args: `[{"k":"Ynl0ZXM="}]`},
		"flags":   {out: socketio.Outgoing{Event: "e", Volatile: true, Uncompressed: true, Stamp: "origin.1"}, args: `[]`},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := encodeBroadcast("me", "/n", tt.sel, tt.out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeBroadcast(data, "/n", "you", deep)
			if err != nil {
				t.Fatal(err)
			}
			args, err := socketio.NewArgs(got.out.Args...)
			if err != nil {
				t.Fatal(err)
			}
			if raw, err := json.Marshal(args); err != nil || string(raw) != tt.args && tt.args != "[]" || len(args) != len(tt.out.Args) {
				t.Errorf("got arguments %s, %v, want %s", raw, err, tt.args)
			}
			got.out.Args, tt.out.Args = nil, nil
			if !reflect.DeepEqual(got.out, tt.out) || got.uid != "me" {
				t.Errorf("got %+v of %s, want %+v", got.out, got.uid, tt.out)
			}
			if strings.Join(got.sel.Rooms, ",") != strings.Join(tt.sel.Rooms, ",") || strings.Join(got.sel.Except, ",") != strings.Join(tt.sel.Except, ",") || !got.sel.Local {
				t.Errorf("got %+v, want %+v of this process", got.sel, tt.sel)
			}
			if got, err := decodeBroadcast(data, "/n", "me", deep); err != nil || got.out.Event != "" {
				t.Errorf("one's own broadcast: got %+v, %v", got, err)
			}
			if _, err := decodeBroadcast(data, "/", "you", deep); !errors.Is(err, errOtherNamespace) {
				t.Errorf("got %v, want that it is of another namespace", err)
			}
		})
	}
	if _, err := encodeBroadcast("me", "/", socketio.Selection{}, socketio.Outgoing{Args: []any{make(chan int)}}); err == nil {
		t.Error("a channel was encoded")
	}
}

func TestRequestsMatchThoseOfNodeServers(t *testing.T) {
	closeTransport := false
	for want, r := range map[string]request{
		`{"uid":"u","requestId":"r","type":5,"opts":{"rooms":["a"],"except":[]}}`: {UID: "u", ID: "r", Type: typeFetch, Opts: newWireOptions(socketio.Selection{Rooms: []string{"a"}})},
		`{"uid":"u","type":2,"opts":{"rooms":[],"except":["b"]},"rooms":["c"]}`:   {UID: "u", Type: typeJoin, Opts: newWireOptions(socketio.Selection{Except: []string{"b"}}), Rooms: []string{"c"}},
		`{"uid":"u","type":4,"opts":{"rooms":[],"except":[]},"close":false}`:      {UID: "u", Type: typeDisconnect, Opts: newWireOptions(socketio.Selection{}), Close: &closeTransport},
		`{"uid":"u","requestId":"r","type":1}`:                                    {UID: "u", ID: "r", Type: typeAllRooms},
	} {
		if got, err := json.Marshal(r); err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestMessagesDecodeTheSameFromJSONAndMessagePack(t *testing.T) {
	packed, err := msgp.AppendIntf(nil, map[string]any{
		"type": 7, "requestId": "r", "packet": map[string]any{"type": 2, "data": []any{"e", "x"}},
		"opts": map[string]any{"rooms": []any{"a", 7, 1.5}, "flags": map[string]any{"timeout": 1500, "volatile": true}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{
		packed,
		[]byte(`{"type":7,"requestId":"r","packet":{"type":2,"data":["e","x"]},"opts":{"rooms":["a",7,1.5],"flags":{"timeout":1500,"volatile":true}}}`),
	} {
		m, err := decodeMessage(data, deep)
		if err != nil {
			t.Fatal(err)
		}
		packet, err := m.child("packet")
		if err != nil {
			t.Fatal(err)
		}
		out, err := packet.packet("/")
		if err != nil || out.Event != "e" || len(out.Args) != 1 {
			t.Errorf("got %+v, %v", out, err)
		}
		opts, err := m.options()
		opts.apply(&out)
		if err != nil || opts.timeout() != 1500*time.Millisecond || strings.Join(opts.Rooms, ",") != "a,7,1.5" || !out.Volatile || out.Uncompressed {
			t.Errorf("got %+v, %v", opts, err)
		}
	}
}

func TestTimeoutsMatchJavaScript(t *testing.T) {
	for ms, want := range map[float64]time.Duration{0: 0, -1: 0, 1e300: (1<<31 - 1) * time.Millisecond, 2: 2 * time.Millisecond} {
		var o options
		o.Flags.Timeout = ms
		if got := o.timeout(); got != want {
			t.Errorf("%v: got %v, want %v", ms, got, want)
		}
	}
}

func TestDetailsOfNodeSocketsMayContainLists(t *testing.T) {
	const text = `{"id":"i","rooms":["i",7],"data":{"a":1},"handshake":{"headers":{"a":"1","b":["2","3"],"c":4},"xdomain":true,"issued":1.5,"query":{"q":["x","y"]},"auth":{}}}`
	var got socketDetails
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	h := got.Handshake
	if strings.Join(got.Rooms, ",") != "i,7" || h.Headers["b"] != "2, 3" || h.Headers["c"] != "4" || h.Query["q"] != "x,y" || !h.XDomain || h.Issued != 1 {
		t.Errorf("got %+v", got)
	}
	if err := json.Unmarshal([]byte(`{"id":"i"}`), &got); err != nil || string(got.Data) != "null" {
		t.Errorf("got %s, %v, want null", got.Data, err)
	}
	for _, bad := range []string{`7`, `{"id":7}`, `{"rooms":[{}]}`} {
		if json.Unmarshal([]byte(bad), &got) == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

func TestFaultsAreLoggedOncePerInterval(t *testing.T) {
	var text strings.Builder
	f := newFaults(Options{LogInterval: time.Second, Logger: slog.New(slog.NewTextHandler(&text, nil))})
	now := time.Now()
	f.now = func() time.Time { return now }
	f.add(1, "lost")
	f.add(2, "lost")
	f.add(3, "lost")
	now = now.Add(time.Second)
	f.add(1, "lost")
	if lines := strings.Split(strings.TrimSpace(text.String()), "\n"); len(lines) != 2 || !strings.HasSuffix(lines[0], "count=1 suppressed=0") || !strings.HasSuffix(lines[1], "count=1 suppressed=5") {
		t.Errorf("got %q", lines)
	}
}

func FuzzDecode(f *testing.F) {
	for _, out := range []socketio.Outgoing{{Event: "e", Args: []any{1, "x", []byte("b")}}, {Event: "", Stamp: "a.1"}} {
		data, err := encodeBroadcast("u", "/", socketio.Selection{Rooms: []string{"a"}}, out)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		data, err = encodeAckRequest("u", "r", "/", socketio.Selection{}, out, time.Second)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	args, err := socketio.NewArgs([]byte("b"))
	if err != nil {
		f.Fatal(err)
	}
	for _, encode := range []func() ([]byte, error){
		func() ([]byte, error) { return encodeServerEvent("u", "r", "e", args) },
		func() ([]byte, error) { return encodeServerAnswer("r", args[0]) },
		func() ([]byte, error) { return encodeAck("r", args) },
	} {
		data, err := encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(`{"type":6,"requestId":"r","data":["e",{"a":[]}],"opts":{"rooms":["a",1],"except":[],"flags":{"compress":0}}}`))
	f.Add([]byte{0x93, 0xa1, 'u', 0x81, 0xa4, 't', 'y', 'p', 'e', 0xd6, 0xff, 0, 0, 0, 0, 0x80})
	f.Fuzz(func(t *testing.T, data []byte) {
		if b, err := decodeBroadcast(data, "/", "own", deep); err == nil && b.uid != "own" {
			again, err := encodeBroadcast(b.uid, "/", b.sel, b.out)
			if err != nil {
				t.Fatalf("%+v was decoded and is not encoded: %v", b, err)
			}
			if _, err := decodeBroadcast(again, "/", "own", deep); err != nil {
				t.Fatalf("%+v is encoded as %x, which is not decoded: %v", b, again, err)
			}
		}
		m, err := decodeMessage(data, deep)
		if err != nil {
			return
		}
		if event, args, err := m.event("data"); err == nil {
			if _, err := encodeServerEvent("u", "r", event, args); err != nil {
				t.Fatalf("%s was decoded and is not encoded: %v", event, err)
			}
		}
		if packet, err := m.child("packet"); err == nil {
			_, _ = packet.packet("/")
		}
		_, _ = m.options()
		_, _ = m.arg("data")
		var found []socketDetails
		_ = m.list("sockets", &found)
	})
}
