package socketio

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"partychat/engineio"
)

func TestAttachmentsThatDoNotArriveInTimeCloseTheConnection(t *testing.T) {
	h := newHost(t, Options{AttachmentTimeout: time.Millisecond})
	reasons := make(chan DisconnectReason, 1)
	h.Of("/").OnDisconnect(func(_ *Socket, reason DisconnectReason) { reasons <- reason })
	p, _ := h.join("/")
	p.send(`52-["x",{"_placeholder":true,"num":0}]`)
	p.attach("the first of two")
	wantEqual(t, receive(t, reasons), ReasonParseError)
	p.wantClosed()
}

func TestAttachmentsInTimeStopTheTimer(t *testing.T) {
	h := newHost(t, Options{})
	h.Of("/").On("echo", func(_ context.Context, s *Socket, e *Event) { _ = s.Emit("back", e.Args.Values()...) })
	p, _ := h.join("/")
	p.send(`51-["echo",{"_placeholder":true,"num":0}]`)
	p.attach("a")
	p.want(`51-["back",{"_placeholder":true,"num":0}]`, "b:a")
	for _, s := range h.Of("/").Sockets() {
		s.client.mu.Lock()
		if s.client.due != nil {
			t.Error("the server still waits for attachments")
		}
		s.client.mu.Unlock()
	}
}

func TestNothingIsHeldForASocketNotYetAdmitted(t *testing.T) {
	h := newHost(t, Options{})
	admit := make(chan struct{})
	defer close(admit)
	h.Of("/").Use(func(context.Context, *Socket) error {
		<-admit
		return nil
	})
	p := h.dial()
	p.send("0")
	p.send(`51-["x",{"_placeholder":true,"num":0}]`)
	p.wantClosed()
}

func TestSizeOfTheHandshakeIsLimited(t *testing.T) {
	long := strings.Repeat("x", 300)
	h := newHost(t, Options{MaxHandshake: 200, Headers: []string{"x-kept"}})
	h.Of("/other")
	t.Run("a packet before it has joined", func(t *testing.T) {
		p := h.dial()
		p.send(`0{"token":"` + long + `"}`)
		if got := p.closeCode(); got != ws.StatusMessageTooBig {
			t.Errorf("got %d, want %d", got, ws.StatusMessageTooBig)
		}
	})
	t.Run("auth of a further namespace", func(t *testing.T) {
		p, _ := h.join("/")
		p.send(`0/other,{"token":"` + long + `"}`)
		p.want(`4/other,{"message":"Auth is too large"}`)
		p.send(`0/other,{"token":"short"}`)
		if got := p.read(); !strings.HasPrefix(got, "0/other,") {
			t.Errorf("got %q, want it to join", got)
		}
	})
	t.Run("headers that are kept", func(t *testing.T) {
		p := h.dial("X-Kept", long)
		p.send("0")
		p.want(`4{"message":"Headers and query are too large"}`)
	})
	t.Run("other headers", func(t *testing.T) {
		p := h.dial("X-Other", long, "X-Kept", "yes")
		headers := make(chan string, 2)
		h.Of("/kept").Use(func(_ context.Context, s *Socket) error {
			header := s.Handshake().Header
			headers <- header.Get("X-Kept")
			headers <- header.Get("X-Other")
			return nil
		})
		p.join("/kept", "")
		wantEqual(t, receive(t, headers), "yes")
		wantEqual(t, receive(t, headers), "")
	})
}

func TestHeadersAreAvailableUntilOnConnectHasReturned(t *testing.T) {
	h := newHost(t, Options{Headers: []string{"x-kept"}})
	n := h.Of("/")
	heard, headers := make(chan struct{}), make(chan string, 2)
	n.OnConnect(func(s *Socket) {
		<-heard
		headers <- s.Handshake().Header.Get("X-Kept")
	})
	n.OnAny(func(_ context.Context, s *Socket, _ *Event) { headers <- s.Handshake().Header.Get("X-Kept") })
	p := h.dial("X-Kept", "yes")
	p.join("/", "")
	p.send(`2["early"]`)
	p.send(`1`) // the server has read the event by the time it closes the socket
	waitFor(t, "the socket to be closed", func() bool { return len(n.Sockets()) == 0 })
	close(heard)
	wantEqual(t, receive(t, headers), "yes")
	wantEqual(t, receive(t, headers), "") // nobody can ask for them any more
}

func TestClientInNoNamespaceIsClosedAfterTheTimeout(t *testing.T) {
	h := newHost(t, Options{ConnectTimeout: enough})
	p, _ := h.join("/")
	p.send("1")
	p.wantClosed()
}

func TestSocketsAdmittedWithoutAnIdentityAreGuests(t *testing.T) {
	h := newHost(t, Options{
		Engine:       engineio.Options{MaxStrangers: 1, MaxGuests: 1, MaxPayload: 1000},
		MaxHandshake: 100,
	})
	n := h.Of("/")
	unknown, full := errors.New("unknown"), errors.New("full")
	n.Use(func(_ context.Context, s *Socket) error {
		switch string(s.Handshake().Auth) {
		case `{"guest":true}`:
			if !s.Restrict(200) {
				return full
			}
		case `{"member":true}`:
		default:
			return unknown
		}
		return nil
	})
	On(n, "say", func(_ context.Context, s *Socket, text string) { _ = s.Emit("length", len(text)) })
	member := h.dial()
	member.join("/", `{"member":true}`)
	guest := h.dial()
	guest.join("/", `{"guest":true}`)
	second := h.dial() // the guest does not count as not yet admitted
	second.send(`0{"guest":true}`)
	second.want(`4{"message":"full"}`)
	if _, _, _, err := (ws.Dialer{}).Dial(t.Context(), "ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket"); err == nil {
		t.Error("a handshake above MaxStrangers was accepted")
	}
	guests := 0
	for _, s := range n.Sockets() {
		if s.client.limit.Load() > 0 {
			guests++
		}
	}
	wantEqual(t, guests, 1)
	member.send(`2["say","` + strings.Repeat("x", 500) + `"]`)
	member.want(`2["length",500]`)
	guest.send(`2["say","` + strings.Repeat("x", 150) + `"]`)
	guest.want(`2["length",150]`)
	guest.send(`2["say","` + strings.Repeat("x", 250) + `"]`)
	if got := guest.closeCode(); got != ws.StatusMessageTooBig {
		t.Errorf("a guest's long packet: got %d, want %d", got, ws.StatusMessageTooBig)
	}
}

// closeCode reads up to the close frame and returns its code.
func (p *peer) closeCode() ws.StatusCode {
	p.t.Helper()
	for {
		h, err := ws.ReadHeader(p.r)
		if err != nil {
			p.t.Fatalf("reading up to a close frame: %v", err)
		}
		payload := make([]byte, h.Length)
		if _, err := io.ReadFull(p.r, payload); err != nil {
			p.t.Fatal(err)
		}
		if h.OpCode == ws.OpClose {
			code, _ := ws.ParseCloseFrameData(payload)
			return code
		}
	}
}
