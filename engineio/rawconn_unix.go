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
type rawConn struct{ syscall.RawConn }

// newRawConn returns nil for connections that are not plain TCP or Unix
// sockets, those with TLS among them.
func newRawConn(conn net.Conn) *rawConn {
	switch conn := conn.(type) {
	case *net.TCPConn, *net.UnixConn:
		raw, err := conn.(syscall.Conn).SyscallConn()
		if err != nil {
			return nil
		}
		return &rawConn{raw}
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

// readLoop feeds what arrives to the function until it fails; its buffers
// are taken only while there is something to read.
func (c *rawConn) readLoop(feed func([]byte) error) error {
	var buf *[]byte
	var n int
	var failure error
	read := func(fd uintptr) bool {
		buf = readBuffers.Get().(*[]byte)
		for {
			n, failure = syscall.Read(int(fd), *buf)
			if failure != syscall.EINTR {
				break
			}
		}
		if failure == syscall.EAGAIN {
			readBuffers.Put(buf)
			buf = nil
			return false
		}
		return true
	}
	for {
		err := c.Read(read)
		if err == nil {
			err = failure
		}
		if err == nil && n <= 0 {
			err = io.EOF
		}
		if err == nil {
			err = feed((*buf)[:n])
		}
		if buf != nil {
			readBuffers.Put(buf)
			buf = nil
		}
		if err != nil {
			return err
		}
	}
}

// isErrno says whether an error is the kernel's.
func isErrno(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno)
}
