package app

import (
	"net"
	"net/http"
	"net/netip"
	"testing"
	"time"
)

// isCut reports whether the server has closed its end of a connection, on which it
// is then impossible to set a deadline.
func isCut(conn net.Conn) bool { return conn.SetDeadline(time.Time{}) != nil }

func TestOnlyConnectionsWithoutARequestAreClosed(t *testing.T) {
	tests := []struct {
		name    string
		states  []http.ConnState
		wantCut bool
	}{
		{"opened in advance", []http.ConnState{http.StateNew}, true},
		{"with a request", []http.ConnState{http.StateNew, http.StateActive}, false},
		{"between two requests", []http.ConnState{http.StateNew, http.StateActive, http.StateIdle}, false},
		{"taken over for WebSocket", []http.ConnState{http.StateNew, http.StateActive, http.StateHijacked}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, client := net.Pipe()
			defer func() { _, _ = server.Close(), client.Close() }()
			var open conns
			for _, state := range test.states {
				open.track(server, state)
			}
			open.cutFresh()
			if got := isCut(server); got != test.wantCut {
				t.Errorf("the server's end is closed: %t, want %t", got, test.wantCut)
			}
		})
	}
}

func TestAConnectionAcceptedDuringShutdownIsClosed(t *testing.T) {
	var open conns
	server, client := net.Pipe()
	defer func() { _ = client.Close() }()
	open.cutFresh()
	open.track(server, http.StateNew)
	if !isCut(server) {
		t.Error("the connection is open")
	}
}

// remoteConn is a connection with a made-up remote address.
type remoteConn struct {
	net.Conn
	remote string
}

func (c remoteConn) RemoteAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(c.remote), 1234))
}

func TestConnectionsPerAddressAreLimited(t *testing.T) {
	open := conns{max: 2, trust: func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") }}
	connect := func(remote string) net.Conn {
		server, client := net.Pipe()
		t.Cleanup(func() { _, _ = server.Close(), client.Close() })
		conn := remoteConn{server, remote}
		open.track(conn, http.StateNew)
		return conn
	}
	first := connect("192.0.2.1")
	for _, test := range []struct {
		name, remote string
		wantCut      bool
	}{
		{"a second", "192.0.2.1", false},
		{"a third", "::ffff:192.0.2.1", true},
		{"of another address", "192.0.2.2", false},
		{"the first of a subscriber", "2001:db8::1", false},
		{"a second of it", "2001:db8::2", false},
		{"a third of it", "2001:db8::3", true},
		{"the first of a proxy", "10.0.0.1", false},
		{"a second of it", "10.0.0.1", false},
		{"a third of it", "10.0.0.1", false},
	} {
		conn := connect(test.remote)
		if got := isCut(conn); got != test.wantCut {
			t.Errorf("%s: cut: %t, want %t", test.name, got, test.wantCut)
		}
		if test.wantCut {
			open.track(conn, http.StateClosed) // as http.Server does once it notices
		}
	}
	open.track(first, http.StateClosed)
	if conn := connect("192.0.2.1"); isCut(conn) {
		t.Error("a connection that replaces a closed one is closed")
	}
	for address, want := range map[string]int{"192.0.2.1": 2, "192.0.2.2": 1, "2001:db8::9": 2, "10.0.0.1": 0} {
		if got := open.of(netip.MustParseAddr(address)); got != want {
			t.Errorf("counted %d connections of %s, want %d", got, address, want)
		}
	}
}
