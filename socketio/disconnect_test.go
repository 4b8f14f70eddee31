package socketio

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"partychat/engineio"
)

// watched is a server that reports how its sockets end.
func watched(t *testing.T, opts Options) (h *host, reasons chan DisconnectReason, joined chan *Socket) {
	t.Helper()
	h = newHost(t, opts)
	reasons, joined = make(chan DisconnectReason, 64), make(chan *Socket, 64)
	for _, nsp := range []string{"/", "/other"} {
		h.Of(nsp).OnConnect(func(s *Socket) { joined <- s })
		h.Of(nsp).OnDisconnect(func(s *Socket, reason DisconnectReason) { reasons <- reason })
	}
	return h, reasons, joined
}

func TestDisconnectReasonsHaveTheOfficialNames(t *testing.T) {
	fast := engineio.Options{PingInterval: enough, PingTimeout: time.Millisecond} // long enough for the client to join
	tests := []struct {
		name   string
		engine engineio.Options
		act    func(h *host, p *peer, s *Socket)
		want   DisconnectReason
	}{
		{"the client leaves", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.send("1") }, "client namespace disconnect"},
		{"the server takes it out", engineio.Options{}, func(_ *host, _ *peer, s *Socket) { s.Disconnect(false) }, "server namespace disconnect"},
		{"the server closes the connection", engineio.Options{}, func(_ *host, _ *peer, s *Socket) { s.Disconnect(true) }, "server namespace disconnect"},
		{"the connection ends", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.Close() }, "transport close"},
		{"the client closes the transport", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.frame(ws.NewTextFrame([]byte("1"))) }, "transport close"},
		{"a frame breaks the protocol", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.frame(ws.NewTextFrame([]byte("\xff"))) }, "transport error"},
		{"a packet is none", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.send("9") }, "parse error"},
		{"a packet does not fit the state", engineio.Options{}, func(_ *host, p *peer, _ *Socket) { p.send(`2/other,["x"]`) }, "forced server close"},
		{"a heartbeat is not answered", fast, func(*host, *peer, *Socket) {}, "ping timeout"},
		{"the client does not read", engineio.Options{MaxQueueBytes: 1000}, func(_ *host, _ *peer, s *Socket) {
			_ = s.Emit("big", strings.Repeat("x", 2000))
		}, "slow consumer"},
		{"the server stops", engineio.Options{}, func(h *host, _ *peer, _ *Socket) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = h.Shutdown(ctx)
		}, "server shutting down"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, reasons, joined := watched(t, Options{Engine: tt.engine})
			p, _ := h.join("/")
			s := receive(t, joined)
			ctx := s.Context()
			tt.act(h, p, s)
			wantEqual(t, receive(t, reasons), tt.want)
			<-ctx.Done()
			wantEqual(t, s.Connected(), false)
			wantEqual(t, s.Emit("x"), ErrDisconnected)
			wantEqual(t, s.Context().Err(), context.Canceled)
		})
	}
}

func TestReasonsReportWhetherClientsReconnect(t *testing.T) {
	for reason, want := range map[DisconnectReason]bool{
		ReasonClientDisconnect: false, ReasonServerDisconnect: false,
		ReasonTransportClose: true, ReasonSlowConsumer: true, ReasonServerShutdown: true,
	} {
		if got := reason.Reconnects(); got != want {
			t.Errorf("%s: got %t, want %t", reason, got, want)
		}
	}
}

func TestNamespacesOfAConnectionEndTogetherOrSeparately(t *testing.T) {
	h, reasons, joined := watched(t, Options{})
	p := h.dial()
	p.join("/", "")
	root := receive(t, joined)
	p.join("/other", "")
	receive(t, joined)
	p.send("1/other,")
	wantEqual(t, receive(t, reasons), ReasonClientDisconnect)
	wantEqual(t, root.Connected(), true)
	p.join("/other", "")
	other := receive(t, joined)

	other.Disconnect(false)
	p.want("1/other,")
	wantEqual(t, receive(t, reasons), ReasonServerDisconnect)
	p.send(`2/other,["sent before the client knew"]`)
	p.send(`51-/other,["also",{"_placeholder":true,"num":0}]`)
	p.attach("x")
	p.join("/other", "")
	receive(t, joined)

	root.Disconnect(true)
	wantEqual(t, receive(t, reasons), ReasonServerDisconnect)
	wantEqual(t, receive(t, reasons), ReasonServerDisconnect)
	p.want("1", "1/other,")
	p.wantClosed()
}

func TestRefusedSocketDoesNotFireOnDisconnect(t *testing.T) {
	h := newHost(t, Options{})
	done := make(chan struct{}, 1)
	h.Of("/other").Use(func(_ context.Context, s *Socket) error {
		s.Disconnect(false)
		done <- struct{}{}
		return nil
	})
	p, _ := h.join("/")
	p.send("0/other,")
	receive(t, done)
	p.send(`2/other,["never let in"]`)
	p.wantClosed()
}

func TestDisconnectingHandlersSeeTheRooms(t *testing.T) {
	h := newHost(t, Options{})
	rooms, joined := make(chan []string, 1), make(chan struct{}, 1)
	h.OnConnect(func(s *Socket) { s.Join("r1", "r2"); joined <- struct{}{} })
	h.Of("/").OnDisconnecting(func(_ *Socket, _ DisconnectReason, left []string) { rooms <- left })
	p, _ := h.join("/")
	receive(t, joined) // the client is notified before OnConnect runs
	p.send("1")
	wantEqual(t, strings.Join(receive(t, rooms), " "), "r1 r2")
}

func TestEventsBeforeTheEndAreHandledBeforeOnDisconnect(t *testing.T) {
	h := newHost(t, Options{})
	order := make(chan string, 4)
	release := make(chan struct{})
	On0(h.Of("/"), "last", func(context.Context, *Socket) { <-release; order <- "last" })
	h.Of("/").OnDisconnect(func(*Socket, DisconnectReason) { order <- "disconnect" })
	p, _ := h.join("/")
	p.send(`2["last"]`)
	p.send("1")
	close(release)
	wantEqual(t, receive(t, order), "last")
	wantEqual(t, receive(t, order), "disconnect")
}

func TestShutdownWaitsForHandlers(t *testing.T) {
	h := NewServer(Options{})
	web := httptest.NewServer(h)
	defer web.Close()
	host := &host{Server: h, t: t, addr: web.Listener.Addr().String()}
	entered, release, left := make(chan bool, 1), make(chan struct{}), make(chan bool, 1)
	On0(h.Of("/"), "work", func(context.Context, *Socket) { entered <- true; <-release; left <- true })
	p, _ := host.join("/")
	p.send(`2["work"]`)
	receive(t, entered)
	done := make(chan error, 1)
	go func() { done <- h.Shutdown(context.Background()) }()
	p.wantClosed()
	p.Close()
	select {
	case <-done:
		t.Fatal("did not wait")
	default:
	}
	close(release)
	wantEqual(t, receive(t, done), nil)
	wantEqual(t, len(left), 1)
}

func TestDataStaysWithTheSocket(t *testing.T) {
	h := newHost(t, Options{})
	h.Use(func(_ context.Context, s *Socket) error { s.SetData("ann"); return nil })
	OnAck0(h.Of("/"), "who", func(_ context.Context, s *Socket) any { return s.Data() })
	p, _ := h.join("/")
	p.send(`20["who"]`)
	p.want(`30["ann"]`)
}
