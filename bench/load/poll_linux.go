package load

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gobwas/ws"
	"golang.org/x/sys/unix"
)

// poll waits for up to d and handles what has arrived. It answers heartbeats
// itself, and calls onPacket for Socket.IO packets and onTimer for the timer.
func (c *Crowd) poll(d time.Duration, onPacket func(index int, packet []byte) error, onTimer func() error) error {
	// Round up, because a timeout of 0 would spend the last millisecond in a busy
	// loop.
	n, err := unix.EpollWait(c.epoll, c.events, int((d+time.Millisecond-1)/time.Millisecond))
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	if err != nil {
		return err
	}
	for i := range c.events[:n] {
		if err := c.handle(&c.events[i], onPacket, onTimer); err != nil {
			return err
		}
	}
	return nil
}

func (c *Crowd) handle(event *unix.EpollEvent, onPacket func(int, []byte) error, onTimer func() error) error {
	if event.Fd == timerIndex {
		var expirations [8]byte
		if _, err := unix.Read(c.timer, expirations[:]); err != nil {
			return err
		}
		return onTimer()
	}
	index := int(event.Fd)
	if event.Events&unix.EPOLLOUT != 0 {
		if err := c.resume(index); err != nil {
			return err
		}
	}
	if event.Events&^unix.EPOLLOUT == 0 {
		return nil
	}
	return c.read(index, onPacket)
}

// read reads once. If there is more data, the next poll reports it.
func (c *Crowd) read(index int, onPacket func(int, []byte) error) error {
	cl := &c.clients[index]
	kept := copy(c.buf, cl.rest)
	n, err := unix.Read(cl.fd, c.buf[kept:])
	switch {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		return nil
	case err != nil:
		return fmt.Errorf("load: read from connection %d: %w", index, err)
	case n == 0:
		return fmt.Errorf("load: server ended connection %d: %w", index, io.EOF)
	}
	rest := c.buf[:kept+n]
	for {
		op, payload, after, ok, err := cutFrame(rest)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		rest = after
		if err := c.receive(index, op, payload, onPacket); err != nil {
			return err
		}
	}
	// Idle connections keep no buffer; a connection with an incomplete frame keeps
	// its own.
	if len(rest) > 0 || len(cl.rest) > 0 {
		cl.rest = append(cl.rest[:0], rest...)
	}
	return nil
}

// receive handles one frame (Engine.IO protocol, "Packet encoding").
func (c *Crowd) receive(index int, op ws.OpCode, payload []byte, onPacket func(int, []byte) error) error {
	switch {
	case op == ws.OpText && len(payload) > 0 && payload[0] == '4':
		return onPacket(index, payload[1:])
	case op == ws.OpText && len(payload) == 1 && payload[0] == '2':
		return c.write(index, []byte("3"))
	case op == ws.OpText && len(payload) == 1 && payload[0] == '6':
		return nil
	case op == ws.OpPing:
		return c.send(index, appendFrame(nil, ws.OpPong, payload))
	case op == ws.OpClose:
		return closeError(payload)
	}
	return fmt.Errorf("load: server sent %.100q with opcode %d", payload, op)
}

// send writes as much as the socket accepts, and keeps the rest for later.
func (c *Crowd) send(index int, data []byte) error {
	cl := &c.clients[index]
	if len(cl.out) > 0 {
		cl.out = append(cl.out, data...)
		return nil
	}
	n, err := unix.Write(cl.fd, data)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return fmt.Errorf("load: write to connection %d: %w", index, err)
	}
	if n = max(0, n); n == len(data) {
		return nil
	}
	cl.out = append(cl.out, data[n:]...)
	return c.control(unix.EPOLL_CTL_MOD, cl.fd, int32(index), unix.EPOLLIN|unix.EPOLLOUT)
}

// resume writes the bytes that send has kept.
func (c *Crowd) resume(index int) error {
	cl := &c.clients[index]
	n, err := unix.Write(cl.fd, cl.out)
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return fmt.Errorf("load: write to connection %d: %w", index, err)
	}
	cl.out = append(cl.out[:0], cl.out[max(0, n):]...)
	if len(cl.out) > 0 {
		return nil
	}
	return c.control(unix.EPOLL_CTL_MOD, cl.fd, int32(index), unix.EPOLLIN)
}
