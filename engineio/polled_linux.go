package engineio

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// readBuffers pools read buffers; one is taken only when there is something to read.
var readBuffers = sync.Pool{New: func() any { return new([16 << 10]byte) }}

// polledWire is a wire that a poller watches. Only the reader closes the descriptor, so reading needs
// no lock.
type polledWire struct {
	owner  *wsConn
	fd     int
	turn   int32
	events atomic.Uint32 // events since reading began; zero: nobody is reading
	hangup atomic.Bool   // the end follows the remaining data
	closed bool

	// mu keeps the descriptor open while it is in use, and guards closed. It is acquired after the
	// session's.
	mu   sync.Mutex
	rest []byte // still to be written
}

func (w *polledWire) poller() *poller { return &w.owner.server.poller }

func (w *polledWire) start(early []byte) {
	if len(early) > 0 {
		w.events.Store(1)
	}
	if w.poller().add(w) != nil {
		w.close()
		return
	}
	if len(early) > 0 {
		go func() {
			w.owner.received(early)
			w.readable()
		}()
	}
}

// readable reads until no new event has arrived meanwhile.
func (w *polledWire) readable() {
	for {
		n := w.events.Load()
		if !w.read() || w.events.CompareAndSwap(n, 0) {
			return
		}
	}
}

// read reads what is available and reports whether more may follow.
func (w *polledWire) read() bool {
	buf, _ := readBuffers.Get().(*[16 << 10]byte)
	defer readBuffers.Put(buf)
	for {
		n, err := unix.Read(w.fd, buf[:])
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return true
		case err != nil || n <= 0:
			w.close()
			return false
		}
		w.owner.received(buf[:n])
		if n < len(buf) && !w.hangup.Load() {
			return true // later data will raise an event
		}
	}
}

func (w *polledWire) close() {
	w.mu.Lock()
	w.closed, w.rest = true, nil
	w.mu.Unlock()
	w.poller().remove(w)
	unix.Close(w.fd)
	w.owner.ended()
}

func (w *polledWire) first(data []byte) error {
	_, err := w.write(data)
	return err
}

func (w *polledWire) write(data []byte) (taken bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false, net.ErrClosed
	}
	n, err := w.try(data)
	if err != nil {
		return false, err
	}
	if n < len(data) {
		w.rest = append([]byte(nil), data[n:]...)
	}
	return n == len(data), nil
}

// try writes until the socket accepts no more: only then will an event report new room.
func (w *polledWire) try(data []byte) (n int, err error) {
	for n < len(data) {
		switch m, errno := send(w.fd, data[n:]); errno {
		case 0:
			n += m
		case unix.EINTR:
		case unix.EAGAIN:
			return n, nil
		default:
			return n, errno
		}
	}
	return n, nil
}

// writable continues writing the rest.
func (w *polledWire) writable() {
	w.mu.Lock()
	if w.closed || w.rest == nil {
		w.mu.Unlock()
		return
	}
	n, err := w.try(w.rest)
	w.rest = w.rest[n:]
	done := err == nil && len(w.rest) == 0
	if done {
		w.rest = nil
	}
	w.mu.Unlock()
	switch {
	case err != nil:
		w.abort()
	case done:
		w.owner.caughtUp()
	}
}

func (w *polledWire) behind() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rest != nil
}

func (w *polledWire) slack() int { return 0 }

func (w *polledWire) finish() { w.shutdown(unix.SHUT_WR) }
func (w *polledWire) abort()  { w.shutdown(unix.SHUT_RDWR) }

// shutdown can fail only if the connection has ended; the reader notices that.
func (w *polledWire) shutdown(how int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closed {
		_ = unix.Shutdown(w.fd, how)
	}
}

// send writes to a socket that never blocks. Unlike package unix it does not inform the scheduler,
// which would take the processor away from a goroutine in a write and start another thread. Where each
// delivery is its own write, that costs more than a tenth.
func send(fd int, data []byte) (int, syscall.Errno) {
	n, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(fd),
		uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(len(data)), //nolint:gosec // as package unix does it
		unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL, 0, 0)
	return int(n), errno
}
