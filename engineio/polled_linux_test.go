package engineio

import (
	"runtime"
	"strings"
	"testing"

	"github.com/gobwas/ws"

	"partychat/engineio/enginetest"
)

func TestIdleConnectionsHaveNoGoroutines(t *testing.T) {
	const connections = 200
	few := connections / 4
	if enginetest.Streams() {
		few += connections // each has one goroutine
	}
	h := newHost(t, Options{}, echoing)
	before := runtime.NumGoroutine()
	var sockets []*socket
	for range connections {
		c, _ := h.openSocket()
		c.send("4hello")
		wantText(t, c.read(), "4hello")
		sockets = append(sockets, c)
	}
	// Idle reader goroutines are reused.
	h.waitFor("the goroutines to end", func() bool { return runtime.NumGoroutine() < before+few })
	for _, c := range sockets {
		c.send("4again")
		wantText(t, c.read(), "4again")
	}
}

func TestDescriptorsAreClosedAndReused(t *testing.T) {
	h := newHost(t, Options{}, echoing)
	for range 200 {
		c, r := h.openSocket()
		c.send("4hello")
		wantText(t, c.read(), "4hello")
		c.frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1000, "")))
		wantReason(t, r, ReasonTransportClose)
		c.Close()
	}
	h.waitFor("the poller to have no connections", func() bool {
		h.poller.mu.Lock()
		defer h.poller.mu.Unlock()
		return h.poller.count == 0 && h.poller.epoll == nil
	})
}

func TestSlowReaderGetsEverything(t *testing.T) {
	h := newHost(t, Options{MaxQueueBytes: 64 << 20})
	c, r := h.openSocket()
	const messages, size = 300, 100_000 // more than the kernel buffers
	for i := range messages {
		if err := r.session.Send(NewText([]byte(strings.Repeat(string(rune('a'+i%26)), size)))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range messages {
		f := c.next()
		if len(f.Payload) != size+1 || f.Payload[size] != byte('a'+i%26) {
			t.Fatalf("message %d: got %d bytes that end with %q", i, len(f.Payload), f.Payload[len(f.Payload)-1])
		}
	}
	h.waitFor("the connection to have caught up", func() bool {
		r.session.mu.Lock()
		defer r.session.mu.Unlock()
		return !r.session.writing
	})
}
