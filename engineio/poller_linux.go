package engineio

import (
	"net"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"partychat/internal/crew"
)

// pollBatch is how many events are fetched at once.
const pollBatch = 128

// poller reads by readiness (epoll): an idle connection costs neither a goroutine nor a buffer. The
// poller runs while it has connections.
//
// Go's own poller watches the epoll descriptor, so waiting occupies no thread.
type poller struct {
	mu    sync.Mutex
	wires []*polledWire // indexed by descriptor
	count int           // of the wires
	turn  int32         // serial number of the last wire
	epoll *epoll        // nil while there are no wires
}

// epoll is one run of a poller.
type epoll struct {
	file    *os.File
	fd      int
	readers *crew.Crew[*polledWire]
}

// add starts watching a wire.
func (p *poller) add(w *polledWire) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == nil {
		e, err := newEpoll()
		if err != nil {
			return err
		}
		p.epoll = e
		go p.run(e)
	}
	p.turn++
	w.turn = p.turn
	if missing := w.fd + 1 - len(p.wires); missing > 0 {
		p.wires = append(p.wires, make([]*polledWire, missing)...)
	}
	p.wires[w.fd] = w
	p.count++
	// Edge-triggered: no re-arming after each event.
	return unix.EpollCtl(p.epoll.fd, unix.EPOLL_CTL_ADD, w.fd, &unix.EpollEvent{
		Events: unix.EPOLLIN | unix.EPOLLOUT | unix.EPOLLRDHUP | unix.EPOLLET,
		Fd:     int32(w.fd), Pad: w.turn,
	})
}

// remove stops watching a wire, whose descriptor is still open.
func (p *poller) remove(w *polledWire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoll == nil || w.fd >= len(p.wires) || p.wires[w.fd] != w {
		return // it was never added
	}
	p.wires[w.fd] = nil
	if p.count--; p.count == 0 {
		p.epoll.file.Close()
		p.epoll.readers.Release()
		p.epoll, p.wires = nil, nil
	}
}

func newEpoll() (*epoll, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	e := &epoll{file: os.NewFile(uintptr(fd), "epoll"), fd: fd, readers: crew.New((*polledWire).readable)}
	e.readers.Hold()
	return e, nil
}

// run handles events until there are no wires.
func (p *poller) run(e *epoll) {
	var events [pollBatch]unix.EpollEvent
	var wires [pollBatch]*polledWire
	n := 0
	take := func(fd uintptr) bool {
		for {
			var err error
			if n, err = unix.EpollWait(int(fd), events[:], 0); err != unix.EINTR {
				return n > 0
			}
		}
	}
	raw, err := e.file.SyscallConn()
	for err == nil {
		if err = raw.Read(take); err != nil {
			return // closed
		}
		p.find(events[:n], wires[:n])
		for i, w := range wires[:n] {
			if w != nil {
				e.handle(w, events[i].Events)
				wires[i] = nil
			}
		}
	}
}

// find looks up the wires of the events. A descriptor may have been closed and reused since; the serial
// number detects that.
func (p *poller) find(events []unix.EpollEvent, wires []*polledWire) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, e := range events {
		if int(e.Fd) >= len(p.wires) {
			continue // the wire has gone
		}
		if w := p.wires[e.Fd]; w != nil && w.turn == e.Pad {
			wires[i] = w
		}
	}
}

func (e *epoll) handle(w *polledWire, events uint32) {
	if events&unix.EPOLLOUT != 0 {
		w.writable()
	}
	if events&^unix.EPOLLOUT == 0 {
		return
	}
	if events&^(unix.EPOLLOUT|unix.EPOLLIN) != 0 {
		w.hangup.Store(true)
	}
	if w.events.Add(1) == 1 { // otherwise the current reader looks again
		e.readers.Run(w)
	}
}

// take makes a wire with its own descriptor for a connection, and closes the connection. It returns nil
// if that is impossible, as with TLS.
func (p *poller) take(conn net.Conn, owner *wsConn) wire {
	var socket syscall.Conn
	switch conn := conn.(type) {
	case *net.TCPConn:
		socket = conn
	case *net.UnixConn:
		socket = conn
	default:
		return nil
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return nil
	}
	fd, dupErr := -1, error(nil)
	err = raw.Control(func(old uintptr) {
		fd, dupErr = unix.FcntlInt(old, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err != nil || dupErr != nil {
		return nil
	}
	conn.Close()
	return &polledWire{owner: owner, fd: fd}
}
