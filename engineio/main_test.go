package engineio

import (
	"flag"
	"fmt"
	"net"
	"testing"

	"go.uber.org/goleak"
)

// streams makes servers see connections that cannot be read by readiness, as
// those with TLS cannot, and as none can on other systems than Linux.
var streams bool

// bothWays runs all tests by readiness, and then over streams.
type bothWays struct{ *testing.M }

func (m bothWays) Run() int {
	if code := m.M.Run(); code != 0 || flag.Lookup("test.fuzz").Value.String() != "" {
		return code
	}
	fmt.Println("over streams:")
	streams = true
	return m.M.Run()
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(bothWays{m}) }

// listener hides from a server what its connections are.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil || !streams {
		return conn, err
	}
	return stream{conn, conn.(*net.TCPConn)}, nil
}

// stream is a connection of a type that no server knows.
type stream struct {
	net.Conn
	tcp *net.TCPConn
}

func (s stream) CloseWrite() error { return s.tcp.CloseWrite() }
