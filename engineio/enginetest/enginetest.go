// Package enginetest runs the tests of a server in both modes in which package engineio reads WebSocket
// connections: by readiness, where the system supports it, and over streams, as with TLS and on other
// systems.
//
//	func TestMain(m *testing.M) { os.Exit(enginetest.BothWays{M: m}.Run()) }
//
// The test's server must wrap its listener with [Listener].
package enginetest

import (
	"flag"
	"fmt"
	"net"
	"testing"
)

// streams makes servers see connections that cannot be read by readiness.
var streams bool

// Streams reports whether the tests currently run over streams.
func Streams() bool { return streams }

// BothWays runs all tests by readiness and then over streams.
type BothWays struct{ *testing.M }

// Run runs the tests and returns the exit code. Fuzzing and benchmarks run once.
func (m BothWays) Run() int {
	if code := m.M.Run(); code != 0 || flag.Lookup("test.fuzz").Value.String() != "" {
		return code
	}
	fmt.Println("over streams:")
	streams = true
	return m.M.Run()
}

// Listener hides the type of its connections from the server while tests run over streams.
func Listener(l net.Listener) net.Listener { return listener{l} }

type listener struct{ net.Listener }

// Accept implements net.Listener.
func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	tcp, ok := conn.(*net.TCPConn)
	if err != nil || !streams || !ok {
		return conn, err
	}
	return stream{tcp, tcp}, nil
}

// stream is a connection of a type that servers do not recognise.
type stream struct {
	net.Conn
	tcp *net.TCPConn
}

// CloseWrite closes the writing side; servers may call it on any connection.
func (s stream) CloseWrite() error { return s.tcp.CloseWrite() }
