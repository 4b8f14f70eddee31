package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"sync"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

const (
	readSize = 64 << 10
	maxQueue = 4 << 20 // bytes; a connection that is further behind is closed
)

var errBehind = errors.New("connection is too far behind")

// loop serves all connections on one thread.
type loop struct {
	epoll int
	buf   []byte
	out   []byte

	mu    sync.Mutex
	conns map[int]*conn // by file descriptor
	rooms map[string][]*conn
	dirty []*conn
}

type conn struct {
	fd    int
	rest  []byte   // the beginning of an incomplete frame
	queue [][]byte // frames, shared with other connections
	left  []byte   // bytes that the socket has not accepted yet
	rooms []string
}

func newLoop() (*loop, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	return &loop{
		epoll: epoll,
		buf:   make([]byte, readSize),
		conns: make(map[int]*conn),
		rooms: make(map[string][]*conn),
	}, nil
}

// add takes over a connection; the caller closes its own handle of it.
func (l *loop) add(nc net.Conn) error {
	tcp, ok := nc.(*net.TCPConn)
	if !ok {
		return errors.New("not a TCP connection")
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return err
	}
	var fd int
	var dupErr error
	err = raw.Control(func(original uintptr) {
		fd, dupErr = unix.FcntlInt(original, unix.F_DUPFD_CLOEXEC, 0)
	})
	if err := errors.Join(err, dupErr); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.conns[fd] = &conn{fd: fd}
	return l.control(unix.EPOLL_CTL_ADD, fd, unix.EPOLLIN)
}

func (l *loop) control(op, fd int, events uint32) error {
	return unix.EpollCtl(l.epoll, op, fd, &unix.EpollEvent{Events: events, Fd: int32(fd)})
}

func (l *loop) run() error {
	runtime.LockOSThread()
	events := make([]unix.EpollEvent, 1024)
	for {
		n, err := unix.EpollWait(l.epoll, events, -1)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		l.mu.Lock()
		for i := range max(0, n) {
			c := l.conns[int(events[i].Fd)]
			if c == nil {
				continue
			}
			if err := l.serve(c, events[i].Events); err != nil {
				l.drop(c)
			}
		}
		l.flush()
		l.mu.Unlock()
	}
}

func (l *loop) serve(c *conn, events uint32) error {
	if events&unix.EPOLLOUT != 0 {
		l.dirty = append(l.dirty, c)
	}
	if events&^unix.EPOLLOUT == 0 {
		return nil
	}
	return l.read(c)
}

func (l *loop) read(c *conn) error {
	kept := copy(l.buf, c.rest)
	n, err := unix.Read(c.fd, l.buf[kept:])
	if errors.Is(err, unix.EAGAIN) {
		return nil
	}
	if err != nil || n == 0 {
		return errors.Join(err, io.EOF)
	}
	reader := bytes.NewReader(l.buf[:kept+n])
	for {
		rest := l.buf[kept+n-reader.Len() : kept+n]
		header, err := ws.ReadHeader(reader)
		if err != nil || int64(reader.Len()) < header.Length {
			c.rest = nil
			if len(rest) > 0 {
				c.rest = bytes.Clone(rest)
			}
			return nil
		}
		start := kept + n - reader.Len()
		payload := l.buf[start : start+int(header.Length)]
		ws.Cipher(payload, header.Mask, 0)
		if header.OpCode != ws.OpText || !header.Fin {
			return fmt.Errorf("opcode %d", header.OpCode)
		}
		l.onPacket(c, payload)
		if _, err := reader.Seek(header.Length, io.SeekCurrent); err != nil {
			return err
		}
	}
}

// send appends a frame to a connection's queue.
func (l *loop) send(c *conn, frame []byte) {
	if len(c.queue) == 0 {
		l.dirty = append(l.dirty, c)
	}
	c.queue = append(c.queue, frame)
}

// flush writes to each connection with queued frames, once, everything it has.
func (l *loop) flush() {
	for i, c := range l.dirty {
		l.dirty[i] = nil
		if l.conns[c.fd] != c {
			continue
		}
		if err := l.write(c); err != nil {
			l.drop(c)
		}
	}
	l.dirty = l.dirty[:0]
}

func (l *loop) write(c *conn) error {
	waited := len(c.left) > 0
	out := l.out[:0]
	out = append(out, c.left...)
	for i, frame := range c.queue {
		out = append(out, frame...)
		c.queue[i] = nil
	}
	l.out, c.queue = out, c.queue[:0]
	if len(out) == 0 {
		return nil
	}
	n, err := unix.Write(c.fd, out)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return err
	}
	out = out[max(0, n):]
	switch {
	case len(out) > maxQueue:
		return errBehind
	case len(out) > 0:
		c.left = append(c.left[:0], out...)
		return l.control(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLIN|unix.EPOLLOUT)
	case waited:
		c.left = nil
		return l.control(unix.EPOLL_CTL_MOD, c.fd, unix.EPOLLIN)
	}
	return nil
}

func (l *loop) drop(c *conn) {
	delete(l.conns, c.fd)
	for _, room := range c.rooms {
		l.rooms[room] = slices.DeleteFunc(l.rooms[room], func(member *conn) bool { return member == c })
	}
	_ = unix.Close(c.fd)
}

// pingAll sends a heartbeat to everyone.
func (l *loop) pingAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		l.send(c, pingFrame)
	}
	l.flush()
}
