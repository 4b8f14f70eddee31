package engineio

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

func TestMessageHasOneFormPerTransport(t *testing.T) {
	tests := []struct {
		name    string
		m       *Message
		payload string
		frame   string
	}{
		{"text", NewText([]byte("hé")), "4hé", "\x81\x044hé"},
		{"empty text", NewText(nil), "4", "\x81\x014"},
		{"binary", NewBinary([]byte{1, 2, 3, 4}), "bAQIDBA==", "\x82\x04\x01\x02\x03\x04"},
		{"empty binary", NewBinary(nil), "b", "\x82\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantText(t, string(tt.m.appendPayload(nil)), tt.payload)
			wantText(t, string(tt.m.frame), tt.frame)
		})
	}
}

func TestQueueKeepsOrderAcrossChunks(t *testing.T) {
	var q queue
	next := byte(0)
	for i := range 100 {
		for range i % 40 {
			q.push(NewBinary([]byte{next}))
			next++
		}
		first := next - byte(q.packets)
		for q.packets > i%7 {
			if got := q.pop().frame[2]; got != first {
				t.Fatalf("got %d, want %d", got, first)
			}
			first++
		}
	}
	q.discard()
	if q.bytes != 0 || q.first != nil || q.last != nil {
		t.Errorf("an empty queue holds %d bytes, %p, %p", q.bytes, q.first, q.last)
	}
}

func FuzzPayload(f *testing.F) {
	for _, s := range []string{"4hello", "4a\x1ebAQIDBA==\x1e2probe", "", "\x1e", "b", "b=", "4\xff", "9", "6\x1e6\x1e"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		var again []byte
		rest, more := payload, true
		for n := 0; more; n++ {
			if n > len(payload) {
				t.Fatal("more packets than bytes")
			}
			var p packet
			var err error
			if p, rest, more, err = nextPacket(rest); err != nil {
				return
			}
			if !p.binary && !utf8.Valid(p.data) {
				t.Fatalf("text %q is not UTF-8", p.data)
			}
			if n > 0 {
				again = append(again, separator)
			}
			m := newTextPacket(p.typ, p.data)
			if p.binary {
				m = NewBinary(p.data)
			}
			again = m.appendPayload(again)
		}
		// Base64 has more than one spelling; text does not.
		if !bytes.Contains(payload, []byte{'b'}) && !bytes.Equal(again, payload) {
			t.Errorf("round trip: got %q, want %q", again, payload)
		}
	})
}

// FuzzFrames checks that a stream decodes the same in one piece and in several.
func FuzzFrames(f *testing.F) {
	frame := func(frames ...ws.Frame) []byte {
		var b bytes.Buffer
		for _, fr := range frames {
			if err := ws.WriteFrame(&b, ws.MaskFrameWith(fr, [4]byte{1, 2, 3, 4})); err != nil {
				f.Fatal(err)
			}
		}
		return b.Bytes()
	}
	f.Add(frame(ws.NewTextFrame([]byte("4hello")), ws.NewBinaryFrame(make([]byte, 300))), uint64(1))
	f.Add(frame(ws.NewFrame(ws.OpText, false, []byte("4h\xc3")), ws.NewPingFrame([]byte("x")),
		ws.NewFrame(ws.OpContinuation, true, []byte("\xa9"))), uint64(2))
	f.Add(frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "bye"))), uint64(3))
	f.Add(frame(ws.NewBinaryFrame(make([]byte, 70_000))), uint64(4))
	if squeezed, err := wsflate.CompressFrame(ws.NewTextFrame([]byte("4hello hello hello"))); err != nil {
		f.Fatal(err)
	} else {
		f.Add(frame(squeezed), uint64(6))
	}
	f.Add([]byte{0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint64(5))
	f.Fuzz(func(t *testing.T, stream []byte, seed uint64) {
		decode := func(split, inflate bool) ([]string, error) {
			d, sink := frameDecoder{limit: 100_000, inflate: inflate}, &collector{}
			rest, random := bytes.Clone(stream), rand.New(rand.NewPCG(seed, 0))
			for len(rest) > 0 {
				n := len(rest)
				if split {
					n = 1 + random.IntN(min(n, 20))
				}
				if err := d.feed(rest[:n], sink); err != nil {
					return sink.got, err
				}
				rest = rest[n:]
			}
			return sink.got, nil
		}
		for _, inflate := range []bool{false, true} {
			whole, wholeErr := decode(false, inflate)
			pieces, piecesErr := decode(true, inflate)
			if !reflect.DeepEqual(whole, pieces) || (wholeErr == nil) != (piecesErr == nil) {
				t.Errorf("whole: %q, %v\nin pieces: %q, %v", whole, wholeErr, pieces, piecesErr)
			}
		}
	})
}
