package engineio

import (
	"bufio"
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

func TestCompressionIsNegotiated(t *testing.T) {
	const yes = "permessage-deflate;server_no_context_takeover;client_no_context_takeover"
	tests := []struct {
		name, offer, want string
		off               bool
	}{
		{name: "by default there is none", offer: "permessage-deflate", off: true},
		{name: "a client that offers none", offer: ""},
		{name: "a plain offer", offer: "permessage-deflate", want: yes},
		{name: "a browser's offer", offer: "permessage-deflate; client_max_window_bits", want: yes},
		{name: "an offer with all", offer: "permessage-deflate; client_no_context_takeover; server_no_context_takeover; client_max_window_bits=12", want: yes},
		{name: "a smaller window than can be had", offer: "permessage-deflate; server_max_window_bits=10"},
		{name: "a second choice", offer: "permessage-deflate; server_max_window_bits=10, permessage-deflate", want: yes},
		{name: "an unknown parameter", offer: "permessage-deflate; level=9"},
		{name: "a window that is none", offer: "permessage-deflate; client_max_window_bits=99"},
		{name: "a parameter twice", offer: "permessage-deflate; client_no_context_takeover; client_no_context_takeover"},
		{name: "another extension", offer: "x-webkit-deflate-frame"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := Options{CompressFrom: 1}
			if tt.off {
				opts.CompressFrom = 0
			}
			h := newHost(t, opts)
			header := "\r\n"
			if tt.offer != "" {
				header += "Sec-WebSocket-Extensions: " + tt.offer + "\r\n"
			}
			c := h.raw("GET /engine.io/?EIO=4&transport=websocket" + strings.Replace(upgradeHeader, "\r\n", header, 1))
			resp, err := http.ReadResponse(c.r, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusSwitchingProtocols {
				t.Errorf("got status %d, want 101", resp.StatusCode)
			}
			wantText(t, resp.Header.Get("Sec-WebSocket-Extensions"), tt.want)
		})
	}
}

// openCompressed opens a session on a connection with compression.
func (h *host) openCompressed() (*socket, *recorder) {
	h.t.Helper()
	d := ws.Dialer{Extensions: []httphead.Option{wsflate.DefaultParameters.Option()}}
	conn, br, _, err := d.Dial(context.Background(), "ws://"+h.addr+"/engine.io/?EIO=4&transport=websocket")
	if err != nil {
		h.t.Fatal(err)
	}
	if br == nil {
		br = bufio.NewReader(conn)
	}
	h.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		h.t.Fatal(err)
	}
	c := &socket{Conn: conn, t: h.t, r: br}
	c.next() // the handshake
	return c, receive(h.t, h.opened)
}

// compressed makes a compressed frame.
func compressed(t *testing.T, f ws.Frame) ws.Frame {
	t.Helper()
	f, err := wsflate.CompressFrame(f)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestCompressedMessagesGoBothWays(t *testing.T) {
	h := newHost(t, Options{CompressFrom: 100}, echoing)
	c, _ := h.openCompressed()
	long := strings.Repeat("hello ", 50)
	tests := []struct {
		name     string
		frame    ws.Frame
		squeezed bool
	}{
		{"long text", compressed(t, ws.NewTextFrame([]byte("4"+long))), true},
		{"long binary", compressed(t, ws.NewBinaryFrame([]byte(long))), true},
		{"short text", compressed(t, ws.NewTextFrame([]byte("4hello"))), false},
		{"nothing", compressed(t, ws.NewTextFrame([]byte("4"))), false},
		{"long text that came as it is", ws.NewTextFrame([]byte("4" + long)), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.frame(tt.frame)
			got := c.next()
			if got.Header.Rsv1() != tt.squeezed {
				t.Errorf("compressed: got %v, want %v", got.Header.Rsv1(), tt.squeezed)
			}
			plain := func(f ws.Frame) string {
				if !f.Header.Rsv1() {
					return string(f.Payload)
				}
				f, err := wsflate.DecompressFrame(f)
				if err != nil {
					t.Fatal(err)
				}
				return string(f.Payload)
			}
			wantText(t, plain(got), plain(tt.frame))
		})
	}
}

func TestCompressedMessageInFragmentsWithAPingBetween(t *testing.T) {
	h := newHost(t, Options{CompressFrom: 1 << 20}, echoing)
	c, _ := h.openCompressed()
	whole := compressed(t, ws.NewTextFrame([]byte("4hello"))).Payload
	first := ws.NewFrame(ws.OpText, false, whole[:3])
	first.Header.Rsv = ws.Rsv(true, false, false)
	c.frame(first)
	c.frame(ws.NewPingFrame([]byte("x")))
	c.frame(ws.NewFrame(ws.OpContinuation, true, whole[3:]))
	wantText(t, c.read(), `frame 10 "x"`)
	wantText(t, c.read(), "4hello")
	c.send("4and plain again")
	wantText(t, c.read(), "4and plain again")
}

func TestBroadcastIsCompressedOnce(t *testing.T) {
	h := newHost(t, Options{CompressFrom: 100})
	a, ra := h.openCompressed()
	b, rb := h.openCompressed()
	plain, rp := h.openSocket()
	text := strings.Repeat("hello ", 50)
	m := NewText([]byte(text))
	var frames []*[]byte
	for _, r := range []*recorder{ra, rb, rp} {
		if err := r.session.Send(m); err != nil {
			t.Fatal(err)
		}
		frames = append(frames, m.deflated.Load())
	}
	if frames[0] == nil || frames[0] != frames[1] || frames[1] != frames[2] {
		t.Errorf("got the frames %p, want one", frames)
	}
	if got, want := a.next(), b.next(); !bytes.Equal(got.Payload, want.Payload) || !got.Header.Rsv1() {
		t.Errorf("got %v and %v, want two compressed frames that are the same", got, want)
	}
	wantText(t, plain.read(), "4"+text)
}

func TestHostileCompressionEndsTheConnection(t *testing.T) {
	rsv := func(f ws.Frame, bits byte) ws.Frame {
		f.Header.Rsv = bits
		return f
	}
	good := compressed(t, ws.NewTextFrame([]byte("4hello")))
	bomb := compressed(t, ws.NewBinaryFrame(make([]byte, 4<<20)))
	tests := []struct {
		name   string
		frames []ws.Frame
		code   ws.StatusCode
	}{
		{"a bomb", []ws.Frame{bomb}, 1009},
		{"more than is allowed, by a byte", []ws.Frame{compressed(t, ws.NewBinaryFrame(make([]byte, 200_001)))}, 1009},
		{"no deflate", []ws.Frame{rsv(ws.NewTextFrame([]byte("4hello")), ws.Rsv(true, false, false))}, 1007},
		{"deflate that ends early", []ws.Frame{rsv(ws.NewTextFrame(good.Payload[:3]), ws.Rsv(true, false, false))}, 1007},
		{"text that is not UTF-8", []ws.Frame{compressed(t, ws.NewTextFrame([]byte("4\xff")))}, 1007},
		{"a compressed ping", []ws.Frame{rsv(ws.NewPingFrame(nil), ws.Rsv(true, false, false))}, 1002},
		{"another reserved bit", []ws.Frame{rsv(good, ws.Rsv(true, true, false))}, 1002},
		{"a compressed continuation", []ws.Frame{
			rsv(ws.NewFrame(ws.OpText, false, good.Payload[:3]), ws.Rsv(true, false, false)),
			rsv(ws.NewFrame(ws.OpContinuation, true, good.Payload[3:]), ws.Rsv(true, false, false)),
		}, 1002},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{CompressFrom: 1, MaxPayload: 200_000})
			c, r := h.openCompressed()
			for _, f := range tt.frames {
				c.frame(f)
			}
			if got := c.closeCode(); got != tt.code {
				t.Errorf("close code: got %d, want %d", got, tt.code)
			}
			c.Close()
			wantReason(t, r, ReasonTransportError)
		})
	}
}
