package engineio

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

// from reads the client's address from a header that the test sets.
func from(r *http.Request) netip.Addr {
	address, _ := netip.ParseAddr(r.Header.Get("From"))
	return address
}

// handshakeFrom makes a polling handshake and returns the status.
func (h *host) handshakeFrom(address string) int {
	h.t.Helper()
	status, _, _ := h.do("GET", h.url(""), "", "From", address)
	return status
}

func TestOneAddressHasABoundedNumberOfStrangers(t *testing.T) {
	h := newHost(t, Options{MaxStrangers: 2, MaxSessions: 3, ClientAddress: from})
	want := func(what, address string, status int) {
		t.Helper()
		if got := h.handshakeFrom(address); got != status {
			t.Errorf("%s: got %d, want %d", what, got, status)
		}
	}
	want("the first", "192.0.2.1", 200)
	first := receive(t, h.opened)
	want("the second", "192.0.2.1", 200)
	second := receive(t, h.opened)
	want("a third stranger", "192.0.2.1", 429)
	want("the same address written as IPv6", "::ffff:192.0.2.1", 429)
	want("another address", "192.0.2.2", 200)
	receive(t, h.opened)
	first.session.Admit()
	first.session.Admit() // counts only once
	want("a stranger beside one who is known", "192.0.2.1", 200)
	third := receive(t, h.opened)
	third.session.Admit()
	want("more sessions than one address may have", "192.0.2.1", 429)
	second.session.end(ReasonTransportError, 0)
	want("one after another has gone", "192.0.2.1", 200)
}

func TestAllAddressesOfAnIPv6SubscriberCountAsOne(t *testing.T) {
	h := newHost(t, Options{MaxSessions: 1, ClientAddress: from})
	for _, test := range []struct {
		address string
		want    int
	}{{"2001:db8::1", 200}, {"2001:db8::ffff:1", 429}, {"2001:db8:0:1::1", 200}, {"", 200}, {"", 200}} {
		if got := h.handshakeFrom(test.address); got != test.want {
			t.Errorf("%q: got %d, want %d", test.address, got, test.want)
		}
	}
}

func TestSessionsAreCountedUntilTheyReleaseTheirResources(t *testing.T) {
	h := newHost(t, Options{MaxSessions: 100})
	counted := func() int {
		h.crowds.mu.Lock()
		defer h.crowds.mu.Unlock()
		return len(h.crowds.byNetwork)
	}
	ways := map[string]func(){
		"a polling client closes": func() {
			sid, _ := h.open()
			h.post(sid, "1")
			h.poll(sid)
		},
		"a polling client is refused what it sends": func() {
			sid, _ := h.open()
			h.post(sid, "?")
		},
		"a socket is cut": func() {
			c, _ := h.openSocket()
			c.Close()
		},
		"a socket is closed": func() {
			c, r := h.openSocket()
			r.session.Close(ReasonForcedClose)
			c.closeCode()
			c.Close()
		},
		"an upgraded client goes, after it was admitted": func() {
			sid, r := h.open()
			c := h.dial(sid)
			c.send("2probe")
			c.read()
			c.send("5")
			h.waitFor("the upgrade", func() bool { return r.session.Transport() == WebSocket })
			r.session.Admit()
			c.Close()
		},
		"an upgrade is refused": func() {
			status, _, _ := h.do("GET", strings.Replace(h.url(""), Polling, WebSocket, 1), "", "Connection", "Upgrade", "Upgrade", "websocket")
			if status < 400 {
				t.Errorf("got %d, want it refused", status)
			}
			receive(t, h.opened) // or the next case would receive it
		},
	}
	for name, way := range ways {
		t.Run(name, func(*testing.T) {
			way()
			h.waitFor("the session to count no more", func() bool { return counted() == 0 })
		})
	}
}

func TestSessionsNotYetAdmittedMaySendOnlySmallMessages(t *testing.T) {
	opts := Options{MaxHandshake: 100, MaxPayload: 1000}
	long := "4" + strings.Repeat("x", 500)
	t.Run("polling", func(t *testing.T) {
		h := newHost(t, opts)
		sid, r := h.open()
		if status, _ := h.post(sid, long); status != http.StatusRequestEntityTooLarge {
			t.Errorf("a stranger: got %d, want 413", status)
		}
		r.session.Admit()
		if status, _ := h.post(sid, long); status != 200 {
			t.Errorf("one who was admitted: got %d, want 200", status)
		}
		wantText(t, receive(t, r.messages), long[1:])
	})
	t.Run("websocket", func(t *testing.T) {
		h := newHost(t, opts)
		c, _ := h.openSocket()
		c.send(long)
		if got := c.closeCode(); got != ws.StatusMessageTooBig {
			t.Errorf("a stranger: got %d, want %d", got, ws.StatusMessageTooBig)
		}
		c, r := h.openSocket()
		r.session.Admit()
		c.send(long)
		wantText(t, receive(t, r.messages), long[1:])
	})
}

func TestMessageThatDoesNotArriveInTimeEndsTheConnection(t *testing.T) {
	h := newHost(t, Options{BodyTimeout: time.Millisecond, PingInterval: 10 * time.Millisecond})
	c, r := h.openSocket()
	c.frame(ws.NewFrame(ws.OpText, false, []byte("4begun")))
	go func() {
		for {
			f, err := c.tryNext()
			if err != nil || f.Header.OpCode == ws.OpClose {
				return
			}
		}
	}()
	wantReason(t, r, ReasonTransportError)
}

// counts returns the server's counts for an address.
func (h *host) counts(address string) crowd {
	h.crowds.mu.Lock()
	defer h.crowds.mu.Unlock()
	return h.crowds.byNetwork[Network(netip.MustParseAddr(address))]
}

func TestOneAddressHasABoundedNumberOfGuests(t *testing.T) {
	const address = "192.0.2.1"
	h := newHost(t, Options{MaxStrangers: 1, MaxGuests: 1, MaxPayload: 1000, ClientAddress: from})
	enter := func() *Session {
		t.Helper()
		if got := h.handshakeFrom(address); got != http.StatusOK {
			t.Fatalf("a handshake beside guests: got %d, want 200", got)
		}
		return receive(t, h.opened).session
	}
	want := func(what string, s *Session, admitted bool) {
		t.Helper()
		if got := s.AdmitGuest(500); got != admitted {
			t.Errorf("%s: admitted as a guest %v, want %v", what, got, admitted)
		}
	}
	first := enter()
	want("the first", first, true)
	want("the same again", first, true) // counts once
	second := enter()
	want("a second", second, false)
	if got := h.counts(address); got != (crowd{sessions: 2, strangers: 1, guests: 1}) {
		t.Errorf("got %+v, want one stranger and one guest", got)
	}
	first.Admit()
	want("the second, after the first became known", second, true)
	second.end(ReasonTransportError, 0)
	third := enter()
	want("a third, after the second has gone", third, true)
	third.end(ReasonTransportError, 0)
	want("one that has gone", third, false)
	first.end(ReasonTransportError, 0)
	if got := h.counts(address); got != (crowd{}) {
		t.Errorf("got %+v, want nothing to count any more", got)
	}
}

func TestCountsStayCorrectWhenASessionEndsDuringAdmission(t *testing.T) {
	const address = "192.0.2.1"
	h := newHost(t, Options{MaxGuests: 50, ClientAddress: from})
	for range 50 {
		if got := h.handshakeFrom(address); got != http.StatusOK {
			t.Fatalf("got %d, want 200", got)
		}
		s := receive(t, h.opened).session
		var work sync.WaitGroup
		work.Go(func() { s.AdmitGuest(100) })
		work.Go(func() { s.AdmitGuest(100) })
		work.Go(s.Admit)
		work.Go(s.depart)
		work.Wait()
	}
	if got := h.counts(address); got != (crowd{}) {
		t.Errorf("got %+v, want nothing", got)
	}
}

func TestGuestsMaySendAsMuchAsTheApplicationAllows(t *testing.T) {
	h := newHost(t, Options{MaxHandshake: 100, MaxPayload: 1000})
	for _, test := range []struct{ bytes, want int64 }{{500, 500}, {5000, 1000}} {
		_, r := h.open()
		r.session.AdmitGuest(test.bytes)
		if got := r.session.maxPayload.Load(); got != test.want {
			t.Errorf("%d bytes: got %d, want %d", test.bytes, got, test.want)
		}
	}
}
