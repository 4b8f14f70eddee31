package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deadline limits every wait.
const deadline = time.Minute

// through connects a client to a server through a new proxy.
func through(t *testing.T) (p *Proxy, client, server net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	if p, err = New(t.Context(), listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if client, err = net.Dial("tcp", p.listener.Addr().String()); err != nil {
		t.Fatal(err)
	}
	if server, err = listener.Accept(); err != nil {
		t.Fatal(err)
	}
	for _, conn := range []net.Conn{client, server} {
		if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	return p, client, server
}

func write(t *testing.T, to net.Conn, text string) {
	t.Helper()
	if _, err := to.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
}

func TestItForwardsBothWaysAndCounts(t *testing.T) {
	p, client, server := through(t)
	p.SetLatency(2 * time.Millisecond)
	write(t, client, "question")
	got := make([]byte, 8)
	if _, err := io.ReadFull(server, got); err != nil || string(got) != "question" {
		t.Fatalf("the server got %q, %v", got, err)
	}
	write(t, server, "answer")
	if _, err := io.ReadFull(client, got[:6]); err != nil || string(got[:6]) != "answer" {
		t.Fatalf("the client got %q, %v", got, err)
	}
	if up, down := p.Passed(Up), p.Passed(Down); up != 8 || down != 6 {
		t.Errorf("forwarded %d and %d bytes, want 8 and 6", up, down)
	}
}

func TestItCutsAfterTheArmedByte(t *testing.T) {
	for n := range 6 {
		p, client, server := through(t)
		struck := p.Arm(Up, n, Cut)
		write(t, client, "abc")
		if n > 3 {
			write(t, client, "def")
		}
		if n <= 3 {
			<-struck
			got, err := io.ReadAll(server)
			if err != nil || !bytes.Equal(got, []byte("abc")[:n]) {
				t.Errorf("cut after %d: the server got %q, %v", n, got, err)
			}
			if _, err := client.Read(make([]byte, 1)); err == nil {
				t.Errorf("cut after %d: the client is still connected", n)
			}
			continue
		}
		<-struck
		if got, err := io.ReadAll(server); err != nil || string(got) != "abcdef"[:n] {
			t.Errorf("cut after %d: the server got %q, %v", n, got, err)
		}
	}
}

func TestAResetArrivesAsAReset(t *testing.T) {
	p, client, server := through(t)
	<-func() <-chan struct{} {
		struck := p.Arm(Down, 0, Reset)
		write(t, server, "x")
		return struck
	}()
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client got %v, want a reset", err)
	}
}

func TestNeitherEndNoticesAHalfOpenConnection(t *testing.T) {
	p, client, server := through(t)
	struck := p.Arm(Down, 1, Stall)
	write(t, server, "xyz")
	<-struck
	got := make([]byte, 3)
	if n, err := io.ReadFull(client, got[:1]); err != nil || got[0] != 'x' {
		t.Fatalf("the client got %q, %v, want x", got[:n], err)
	}
	write(t, client, "lost")
	_ = client.Close()
	if err := server.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var timeout net.Error
	if n, err := server.Read(got); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Errorf("the server got %q, %v, want nothing at all", got[:n], err)
	}
}

func TestADisarmedFaultDoesNotHappen(t *testing.T) {
	p, client, server := through(t)
	p.Arm(Up, 0, Cut)
	p.Disarm()
	write(t, client, "x")
	if _, err := io.ReadFull(server, make([]byte, 1)); err != nil {
		t.Error(err)
	}
	p.Break(Cut)
	if _, err := server.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("got %v, want EOF", err)
	}
}

func TestStalledDataArrivesAfterUnblocking(t *testing.T) {
	p, client, server := through(t)
	p.Block(Stall)
	write(t, client, "question")
	_ = client.Close()
	got := make([]byte, 8)
	if err := server.SetReadDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := server.Read(got); n > 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("the server got %q, %v through a blocked proxy", got[:n], err)
	}
	if err := server.SetReadDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	p.Unblock()
	if _, err := io.ReadFull(server, got); err != nil || string(got) != "question" {
		t.Fatalf("after unblocking, the server got %q, %v", got, err)
	}
	if _, err := server.Read(got); err == nil {
		t.Fatal("the server did not see the client disconnect")
	}
}

func TestConnectionsAreRefusedWhileBlocked(t *testing.T) {
	p, client, server := through(t)
	p.Block(Reset)
	for name, conn := range map[string]net.Conn{"client": client, "server": server} {
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("the %s did not see the break", name)
		}
	}
	if err := attempt(p.Address()); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a new connection through a blocked proxy: got %v, want EOF or a reset", err)
	}
}

// attempt connects and reads a byte. It returns the error of either, because the
// reset of a server that accepts and resets immediately may arrive during Dial.
func attempt(address string) error {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 1))
	return err
}
