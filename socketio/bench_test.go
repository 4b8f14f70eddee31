package socketio

import (
	"bufio"
	"fmt"
	"net"
	"net/http/httptest"
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
	const ahead = 200 // rounds that may be on their way
	server := NewServer(Options{})
	server.OnConnect(func(s *Socket) { s.Join("room") })
	web := httptest.NewServer(server)
	defer web.Close()
	url := strings.Replace(web.URL, "http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
	room := server.Of("/").To("room")
	var conns []net.Conn
	var clients sync.WaitGroup
	defer func() {
		for _, conn := range conns {
			conn.Close()
		}
		clients.Wait()
	}()
	var events atomic.Int64
	for range connections {
		conn, br, _, err := ws.Dial(b.Context(), url)
		if err != nil {
			b.Fatal(err)
		}
		conns = append(conns, conn)
		if err := ws.WriteFrame(conn, ws.MaskFrame(ws.NewTextFrame([]byte("40")))); err != nil {
			b.Fatal(err)
		}
		if br == nil {
			br = bufio.NewReader(conn)
		}
		clients.Go(func() { countEvents(br, &events) })
	}
	for len(room.Sockets()) < connections {
		runtime.Gosched()
	}
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
