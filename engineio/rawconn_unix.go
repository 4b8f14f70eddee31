//go:build unix

package engineio

import (
	"errors"
	"io"
	"net"
	"syscall"
)

// rawConn reaches below a TCP connection: it writes as much as the kernel
// takes without waiting, and waits to be readable without holding a buffer.
type rawConn struct {
	syscall.RawConn

	// What one read gives; kept here because on the waiting goroutine's
	// stack it would have to be allocated for each wait.
	try func(fd uintptr) bool
	buf *[]byte
	n   int
	err error
}

// newRawConn returns nil for connections that are not plain TCP or Unix
// sockets, those with TLS among them.
func newRawConn(conn net.Conn) *rawConn {
	switch conn := conn.(type) {
	case *net.TCPConn, *net.UnixConn:
		raw, err := conn.(syscall.Conn).SyscallConn()
		if err != nil {
			return nil
		}
		return &rawConn{RawConn: raw}
	}
	return nil
}

// attempt is one write that does not wait. Its owner makes it once, so that
// writing allocates nothing.
type attempt struct {
	data []byte
	n    int
	err  error
	try  func(fd uintptr) bool
}

func newAttempt() *attempt {
	a := &attempt{}
	a.try = func(fd uintptr) bool {
		a.n, a.err = 0, nil
		for {
			n, err := syscall.Write(int(fd), a.data)
			switch {
			case err == syscall.EINTR:
				continue
			case err == syscall.EAGAIN:
			case err != nil:
				a.err = err
			default:
				a.n = n
			}
			return true
		}
	}
	return a
}

// write writes what the kernel takes at once, which may be nothing.
func (a *attempt) write(conn *rawConn, data []byte) (int, error) {
	a.data = data
	err := conn.Write(a.try)
	a.data = nil
	if err != nil {
		return 0, err
	}
	return a.n, a.err
}

// read waits until there is something to read and reads it into a pooled
// buffer, which is taken only then and is to be given back.
func (c *rawConn) read() (buf *[]byte, n int, err error) {
	if c.try == nil {
		c.try = c.tryRead
	}
	err = c.Read(c.try)
	buf, n = c.buf, c.n
	if err == nil {
		err = c.err
	}
	if err == nil && n <= 0 {
		err = io.EOF
	}
	c.buf, c.err = nil, nil
	return buf, n, err
}

func (c *rawConn) tryRead(fd uintptr) bool {
	c.buf = readBuffers.Get().(*[]byte)
	for {
		c.n, c.err = syscall.Read(int(fd), *c.buf)
		if c.err != syscall.EINTR {
			break
		}
	}
	if c.err == syscall.EAGAIN {
		readBuffers.Put(c.buf)
		c.buf = nil
		return false
	}
	return true
}

// isErrno says whether an error is the kernel's.
func isErrno(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno)
}
