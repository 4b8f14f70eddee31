package engineio

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
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

// patience is how long a test waits for an event that must come; the machine may be busy.
const patience = time.Minute

// host is a server under test with its sessions' recorders.
type host struct {
	*Server
	t    *testing.T
	web  *httptest.Server
	addr string
	eio  string // query parameters that name the protocol version; empty: 4
	http *http.Client

	opened chan *recorder
}

// recorder is a receiver that keeps what it receives.
type recorder struct {
	session  *Session
	echo     bool
	messages chan string // text unchanged, binary after "b:"
	closed   chan CloseReason
	hold     chan struct{} // if set, OnMessage waits for it to be closed
}

func (r *recorder) OnMessage(data []byte, binary bool) {
	if r.hold != nil {
		<-r.hold
	}
	switch {
	case r.echo && binary:
		_ = r.session.Send(NewBinary(data))
	case r.echo:
		_ = r.session.Send(NewText(data))
	case binary:
		r.messages <- "b:" + string(data)
	default:
		r.messages <- string(data)
	}
}

func (r *recorder) OnClose(reason CloseReason) { r.closed <- reason }

// newHost starts a server; setup may change each session's recorder.
func newHost(t *testing.T, opts Options, setup ...func(*recorder)) *host {
	t.Helper()
	h := &host{t: t, opened: make(chan *recorder, 4096)}
	h.Server = NewServer(opts, func(s *Session, _ *http.Request) Receiver {
		r := &recorder{session: s, messages: make(chan string, 256), closed: make(chan CloseReason, 8)}
		for _, f := range setup {
			f(r)
		}
		h.opened <- r
		return r
	})
	h.web = httptest.NewUnstartedServer(h.Server)
	h.web.Listener = enginetest.Listener(h.web.Listener)
	h.web.Start()
	h.addr = h.web.Listener.Addr().String()
	h.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: patience}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		defer cancel()
		_ = h.Shutdown(ctx) // tests may leave connections that do not answer
		h.http.CloseIdleConnections()
		h.web.Close()
	})
	return h
}

func echoing(r *recorder) { r.echo = true }

func (h *host) parameters() string { return cmp.Or(h.eio, "EIO=4") }

// url returns the address of a polling request.
func (h *host) url(sid string) string {
	u := "http://" + h.addr + "/engine.io/?" + h.parameters() + "&transport=polling"
	if sid != "" {
		u += "&sid=" + sid
	}
	return u
}

// do makes a request and returns its status and body.
func (h *host) do(method, url, body string, header ...string) (int, string, http.Header) {
	h.t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		h.t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := h.http.Do(req)
	if err != nil {
		h.t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp.StatusCode, string(data), resp.Header
}

// open opens a polling session.
func (h *host) open() (sid string, r *recorder) {
	h.t.Helper()
	status, body, _ := h.do("GET", h.url(""), "")
	if status != 200 || !strings.HasPrefix(body, "0") {
		h.t.Fatalf("handshake: got %d %q", status, body)
	}
	var open handshake
	if err := json.Unmarshal([]byte(body[1:]), &open); err != nil {
		h.t.Fatal(err)
	}
	return open.SID, receive(h.t, h.opened)
}

func (h *host) poll(sid string) (int, string) {
	h.t.Helper()
	status, body, _ := h.do("GET", h.url(sid), "")
	return status, body
}

func (h *host) post(sid, body string) (int, string) {
	h.t.Helper()
	status, answer, _ := h.do("POST", h.url(sid), body, "Content-Type", "text/plain")
	return status, answer
}

type response struct {
	status int
	body   string
}

// pollLater starts a poll and returns when the server has it pending.
func (h *host) pollLater(sid string) <-chan response {
	h.t.Helper()
	answer := make(chan response, 1)
	go func() {
		status, body := h.poll(sid)
		answer <- response{status, body}
	}()
	h.waitFor("a poll to be pending", func() bool {
		s := h.session(sid)
		if s == nil {
			return false
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.poll != nil
	})
	return answer
}

func (h *host) session(sid string) *Session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.sessions[sid]
}

// waitFor polls a condition.
func (h *host) waitFor(what string, ok func() bool) {
	h.t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			h.t.Fatalf("waited in vain for %s", what)
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

// socket is a client's WebSocket connection, frame by frame.
type socket struct {
	net.Conn
	t *testing.T
	r *bufio.Reader
}

// dial opens a WebSocket connection, for a session if sid is given.
func (h *host) dial(sid string) *socket {
	h.t.Helper()
	url := "ws://" + h.addr + "/engine.io/?" + h.parameters() + "&transport=websocket"
	if sid != "" {
		url += "&sid=" + sid
	}
	conn, br, _, err := ws.Dial(context.Background(), url)
	if err != nil {
		h.t.Fatal(err)
	}
	if br == nil {
		br = bufio.NewReader(conn)
	}
	c := &socket{Conn: conn, t: h.t, r: br}
	h.t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// openSocket opens a session on a WebSocket connection.
func (h *host) openSocket() (*socket, *recorder) {
	h.t.Helper()
	c := h.dial("")
	if got := c.read(); !strings.HasPrefix(got, "0{") {
		h.t.Fatalf("handshake: got %q", got)
	}
	return c, receive(h.t, h.opened)
}

func (c *socket) frame(f ws.Frame) {
	c.t.Helper()
	if err := ws.WriteFrame(c, ws.MaskFrame(f)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *socket) send(text string) { c.t.Helper(); c.frame(ws.NewTextFrame([]byte(text))) }

func (c *socket) sendBinary(data string) { c.t.Helper(); c.frame(ws.NewBinaryFrame([]byte(data))) }

// next returns the next frame.
func (c *socket) next() ws.Frame {
	c.t.Helper()
	f, err := c.tryNext()
	if err != nil {
		c.t.Fatalf("reading a frame: %v", err)
	}
	return f
}

func (c *socket) tryNext() (f ws.Frame, err error) {
	if f.Header, err = ws.ReadHeader(c.r); err != nil {
		return f, err
	}
	f.Payload = make([]byte, f.Header.Length)
	_, err = io.ReadFull(c.r, f.Payload)
	return f, err
}

// read returns the next message: text unchanged, binary after "b:".
func (c *socket) read() string {
	c.t.Helper()
	f := c.next()
	switch f.Header.OpCode {
	case ws.OpText:
		return string(f.Payload)
	case ws.OpBinary:
		return "b:" + string(f.Payload)
	default:
		return fmt.Sprintf("frame %v %q", f.Header.OpCode, f.Payload)
	}
}

// closeCode reads up to the close frame and returns its code, or 0 if the connection ends without one.
func (c *socket) closeCode() ws.StatusCode {
	c.t.Helper()
	for {
		f, err := c.tryNext()
		if err != nil {
			return 0
		}
		if f.Header.OpCode == ws.OpClose {
			code, _ := ws.ParseCloseFrameData(f.Payload)
			return code
		}
	}
}

func wantReason(t *testing.T, r *recorder, want CloseReason) {
	t.Helper()
	if got := receive(t, r.closed); got != want {
		t.Errorf("close reason: got %q, want %q", got, want)
	}
}

func wantText(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
