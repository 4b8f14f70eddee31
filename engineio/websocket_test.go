package engineio

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

func TestWebSocketCarriesPacketsBothWays(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	c, _ := h.openSocket()
	for _, text := range []string{"4hello", "4", "4héllo €😀", "4" + strings.Repeat("x", 200), "4" + strings.Repeat("y", 70_000), "4" + strings.Repeat("z", 999_999)} {
		c.send(text)
		if got := c.read(); got != text {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
	}
	c.sendBinary("\x01\x02\xff")
	wantText(t, c.read(), "b:\x01\x02\xff")
}

func TestWebSocketMessageInFragmentsAndPieces(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	c, _ := h.openSocket()
	var stream bytes.Buffer
	for _, f := range []ws.Frame{
		ws.NewFrame(ws.OpText, false, []byte("4h\xc3")), // cut inside of a character
		ws.NewPingFrame([]byte("between")),
		ws.NewFrame(ws.OpContinuation, false, nil),
		ws.NewFrame(ws.OpContinuation, true, []byte("\xa9llo")),
	} {
		if err := ws.WriteFrame(&stream, ws.MaskFrame(f)); err != nil {
			t.Fatal(err)
		}
	}
	for _, b := range stream.Bytes() {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if f := c.next(); f.Header.OpCode != ws.OpPong || string(f.Payload) != "between" {
		t.Errorf("got %v %q, want a pong", f.Header.OpCode, f.Payload)
	}
	wantText(t, c.read(), "4héllo")
}

func TestFramesThatBreakTheProtocolCloseWithTheirCode(t *testing.T) {
	close := func(code ws.StatusCode) ws.Frame { return ws.NewCloseFrame(ws.NewCloseFrameBody(code, "")) }
	rsv := ws.NewTextFrame([]byte("4x"))
	rsv.Header.Rsv = ws.Rsv(true, false, false)
	tests := []struct {
		name   string
		frames []ws.Frame
		raw    bool // unmasked
		code   ws.StatusCode
		reason CloseReason
	}{
		{name: "text that is not UTF-8", frames: []ws.Frame{ws.NewTextFrame([]byte("4\xff"))}, code: 1007, reason: ReasonTransportError},
		{name: "text cut inside of a character", frames: []ws.Frame{ws.NewTextFrame([]byte("4\xc3"))}, code: 1007, reason: ReasonTransportError},
		{name: "an oversized message", frames: []ws.Frame{ws.NewTextFrame(bytes.Repeat([]byte("4"), 1001))}, code: 1009, reason: ReasonTransportError},
		{name: "an oversized message in fragments", frames: []ws.Frame{
			ws.NewFrame(ws.OpText, false, bytes.Repeat([]byte("4"), 600)),
			ws.NewFrame(ws.OpContinuation, true, bytes.Repeat([]byte("4"), 600)),
		}, code: 1009, reason: ReasonTransportError},
		{name: "a frame without a mask", frames: []ws.Frame{ws.NewTextFrame([]byte("4x"))}, raw: true, code: 1002, reason: ReasonTransportError},
		{name: "compression that was not agreed", frames: []ws.Frame{rsv}, code: 1002, reason: ReasonTransportError},
		{name: "a reserved opcode", frames: []ws.Frame{ws.NewFrame(3, true, nil)}, code: 1002, reason: ReasonTransportError},
		{name: "a continuation of nothing", frames: []ws.Frame{ws.NewFrame(ws.OpContinuation, true, []byte("4"))}, code: 1002, reason: ReasonTransportError},
		{name: "a new message inside of another", frames: []ws.Frame{
			ws.NewFrame(ws.OpText, false, []byte("4a")), ws.NewTextFrame([]byte("4b")),
		}, code: 1002, reason: ReasonTransportError},
		{name: "a ping in fragments", frames: []ws.Frame{ws.NewFrame(ws.OpPing, false, nil)}, code: 1002, reason: ReasonTransportError},
		{name: "a long ping", frames: []ws.Frame{ws.NewPingFrame(make([]byte, 126))}, code: 1002, reason: ReasonTransportError},
		{name: "a close frame of one byte", frames: []ws.Frame{ws.NewCloseFrame([]byte{3})}, code: 1002, reason: ReasonTransportError},
		{name: "close code 1005", frames: []ws.Frame{close(1005)}, code: 1002, reason: ReasonTransportError},
		{name: "close code 1016", frames: []ws.Frame{close(1016)}, code: 1002, reason: ReasonTransportError},
		{name: "close code 999", frames: []ws.Frame{close(999)}, code: 1002, reason: ReasonTransportError},
		{name: "close code 65535", frames: []ws.Frame{close(65535)}, code: 1002, reason: ReasonTransportError},
		{name: "a close reason that is not UTF-8", frames: []ws.Frame{ws.NewCloseFrame(append([]byte{3, 0xe8}, 0xff))}, code: 1007, reason: ReasonTransportError},
		{name: "a good close frame", frames: []ws.Frame{close(1000)}, code: 1000, reason: ReasonTransportClose},
		{name: "a close frame without a code", frames: []ws.Frame{ws.NewCloseFrame(nil)}, code: 1000, reason: ReasonTransportClose},
		{name: "an unknown packet type", frames: []ws.Frame{ws.NewTextFrame([]byte("abc"))}, code: 1000, reason: ReasonParseError},
		{name: "an empty packet", frames: []ws.Frame{ws.NewTextFrame(nil)}, code: 1000, reason: ReasonParseError},
		{name: "a heartbeat in the wrong direction", frames: []ws.Frame{ws.NewTextFrame([]byte("2"))}, code: 1000, reason: ReasonParseError},
		{name: "a close packet", frames: []ws.Frame{ws.NewTextFrame([]byte("1"))}, code: 1000, reason: ReasonTransportClose},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{MaxPayload: 1000})
			c, r := h.openSocket()
			for _, f := range tt.frames {
				if tt.raw {
					if err := ws.WriteFrame(c, f); err != nil {
						t.Fatal(err)
					}
					continue
				}
				c.frame(f)
			}
			if got := c.closeCode(); got != tt.code {
				t.Errorf("close code: got %d, want %d", got, tt.code)
			}
			c.Close()
			wantReason(t, r, tt.reason)
		})
	}
}

func TestClientThatVanishesEndsTheSession(t *testing.T) {
	h := newHost(t, Options{})
	c, r := h.openSocket()
	if err := c.Conn.(*net.TCPConn).SetLinger(0); err != nil { // reset
		t.Fatal(err)
	}
	c.Close()
	wantReason(t, r, ReasonTransportClose)
	h.waitFor("the session to be forgotten", func() bool { return h.Count() == 0 })
}

func TestServerCloseSendsWhatIsQueuedAndACloseFrame(t *testing.T) {
	h := newHost(t, Options{})
	c, r := h.openSocket()
	if err := r.session.Send(NewText([]byte("last"))); err != nil {
		t.Fatal(err)
	}
	r.session.Close(ReasonForcedClose)
	wantText(t, c.read(), "4last")
	if got := c.closeCode(); got != ws.StatusNormalClosure {
		t.Errorf("close code: got %d, want 1000", got)
	}
	wantReason(t, r, ReasonForcedClose)
}

func TestBytesImmediatelyAfterTheUpgradeRequestAreRead(t *testing.T) {
	h := newHost(t, Options{})
	var early bytes.Buffer
	if err := ws.WriteFrame(&early, ws.MaskFrame(ws.NewTextFrame([]byte("4early")))); err != nil {
		t.Fatal(err)
	}
	c := h.raw("GET /engine.io/?EIO=4&transport=websocket" + upgradeHeader + early.String())
	if got := c.status(); got != 101 {
		t.Fatalf("got %d, want 101", got)
	}
	wantText(t, receive(t, receive(t, h.opened).messages), "early")
}

func TestTwoHundredThousandTinyFragments(t *testing.T) {
	h := newHost(t, Options{})
	c, r := h.openSocket()
	go func() {
		var b bytes.Buffer
		_ = ws.WriteFrame(&b, ws.MaskFrame(ws.NewFrame(ws.OpText, false, []byte("4"))))
		piece := ws.MustCompileFrame(ws.MaskFrame(ws.NewFrame(ws.OpContinuation, false, []byte("x"))))
		for range 200_000 {
			b.Write(piece)
		}
		_ = ws.WriteFrame(&b, ws.MaskFrame(ws.NewFrame(ws.OpContinuation, true, nil)))
		_, _ = c.Write(b.Bytes())
	}()
	if got := receive(t, r.messages); len(got) != 200_000 {
		t.Errorf("got %d bytes, want 200000", len(got))
	}
}

func TestAnnouncedLengthIsNotAllocated(t *testing.T) {
	d := frameDecoder{limit: 1 << 30}
	sink := &collector{}
	header := []byte{0x82, 0xff, 0, 0, 0, 0, 0x3f, 0xff, 0xff, 0xff, 1, 2, 3, 4}
	if err := d.feed(append(header, "few"...), sink); err != nil {
		t.Fatal(err)
	}
	if got := cap(d.message); got > preallocate {
		t.Errorf("%d bytes are allocated for 3 that have arrived", got)
	}
}

// collector is a frameSink that records what it gets.
type collector struct{ got []string }

func (c *collector) onData(data []byte, binary bool) error {
	c.got = append(c.got, fmt.Sprintf("data %t %q", binary, data))
	return nil
}

func (c *collector) onControl(op ws.OpCode, data []byte) error {
	c.got = append(c.got, fmt.Sprintf("control %d %q", op, data))
	if op == ws.OpClose {
		return errCloseFrame
	}
	return nil
}

func TestTextFrameWithBase64IsBinary(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	c, r := h.openSocket()
	c.send("bAQIDBA==")
	wantText(t, c.read(), "b:\x01\x02\x03\x04")
	c.send("b")
	wantText(t, c.read(), "b:")
	c.send("b%%%")
	wantReason(t, r, ReasonParseError)
}
