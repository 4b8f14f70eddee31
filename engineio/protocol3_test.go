package engineio

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"
)

// newHost3 starts a server for version 3 clients; more holds additional query parameters.
func newHost3(t *testing.T, opts Options, more string, setup ...func(*recorder)) *host {
	t.Helper()
	opts.AllowEIO3 = true
	h := newHost(t, opts, setup...)
	h.eio = "EIO=3" + more
	return h
}

// open3 opens a polling session of version 3.
func (h *host) open3() (sid string, r *recorder) {
	h.t.Helper()
	status, body, header := h.do("GET", h.url(""), "")
	next := readPacket3
	if header.Get("Content-Type") == binaryPayload {
		next = readBinaryPacket3
	}
	packets, err := packets3(body, next)
	if status != 200 || err != nil || !strings.HasPrefix(packets[0], "0{") {
		h.t.Fatalf("handshake: got %d %q", status, body)
	}
	var open handshake
	if err := json.Unmarshal([]byte(packets[0][1:]), &open); err != nil {
		h.t.Fatal(err)
	}
	if open.PingInterval != 25_000 || open.PingTimeout != 20_000 || len(open.Upgrades) != 1 {
		h.t.Errorf("handshake: got %+v", open)
	}
	return open.SID, receive(h.t, h.opened)
}

func TestVersion3IsRefusedUnlessAllowed(t *testing.T) {
	h := newHost(t, Options{})
	h.eio = "EIO=3"
	if status, body, _ := h.do("GET", h.url(""), ""); status != 400 || !strings.Contains(body, `"code":5`) {
		t.Errorf("got %d %q", status, body)
	}
	h = newHost3(t, Options{}, "")
	for _, eio := range []string{"EIO=2", "EIO=", "EIO=5", "x=3"} {
		h.eio = eio
		if status, body, _ := h.do("GET", h.url(""), ""); status != 400 || !strings.Contains(body, `"code":5`) {
			t.Errorf("%s: got %d %q", eio, status, body)
		}
	}
}

func TestSessionKeepsItsVersion(t *testing.T) {
	h := newHost3(t, Options{}, "")
	three, r3 := h.open3()
	wantText(t, string(rune('0'+r3.session.Protocol())), "3")
	h.eio = "EIO=4"
	four, r4 := h.open()
	wantText(t, string(rune('0'+r4.session.Protocol())), "4")
	if status, _ := h.post(three, "4x"); status != 400 {
		t.Errorf("a request of version 4 on a session of version 3: got %d", status)
	}
	h.eio = "EIO=3"
	if status, _ := h.post(four, "2:4x"); status != 400 {
		t.Errorf("a request of version 3 on a session of version 4: got %d", status)
	}
	if _, err := h.post(three, "2:4x"); err != "ok" {
		t.Errorf("the right one: got %q", err)
	}
}

func TestPollingOfVersion3(t *testing.T) {
	h := newHost3(t, Options{}, "", echoing)
	sid, _ := h.open3()
	binary := func(body string) {
		t.Helper()
		if status, answer, _ := h.do("POST", h.url(sid), body, "Content-Type", "application/octet-stream"); status != 200 || answer != "ok" {
			t.Fatalf("got %d %q", status, answer)
		}
	}
	wantPoll := func(want, kind string) {
		t.Helper()
		_, body, header := h.do("GET", h.url(sid), "")
		wantText(t, body, want)
		wantText(t, header.Get("Content-Type"), kind)
	}
	h.post(sid, "6:4hello3:4😀10:b4AAECAw==")
	wantPoll("\x00\x06\xff4hello\x00\x05\xff4😀\x01\x05\xff\x04\x00\x01\x02\x03", binaryPayload)
	binary("\x00\x06\xff4hello\x01\x03\xff\x04\x00\xff")
	wantPoll("\x00\x06\xff4hello\x01\x03\xff\x04\x00\xff", binaryPayload)
	binary("\x00\x06\xff4hello")
	wantPoll("\x00\x06\xff4hello", binaryPayload)
	h.post(sid, "1:2")
	wantPoll("\x00\x01\xff3", binaryPayload)
}

func TestPollingOfVersion3WithoutBinary(t *testing.T) {
	h := newHost3(t, Options{}, "&b64=1", echoing)
	sid, _ := h.open3()
	h.eio = "EIO=3" // clients say it once
	h.post(sid, "5:4é😀x10:b4AAECAw==")
	if _, body := h.poll(sid); body != "5:4é😀x10:b4AAECAw==" {
		t.Errorf("got %q", body)
	}
}

func TestPollOfVersion3IsAnsweredWithANoop(t *testing.T) {
	h := newHost3(t, Options{}, "")
	sid, r := h.open3()
	answer := h.pollLater(sid)
	c := h.dial(sid)
	c.send("2probe")
	wantText(t, c.read(), "3probe")
	wantText(t, receive(t, answer).body, "\x00\x01\xff6")
	c.send("5")
	c.send("4up")
	wantText(t, receive(t, r.messages), "up")
	wantText(t, r.session.Transport(), WebSocket)
	c.send("2")
	wantText(t, c.read(), "3")
}

func TestWebSocketOfVersion3(t *testing.T) {
	for _, compress := range []int{0, 1} {
		h := newHost3(t, Options{CompressFrom: compress}, "", echoing)
		c, _ := h.openSocket()
		c.send("4hé😀")
		wantText(t, c.read(), "4hé😀")
		c.sendBinary("\x04\x00\xff")
		wantText(t, c.read(), "b:\x04\x00\xff")
		c.send("b4AP8=")
		wantText(t, c.read(), "b:\x04\x00\xff")
		c.send("2")
		wantText(t, c.read(), "3")
	}
}

func TestWebSocketOfVersion3WithoutBinary(t *testing.T) {
	h := newHost3(t, Options{}, "&b64=1", echoing)
	c, _ := h.openSocket()
	c.send("b4AP8=")
	wantText(t, c.read(), "b4AP8=")
}

func TestInputThatIsNotVersion3EndsTheSession(t *testing.T) {
	h := newHost3(t, Options{}, "")
	for _, body := range []string{"", "4hello", "1:3", "9:4x", "1:9", "\x00"} {
		sid, r := h.open3()
		if status, answer := h.post(sid, body); status != 400 {
			t.Errorf("%q: got %d %q", body, status, answer)
		}
		wantReason(t, r, ReasonParseError)
	}
	for _, frame := range []ws.Frame{
		ws.NewTextFrame([]byte("3")), ws.NewTextFrame([]byte("bAQID")), ws.NewTextFrame(nil),
		ws.NewBinaryFrame(nil), ws.NewBinaryFrame([]byte{7}),
	} {
		c, r := h.openSocket()
		c.frame(frame)
		wantReason(t, r, ReasonParseError)
	}
}

func TestClosingOfVersion3(t *testing.T) {
	h := newHost3(t, Options{}, "")
	sid, r := h.open3()
	answer := h.pollLater(sid)
	r.session.Close(ReasonForcedClose)
	wantText(t, receive(t, answer).body, "\x00\x01\xff1")
	wantReason(t, r, ReasonForcedClose)

	sid, r = h.open3()
	h.post(sid, "1:1")
	wantReason(t, r, ReasonTransportClose)

	c, r := h.openSocket()
	r.session.Close(ReasonForcedClose)
	if got := c.closeCode(); got != ws.StatusNormalClosure {
		t.Errorf("got %d", got)
	}
	wantReason(t, r, ReasonForcedClose)
}

func TestHandshakeOfVersion3IsLimited(t *testing.T) {
	h := newHost3(t, Options{MaxStrangers: 1, MaxHandshake: 100}, "")
	sid, r := h.open3()
	if status, _, header := h.do("GET", h.url(""), ""); status != 429 || header.Get("Retry-After") == "" {
		t.Errorf("a second stranger: got %d", status)
	}
	long := "101:4" + strings.Repeat("x", 100)
	if status, _ := h.post(sid, long); status != 413 {
		t.Errorf("a long body: got %d", status)
	}
	r.session.Admit()
	if status, _ := h.post(sid, long); status != 200 {
		t.Errorf("the same, admitted: got %d", status)
	}
	wantText(t, receive(t, r.messages), long[5:])
}

func TestForeignOriginsAreRefusedInVersion3(t *testing.T) {
	h := newHost3(t, Options{}, "&b64=1")
	for _, url := range []string{h.url(""), h.url("") + "&j=0"} {
		if status, body, _ := h.do("GET", url, "", "Origin", "https://elsewhere.example"); status != 403 {
			t.Errorf("%s: got %d %q", url, status, body)
		}
	}
	// The origin check cannot protect JSONP, so no response may be a script that a page can load.
	if _, body, header := h.do("GET", h.url("")+"&j=0", ""); strings.Contains(body, "___eio") || header.Get("Content-Type") != textPayload {
		t.Errorf("got %q, %q", body, header.Get("Content-Type"))
	}
}

// bare3 creates an open version 3 polling session without a network.
func bare3(opts Options) (*Session, *recorder) {
	opts.AllowEIO3 = true
	s := NewServer(opts, nil).newSession(randomID())
	r := &recorder{session: s, messages: make(chan string, 16), closed: make(chan CloseReason, 1)}
	s.receiver, s.version3 = r, true
	s.server.remember(s)
	s.open()
	return s, r
}

func TestClientOfVersion3SendsTheHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare3(Options{})
		for range 3 {
			time.Sleep(45*time.Second - time.Millisecond)
			wantText(t, s.queued(), "")
			if err := s.onPacket(packet{typ: typePing}); err != nil {
				t.Fatal(err)
			}
			wantText(t, s.queued(), "3")
		}
		time.Sleep(45*time.Second - time.Millisecond)
		synctest.Wait()
		if len(r.closed) != 0 {
			t.Fatal("closed too early")
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestClientOfVersion3MayBeSlowWhileTheReceiverBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare3(Options{})
		r.hold = make(chan struct{})
		go s.onMessage(packet{typ: typeMessage})
		time.Sleep(100 * time.Second)
		close(r.hold)
		synctest.Wait()
		if len(r.closed) != 0 {
			t.Fatal("closed while the receiver kept the heartbeat from being read")
		}
		time.Sleep(45 * time.Second)
		synctest.Wait()
		wantReason(t, r, ReasonPingTimeout)
	})
}

func TestPollOfVersion3AfterTheTimeoutIsRefusedEvenIfTheTimerIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r := bare3(Options{})
		s.server.deadlines.stop()
		time.Sleep(45 * time.Second)
		w := httptest.NewRecorder()
		s.servePoll(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if w.Code != http.StatusBadRequest {
			t.Errorf("got %d %q, want 400", w.Code, w.Body)
		}
		wantReason(t, r, ReasonPingTimeout)
	})
}

// opener is a recorder that sends when its session is opened.
type opener struct{ *recorder }

func (o opener) OnOpen() { _ = o.session.Send(NewText([]byte("open"))) }

func TestOnOpenIsCalledBeforeAnythingIsReceived(t *testing.T) {
	h := newHost(t, Options{})
	h.accept = func(s *Session, _ *http.Request) Receiver {
		return opener{&recorder{session: s, echo: true, closed: make(chan CloseReason, 8)}}
	}
	if _, body, _ := h.do("GET", h.url(""), ""); !strings.HasSuffix(body, "}\x1e4open") {
		t.Errorf("polling: got %q", body)
	}
	c := h.dial("")
	c.send("4first")
	c.read()
	wantText(t, c.read(), "4open")
	wantText(t, c.read(), "4first")
}
