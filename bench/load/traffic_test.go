//go:build linux

package load

import (
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeServer is a server with one room that can misbehave: deliver returns what one
// client receives for the nth broadcast.
type fakeServer struct {
	listener net.Listener
	deliver  func(n int, event string) []string
	handlers sync.WaitGroup

	mu         sync.Mutex
	conns      []net.Conn
	broadcasts int
}

func startFake(t *testing.T, deliver func(n int, event string) []string) *fakeServer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &fakeServer{listener: listener, deliver: deliver}
	s.handlers.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.handlers.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		s.handlers.Wait()
	})
	return s
}

func (s *fakeServer) serve(conn net.Conn) {
	defer conn.Close()
	if _, err := ws.Upgrade(conn); err != nil {
		return
	}
	s.mu.Lock()
	s.conns = append(s.conns, conn)
	s.mu.Unlock()
	send(conn, `0{"sid":"x"}`)
	for {
		header, err := ws.ReadHeader(conn)
		if err != nil {
			return
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(conn, payload); err != nil {
			return
		}
		ws.Cipher(payload, header.Mask, 0)
		s.onPacket(conn, string(payload))
	}
}

// count returns the number of broadcasts so far.
func (s *fakeServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broadcasts
}

var command = regexp.MustCompile(`^42(\d+)\["(\w+)",("[^"]*")(?:,("[^"]*"))?\]$`)

func (s *fakeServer) onPacket(conn net.Conn, packet string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if packet == "40" {
		send(conn, "2") // heartbeats must not disturb anything
		send(conn, `40{"sid":"y"}`)
		return
	}
	match := command.FindStringSubmatch(packet)
	if match == nil {
		return
	}
	if match[2] == "bcast" {
		for i, member := range s.conns {
			event := `42["m",` + match[4] + `]`
			if i == 0 { // only one client gets wrong packets
				for _, text := range s.deliver(s.broadcasts, event) {
					send(member, text)
				}
				continue
			}
			send(member, event)
		}
		s.broadcasts++
	}
	send(conn, "43"+match[1]+"[]")
}

func send(conn net.Conn, text string) {
	_ = ws.WriteFrame(conn, ws.NewTextFrame([]byte(text)))
}

// The sixth broadcast goes wrong for one of three clients.
func TestTrafficDetectsAServersErrors(t *testing.T) {
	var held string
	tests := []struct {
		name  string
		fault func(n int, event string) []string
		want  error // nil: none
	}{
		{"everything is correct", func(_ int, event string) []string { return []string{event} }, nil},
		{"a heartbeat between", func(_ int, event string) []string { return []string{"2", event, "6"} }, nil},
		{"a message is lost", func(n int, event string) []string {
			if n == 5 {
				return nil
			}
			return []string{event}
		}, errReordered},
		{"a message is repeated", func(n int, event string) []string {
			if n == 5 {
				return []string{event, event}
			}
			return []string{event}
		}, errRepeated},
		{"two messages are swapped", func(n int, event string) []string {
			switch n {
			case 5:
				held = event
				return nil
			case 6:
				return []string{event, held}
			}
			return []string{event}
		}, errReordered},
		{"a message is changed", func(n int, event string) []string {
			if n == 5 {
				event = strings.Replace(event, "x", "y", 1)
			}
			return []string{event}
		}, errGarbled},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := startFake(t, test.fault)
			crowd, err := Connect(t.Context(), Plan{
				Addresses: []string{server.listener.Addr().String()}, Transport: WebSocket, Clients: 3, Rooms: 1,
			})
			if err != nil {
				t.Fatal(err)
			}
			defer crowd.Close()
			traffic := NewTraffic(crowd, Style{Senders: 1, Size: 100, Rate: 500})
			outcome, err := traffic.Run(t.Context(), 50*time.Millisecond)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if want := uint64(3 * server.count()); err == nil && outcome.Deliveries != want {
				t.Errorf("deliveries: got %d, want %d", outcome.Deliveries, want)
			}
		})
	}
}

func TestAClosedLoopRunsForItsWholeDuration(t *testing.T) {
	server := startFake(t, func(_ int, event string) []string { return []string{event} })
	crowd, err := Connect(t.Context(), Plan{
		Addresses: []string{server.listener.Addr().String()}, Transport: WebSocket, Clients: 4, Rooms: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer crowd.Close()
	traffic := NewTraffic(crowd, Style{Senders: 2, Size: 100})
	for range 2 {
		outcome, err := traffic.Run(t.Context(), 50*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if outcome.Deliveries <= 8 || outcome.Deliveries%4 != 0 {
			t.Errorf("deliveries: got %d, want more than the first of each sender, and to all four", outcome.Deliveries)
		}
		if outcome.Latency.Count() != outcome.Deliveries || !outcome.SameOrder {
			t.Errorf("got %d latencies of %d deliveries, same order: %v", outcome.Latency.Count(), outcome.Deliveries, outcome.SameOrder)
		}
	}
}

func TestAServerThatClosesConnectionsYieldsNoResult(t *testing.T) {
	server := startFake(t, func(int, string) []string { return []string{} })
	crowd, err := Connect(t.Context(), Plan{
		Addresses: []string{server.listener.Addr().String()}, Transport: WebSocket, Clients: 2, Rooms: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer crowd.Close()
	server.mu.Lock()
	for _, conn := range server.conns {
		conn.Close()
	}
	server.mu.Unlock()
	if err := crowd.Idle(t.Context(), time.Second); err == nil {
		t.Error("got no error, want one")
	}
}

func TestConnectFailsWithoutAServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	if _, err := Connect(t.Context(), Plan{Addresses: []string{address}, Transport: WebSocket, Clients: 2, Rooms: 1}); err == nil {
		t.Error("got no error, want one")
	}
}
