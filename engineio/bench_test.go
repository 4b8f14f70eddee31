package engineio

import (
	"io"
	"net"
	"runtime"
	"sync"
	"testing"

	"partychat/engineio/enginetest"
)

// BenchmarkBroadcast sends one message to many WebSocket connections over
// real sockets, waits until all has been written, and reports per delivery.
func BenchmarkBroadcast(b *testing.B) {
	for _, size := range []struct {
		name        string
		connections int
	}{{"10", 10}, {"100", 100}, {"1000", 1000}} {
		b.Run(size.name, func(b *testing.B) { benchmarkBroadcast(b, size.connections) })
	}
}

func benchmarkBroadcast(b *testing.B, connections int) {
	b.Helper()
	server := NewServer(Options{MaxQueueBytes: 1 << 30, MaxQueuePackets: 1 << 30}, nil)
	sessions, stop := connected(b, server, connections)
	defer stop()
	message := NewText(make([]byte, 100))
	b.ReportAllocs()
	b.ResetTimer()
	for n := 0; n < b.N; n += connections {
		for _, s := range sessions {
			if err := s.Send(message); err != nil {
				b.Fatal(err)
			}
		}
	}
	drained(sessions)
	b.StopTimer()
}

// connected creates sessions on TCP connections whose other ends are drained.
func connected(tb testing.TB, server *Server, n int) (sessions []*Session, stop func()) {
	tb.Helper()
	var stops []func()
	var readers sync.WaitGroup
	for range n {
		session, client := pair(tb, server)
		sessions = append(sessions, session)
		readers.Go(func() { _, _ = io.Copy(io.Discard, client) })
		stops = append(stops, func() {
			session.conn.wire.abort()
			client.Close()
		})
	}
	return sessions, func() {
		for _, stop := range stops {
			stop()
		}
		readers.Wait()
		server.conns.Wait()
	}
}

// unread creates a session whose client never reads.
func unread(tb testing.TB, server *Server) (session *Session, stop func()) {
	tb.Helper()
	session, client := pair(tb, server)
	return session, func() {
		session.conn.wire.abort()
		client.Close()
	}
}

// pair creates a session and returns it with the other end of its connection.
func pair(tb testing.TB, server *Server) (*Session, net.Conn) {
	tb.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	listener := enginetest.Listener(tcp)
	defer listener.Close()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		tb.Fatal(err)
	}
	s := server.newSession(randomID())
	s.receiver = discard{}
	server.conns.Add(1)
	s.conn = server.newConn(conn)
	s.conn.session = s
	s.conn.wire.start(nil)
	return s, client
}

type discard struct{}

func (discard) OnMessage([]byte, bool) {}
func (discard) OnClose(CloseReason)    {}

// drained waits until the queues are empty and the flushers have ended.
func drained(sessions []*Session) {
	for _, s := range sessions {
		for {
			s.mu.Lock()
			idle := s.queue.packets == 0 && !s.dirty && !s.writing
			s.mu.Unlock()
			if idle {
				break
			}
			runtime.Gosched()
		}
	}
}

func TestSendOnManyGoroutinesKeepsEachOnesOrder(t *testing.T) {
	const senders, each = 8, 200
	h := newHost(t, Options{})
	c, r := h.openSocket()
	var work sync.WaitGroup
	for sender := range senders {
		work.Go(func() {
			for i := range each {
				_ = r.session.Send(NewBinary([]byte{byte(sender), byte(i)}))
			}
		})
	}
	var next [senders]byte
	for range senders * each {
		f := c.next()
		if sender, i := f.Payload[0], f.Payload[1]; next[sender] != i {
			t.Fatalf("sender %d: got %d, want %d", sender, i, next[sender])
		}
		next[f.Payload[0]]++
	}
	work.Wait()
}
