package engineio

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestWebSocketOverTLS(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	web := httptest.NewTLSServer(h.Server)
	t.Cleanup(web.Close)
	open := func() (*socket, *recorder) {
		config := web.Client().Transport.(*http.Transport).TLSClientConfig
		conn, br, _, err := ws.Dialer{TLSConfig: config}.Dial(context.Background(), "wss://"+web.Listener.Addr().String()+"/engine.io/?EIO=4&transport=websocket")
		if err != nil {
			t.Fatal(err)
		}
		if br == nil {
			br = bufio.NewReader(conn)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		c := &socket{Conn: conn, t: t, r: br}
		c.next() // the handshake
		return c, receive(t, h.opened)
	}
	c, r := open()
	c.send("4hello")
	wantText(t, c.read(), "4hello")
	r.session.Close(ReasonForcedClose)
	if got := c.closeCode(); got != ws.StatusNormalClosure {
		t.Errorf("close code: got %d, want 1000", got)
	}
	wantReason(t, r, ReasonForcedClose)

	c, r = open()
	c.Close()
	wantReason(t, r, ReasonTransportClose)

	_, r = open() // never reads
	message := NewText(make([]byte, 100_000))
	for r.session.Send(message) == nil {
	}
	wantReason(t, r, ReasonSlowConsumer)
}
