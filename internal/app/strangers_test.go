package app

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"partychat/internal/config"
	"partychat/internal/sioclient"
)

// held is the process's live heap, in bytes, and its goroutines.
type held struct {
	bytes      int64
	goroutines int
}

func holds() held {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // pools are empty after the second collection
	runtime.ReadMemStats(&m)
	return held{int64(m.HeapAlloc), runtime.NumGoroutine()}
}

// wantHeld checks the growth since before. The test's clients run in the same
// process, so that the bounds include them.
func wantHeld(t *testing.T, before held, bytes int64, goroutines int) {
	t.Helper()
	now := holds()
	if got := now.bytes - before.bytes; got > bytes {
		t.Errorf("got %d kB more, want at most %d kB", got>>10, bytes>>10)
	}
	if got := now.goroutines - before.goroutines; got > goroutines {
		t.Errorf("got %d more goroutines, want at most %d", got, goroutines)
	}
}

// limited returns settings with the limits under test and short timeouts.
func limited(t *testing.T) config.Config {
	t.Helper()
	c := settings(t.TempDir())
	c.JoinTimeout, c.ReceiveTimeout, c.WriteTimeout = 500*time.Millisecond, 500*time.Millisecond, 500*time.Millisecond
	c.MaxHandshake = 8 << 10
	c.SocketsAddress, c.StrangersAddress, c.ConnectionsAddress = 200, 100, 300
	c.FarewellTimeout = time.Millisecond
	return c
}

// elsewhere is an address of this machine that no other client of the server uses.
var (
	elsewhere = netip.MustParseAddr("127.0.0.7")
	dialer    = net.Dialer{LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(elsewhere, 0))}
)

// dial opens a WebSocket and sends nothing on it; it returns nil if the server
// refuses.
func dial(t *testing.T, server *running) net.Conn {
	t.Helper()
	url := strings.Replace(server.URL(), "http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
	from := ws.Dialer{NetDial: dialer.DialContext}
	conn, _, _, err := from.Dial(context.Background(), url)
	if err != nil {
		return nil
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// openSockets returns the number of Socket.IO connections.
func (r *running) openSockets() int { return r.sockets.Count() }

func TestStrangersCostTheServerLittleMemory(t *testing.T) {
	const many = 150
	payload := bytes.Repeat([]byte("x"), 900_000)
	tests := []struct {
		name string
		act  func(conn net.Conn) // errors don't matter: the server closes connections
	}{
		{"sockets that announce attachments", func(conn net.Conn) {
			_ = wsutil.WriteClientText(conn, []byte("40"))
			_ = wsutil.WriteClientText(conn, []byte(`4510-["x",{"_placeholder":true,"num":0}]`))
			for range 4 {
				_ = wsutil.WriteClientBinary(conn, payload)
			}
		}},
		{"large auth", func(conn net.Conn) {
			_ = wsutil.WriteClientText(conn, []byte(`40{"token":"`+string(payload)+`"}`))
		}},
		{"a large incomplete packet", func(conn net.Conn) {
			_ = ws.WriteHeader(conn, ws.Header{Fin: true, OpCode: ws.OpText, Masked: true, Length: int64(len(payload))})
			_, _ = conn.Write(payload[:800_000])
		}},
		{"silent sockets", func(net.Conn) {}},
		{"sockets without a name", func(conn net.Conn) {
			_ = wsutil.WriteClientText(conn, []byte("40"))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, limited(t))
			server.call(http.MethodGet, "/api/v1/session", "", nil, http.StatusUnauthorized, nil) // creates what the server creates on its first request
			http.DefaultClient.CloseIdleConnections()
			before, refused := holds(), 0
			conns := make([]net.Conn, 0, many)
			for range many {
				conn := dial(t, server)
				if conn == nil {
					refused++
					continue
				}
				conns = append(conns, conn)
				_ = conn.SetWriteDeadline(time.Now().Add(time.Minute))
				test.act(conn)
				if got := server.openSockets(); got > 100 {
					t.Fatalf("got %d open sockets of strangers, want at most 100", got)
				}
			}
			wantHeld(t, before, many*(16<<10), 2*many)
			await(t, "the sockets to be closed", func() bool { return server.openSockets() == 0 })
			for _, conn := range conns {
				_ = conn.Close()
			}
			await(t, "the connections to end", func() bool { return server.conns.of(elsewhere) == 0 })
			await(t, "memory and goroutines to be released", func() bool {
				now := holds()
				return now.bytes <= before.bytes+2<<20 && now.goroutines <= before.goroutines+70 // workers of an idle pool
			})
		})
	}
}

func TestHandshakesWithLargeHeadersCostLittleMemory(t *testing.T) {
	c := limited(t)
	c.JoinTimeout = time.Hour
	c.StrangersAddress = 1000
	c.SocketsAddress = 1000
	server := start(t, c)
	before := holds()
	client := &http.Client{Transport: &http.Transport{}}
	statuses := map[int]int{}
	for range 1100 {
		request, err := http.NewRequest(http.MethodGet, server.URL()+"/socket.io/?EIO=4&transport=polling", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Large", strings.Repeat("x", 30_000))
		request.Header.Set("Cookie", "other="+strings.Repeat("y", 1000))
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		statuses[response.StatusCode]++
	}
	client.CloseIdleConnections()
	if statuses[http.StatusOK] != 1000 || statuses[http.StatusTooManyRequests] != 100 {
		t.Errorf("got %v, want 1000 handshakes, and 100 refused", statuses)
	}
	wantHeld(t, before, 1000*(4<<10), 100)
}

func TestASocketNeedsASession(t *testing.T) {
	server := start(t, settings(t.TempDir()))
	if c, err := sioclient.Dial(server.URL(), sioclient.Options{}); err == nil {
		c.Close()
		t.Error("a socket without a session was accepted")
	} else if !strings.Contains(err.Error(), "log in") {
		t.Errorf("got %v, want an error that says to log in", err)
	}
}

func TestManyPeopleBehindOneAddressAreServed(t *testing.T) {
	c := settings(t.TempDir())
	c.StrangersAddress = 100
	server := start(t, c)
	token := server.signUp("ada")
	for i := range 150 { // more than the limit for strangers
		server.connect(token, i%10 == 0)
	}
	if got := server.openSockets(); got != 150 {
		t.Errorf("got %d open sockets, want 150", got)
	}
}

func TestTricklingBodiesAndUnreadResponsesTimeOut(t *testing.T) {
	trickle := func(head string) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = fmt.Fprintf(conn, head+" HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{", "")
		}
	}
	tests := []struct {
		name string
		act  func(conn net.Conn)
	}{
		{"to nowhere", trickle("POST /nowhere%s")},
		{"to a call", trickle("POST /api/v1/users%s")},
		{"to a call that takes a session", trickle("POST /api/v1/rooms%s")},
		{"to a page", trickle("GET /%s")},
		{"to sockets without a session", trickle("POST /socket.io/?EIO=4&transport=polling&sid=none%s")},
		{"by a client that keeps requesting and never reads", func(conn net.Conn) {
			asking := bytes.Repeat([]byte("GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"), 2000)
			_, _ = conn.Write(asking)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := start(t, limited(t))
			const many = 20
			for range many {
				conn, err := dialer.Dial("tcp", server.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				if err := conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
					t.Fatal(err)
				}
				test.act(conn)
			}
			await(t, "the connections to end", func() bool { return server.conns.of(elsewhere) == 0 })
		})
	}
}

func TestABodyThatArrivesSlowlyButInTimeIsAccepted(t *testing.T) {
	c := settings(t.TempDir())
	c.ReceiveTimeout, c.WriteTimeout = time.Minute, time.Minute
	server := start(t, c)
	conn, err := net.Dial("tcp", server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	body := `{"username":"ada","password":"correct horse"}`
	if _, err := fmt.Fprintf(conn, "POST /api/v1/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(body)); err != nil {
		t.Fatal(err)
	}
	for _, b := range []byte(body) {
		if _, err := conn.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		t.Errorf("got %s, want 201", response.Status)
	}
}
