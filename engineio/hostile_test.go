package engineio

import (
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
)

func TestHostileRequestsAreRefused(t *testing.T) {
	const path = "GET /engine.io/?EIO=4&transport="
	tests := []struct {
		name, request string
		status        int
	}{
		{"a WebSocket of a session that does not exist", path + "websocket&sid=unknown" + upgradeHeader, 400},
		{"a WebSocket by the polling transport", path + "polling" + upgradeHeader, 400},
		{"a WebSocket without a key", path + "websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", 400},
		{"a WebSocket of another version", path + "websocket" + strings.Replace(upgradeHeader, "13", "12", 1), 426},
		{"another kind of upgrade", path + "websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 400},
		{"two transports", path + "polling&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n", 200}, // the first counts
		{"a transport in capitals", path + "POLLING HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"a query that is broken", path + "%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
		{"two origins that are none", path + "polling HTTP/1.1\r\nHost: x\r\nOrigin: http://x http://y\r\n\r\n", 403},
		{"an origin without a host", path + "polling HTTP/1.1\r\nHost: x\r\nOrigin: file://\r\n\r\n", 403},
		{"five thousand headers", path + "polling HTTP/1.1\r\nHost: x\r\n" + strings.Repeat("X-A: b\r\n", 5000) + "\r\n", 200},
		{"two megabytes of headers", path + "polling HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("a", 2<<20), 431},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHost(t, Options{})
			if got := h.raw(tt.request).status(); got != tt.status {
				t.Errorf("got %d, want %d", got, tt.status)
			}
			c, _ := h.openSocket() // the server still works
			c.Close()
		})
	}
}

func TestRefusedWebSocketLeavesNoSession(t *testing.T) {
	h := newHost(t, Options{})
	request := "GET /engine.io/?EIO=4&transport=websocket" + strings.Replace(upgradeHeader, "13", "12", 1)
	if got := h.raw(request).status(); got != 426 {
		t.Errorf("got %d, want 426", got)
	}
	wantReason(t, receive(t, h.opened), ReasonTransportError)
	if got := h.Count(); got != 0 {
		t.Errorf("%d sessions are kept", got)
	}
}

func TestPingFloodFromAClientThatDoesNotReadIsEnded(t *testing.T) {
	h := newHost(t, Options{MaxQueuePackets: 1000})
	c, r := h.openSocket()
	ping := ws.MustCompileFrame(ws.MaskFrame(ws.NewPingFrame(make([]byte, 125))))
	flood := []byte(strings.Repeat(string(ping), 1000))
	go func() {
		for {
			if _, err := c.Write(flood); err != nil {
				return
			}
		}
	}()
	wantReason(t, r, ReasonSlowConsumer)
}

func TestUnreadPollResponseDoesNotBlockTheServer(t *testing.T) {
	h := newHost(t, Options{BodyTimeout: 50 * time.Millisecond, MaxQueueBytes: 64 << 20, MaxPollPackets: 32})
	sid, r := h.open()
	big := NewText([]byte(strings.Repeat("x", 1<<20)))
	for range 32 {
		if err := r.session.Send(big); err != nil {
			t.Fatal(err)
		}
	}
	h.raw("GET /engine.io/?EIO=4&transport=polling&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n\r\n")
	h.waitFor("the queue to be taken", func() bool {
		r.session.mu.Lock()
		defer r.session.mu.Unlock()
		return r.session.queue.packets == 0
	})
	h.http.CloseIdleConnections()
	h.web.CloseClientConnections()
}
