package socketio

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"partychat/engineio/enginetest"
)

// patience is how long a test waits for an event that must come.
const patience = time.Minute

// enough is a timeout that is long enough for an active client, even on a slow machine.
const enough = 3 * time.Second

// host is a server under test.
type host struct {
	*Server
	t    testing.TB
	addr string
}

func newHost(tb testing.TB, opts Options) *host {
	tb.Helper()
	h := &host{Server: NewServer(opts), t: tb}
	web := httptest.NewUnstartedServer(h.Server)
	web.Listener = enginetest.Listener(web.Listener)
	web.Start()
	h.addr = web.Listener.Addr().String()
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = h.Shutdown(ctx) // tests may leave connections that do not answer
		web.Close()
	})
	return h
}

// peer is a client that sends and receives raw packets.
type peer struct {
	net.Conn
	t testing.TB
	r *bufio.Reader

	opened struct{ SID string } // the transport's open packet
}

// tryDial opens and closes a connection, or returns why it cannot.
func (h *host) tryDial(query string) error {
	h.t.Helper()
	conn, _, _, err := ws.Dial(context.Background(), "ws://"+h.addr+"/socket.io/?transport=websocket&"+query)
	if err == nil {
		conn.Close()
	}
	return err
}

// dial opens a connection that has joined nothing.
func (h *host) dial(header ...string) *peer {
	h.t.Helper()
	return h.dialWith("EIO=4&q=1", header...)
}

// dialWith opens a connection with query parameters.
func (h *host) dialWith(query string, header ...string) *peer {
	h.t.Helper()
	d := ws.Dialer{}
	if len(header) > 0 {
		hh := http.Header{}
		for i := 0; i < len(header); i += 2 {
			hh.Set(header[i], header[i+1])
		}
		d.Header = ws.HandshakeHeaderHTTP(hh)
	}
	conn, br, _, err := d.Dial(context.Background(), "ws://"+h.addr+"/socket.io/?transport=websocket&"+query)
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
	p := &peer{Conn: conn, t: h.t, r: br}
	got := p.engine()
	if body, ok := strings.CutPrefix(got, "0"); !ok || json.Unmarshal([]byte(body), &p.opened) != nil {
		h.t.Fatalf("handshake: got %q", got)
	}
	return p
}

// join opens a connection and joins a namespace.
func (h *host) join(nsp string) (p *peer, id string) {
	h.t.Helper()
	p = h.dial()
	return p, p.join(nsp, "")
}

// join joins a namespace and returns the socket's id.
func (p *peer) join(nsp, auth string) string {
	p.t.Helper()
	prefix := ""
	if nsp != "/" {
		prefix = nsp + ","
	}
	p.send("0" + prefix + auth)
	got := p.read()
	body, ok := strings.CutPrefix(got, "0"+prefix)
	var open struct{ SID string }
	if !ok || json.Unmarshal([]byte(body), &open) != nil {
		p.t.Fatalf("joining %s: got %q", nsp, got)
	}
	return open.SID
}

// send sends a Socket.IO packet.
func (p *peer) send(packet string) { p.t.Helper(); p.frame(ws.NewTextFrame([]byte("4" + packet))) }

func (p *peer) attach(data string) { p.t.Helper(); p.frame(ws.NewBinaryFrame([]byte(data))) }

func (p *peer) frame(f ws.Frame) {
	p.t.Helper()
	if err := ws.WriteFrame(p, ws.MaskFrame(f)); err != nil {
		p.t.Fatal(err)
	}
}

// engine returns the next Engine.IO packet, binary after "b:".
func (p *peer) engine() string {
	p.t.Helper()
	text, err := p.tryEngine()
	if err != nil {
		p.t.Fatalf("reading: %v", err)
	}
	return text
}

func (p *peer) tryEngine() (string, error) {
	header, err := ws.ReadHeader(p.r)
	if err != nil {
		return "", err
	}
	data := make([]byte, header.Length)
	if _, err := io.ReadFull(p.r, data); err != nil {
		return "", err
	}
	switch header.OpCode {
	case ws.OpClose:
		return "", io.EOF
	case ws.OpBinary:
		return "b:" + string(data), nil
	default:
	}
	return string(data), nil
}

// read returns the next Socket.IO packet or attachment.
func (p *peer) read() string {
	p.t.Helper()
	got := p.engine()
	if text, ok := strings.CutPrefix(got, "4"); ok {
		return text
	}
	return got
}

func (p *peer) want(packets ...string) {
	p.t.Helper()
	for _, want := range packets {
		if got := p.read(); got != want {
			p.t.Errorf("got %q, want %q", got, want)
		}
	}
}

// wantClosed reads to the end of the connection.
func (p *peer) wantClosed() {
	p.t.Helper()
	for {
		_, err := p.tryEngine()
		if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
			p.t.Fatal("the connection is still open")
		}
		if err != nil {
			return
		}
	}
}

func receive[T any](t *testing.T, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(patience):
		t.Fatalf("waited in vain for a %T", v)
	}
	return v
}

// waitFor polls a condition.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func wantEqual[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
