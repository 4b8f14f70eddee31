package socketio

import (
	"bufio"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gobwas/ws"
)

// BenchmarkEmitToRoom emits to a room of WebSocket clients, waits until all
// has been received, and reports per delivery.
func BenchmarkEmitToRoom(b *testing.B) {
	for _, connections := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(connections), func(b *testing.B) { benchmarkEmit(b, connections) })
	}
}

func benchmarkEmit(b *testing.B, connections int) {
	b.Helper()
	const ahead = 200 // rounds in flight
	room, events := crowd(b, connections)
	text := strings.Repeat("x", 100)
	rounds := max(1, b.N/connections)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range rounds {
		for events.Load() < int64((i-ahead)*connections) {
			runtime.Gosched()
		}
		if err := room.Emit("message", text); err != nil {
			b.Fatal(err)
		}
	}
	for events.Load() < int64(rounds*connections) {
		runtime.Gosched()
	}
	b.StopTimer()
}

// crowd connects clients to a room; they count the events they receive.
func crowd(tb testing.TB, connections int) (room Broadcast, events *atomic.Int64) {
	tb.Helper()
	h := newHost(tb, Options{})
	h.OnConnect(func(s *Socket) { s.Join("room") })
	room, events = h.Of("/").To("room"), new(atomic.Int64)
	var conns []net.Conn
	var clients sync.WaitGroup
	tb.Cleanup(func() {
		for _, conn := range conns {
			conn.Close()
		}
		clients.Wait()
	})
	for range connections {
		conn, br, _, err := ws.Dial(tb.Context(), "ws://"+h.addr+"/socket.io/?EIO=4&transport=websocket")
		if err != nil {
			tb.Fatal(err)
		}
		conns = append(conns, conn)
		if err := ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte("40")))); err != nil {
			tb.Fatal(err)
		}
		if br == nil {
			br = bufio.NewReader(conn)
		}
		clients.Go(func() { countEvents(br, events) })
	}
	for len(room.Sockets()) < connections {
		runtime.Gosched()
	}
	return room, events
}

// countEvents counts the events that a client receives until its end.
func countEvents(r *bufio.Reader, events *atomic.Int64) {
	var scratch [12]byte
	for {
		h, err := ws.ReadHeaderBuffer(r, scratch[:])
		if err != nil {
			return
		}
		head, err := r.Peek(min(2, int(h.Length)))
		if err != nil {
			return
		}
		if string(head) == "42" {
			events.Add(1)
		}
		if _, err := r.Discard(int(h.Length)); err != nil {
			return
		}
	}
}
