package engineio

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

// closeTimeout bounds the end of a WebSocket connection: the writing of what
// is queued, and the wait for the client's close frame.
const closeTimeout = 5 * time.Second

// readBuffers holds the buffers that connections read into.
var readBuffers = sync.Pool{New: func() any {
	b := make([]byte, 16<<10)
	return &b
}}

// wsConn is a WebSocket connection, detached from its HTTP handler.
type wsConn struct {
	conn    net.Conn
	raw     *rawConn // nil where there is none
	session *Session
	decoder frameDecoder
}

// acceptWebSocket takes a connection over. Bytes that the client has sent
// behind its request are returned.
func (s *Server) acceptWebSocket(w http.ResponseWriter, r *http.Request) (*wsConn, []byte, error) {
	upgrader := ws.HTTPUpgrader{Timeout: closeTimeout}
	conn, rw, _, err := upgrader.Upgrade(r, w)
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, nil, err
	}
	early := make([]byte, rw.Reader.Buffered())
	if _, err := io.ReadFull(rw.Reader, early); err != nil {
		conn.Close()
		return nil, nil, err
	}
	c := &wsConn{conn: conn, raw: newRawConn(conn)}
	c.decoder.limit = s.opts.MaxPayload
	return c, early, nil
}

// serve reads until the connection ends. The session is set.
func (c *wsConn) serve(early []byte) {
	var err error
	if len(early) > 0 {
		err = c.feed(early)
	}
	switch {
	case err != nil:
		c.end(err)
	case c.raw != nil:
		go c.await()
	default:
		c.end(c.read())
	}
}

// await reads what arrives next, and leaves the waiting for more to a new
// goroutine: its stack is small, while this one's has grown with what the
// receiver does, and would stay so for as long as the client is idle.
func (c *wsConn) await() {
	for {
		buf, n, err := c.raw.read()
		if err == nil {
			err = c.feed((*buf)[:n])
		}
		drained := buf != nil && n < len(*buf)
		if buf != nil {
			readBuffers.Put(buf)
		}
		if err != nil {
			c.end(err)
			return
		}
		if drained {
			go c.await()
			return
		}
	}
}

// read reads with a buffer of its own.
func (c *wsConn) read() error {
	buf := make([]byte, 4<<10)
	for {
		n, err := c.conn.Read(buf)
		if n > 0 {
			if err := c.feed(buf[:n]); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
}

// end takes the end of reading, and what is left of the connection.
func (c *wsConn) end(err error) {
	defer c.session.server.conns.Done()
	defer c.conn.Close()
	c.session.onConnEnd(c, err)
	// What follows the end is of no interest, but a connection that is closed
	// with unread data is reset, and the client may miss the close frame.
	if !isNetworkEnd(err) {
		c.limitClosing()
		_, _ = io.Copy(io.Discard, c.conn)
	}
}

func (c *wsConn) feed(piece []byte) error { return c.decoder.feed(piece, c) }

// onData takes a message (frameSink).
func (c *wsConn) onData(data []byte, binary bool) error {
	p := packet{typ: typeMessage, binary: binary, data: data}
	if !binary {
		var err error
		if p, err = parseText(data); err != nil {
			return err
		}
	}
	return c.session.onConnPacket(c, p)
}

// onControl takes a control frame (frameSink).
func (c *wsConn) onControl(op ws.OpCode, data []byte) error {
	switch op {
	case ws.OpPing:
		c.session.sendOn(c, newMessage(ws.NewPongFrame(data), false))
	case ws.OpClose:
		if err := checkClose(data); err != nil {
			return err
		}
		return errCloseFrame
	}
	return nil
}

// limitClosing bounds what is left of a connection that is being closed.
// Failure means that it has ended already.
func (c *wsConn) limitClosing() {
	_ = c.conn.SetDeadline(time.Now().Add(closeTimeout))
}

// writeFirst writes to a connection that nothing else is written to yet, so
// that its buffer has room. Failure ends the reader.
func (c *wsConn) writeFirst(m *Message) {
	if _, err := c.conn.Write(m.frame); err != nil {
		c.abort()
	}
}

// finish ends the writing side after the last frame; the reader goes on until
// the client has answered.
func (c *wsConn) finish() {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite() // the reader sees what fails
	}
}

// abort cuts the connection; its reader ends.
func (c *wsConn) abort() { c.conn.Close() }

// newCloseFrame makes the last frame of a connection.
func newCloseFrame(code ws.StatusCode) *Message {
	return newMessage(ws.NewCloseFrame(ws.NewCloseFrameBody(code, "")), false)
}

// isNetworkEnd says whether a read failed because the connection ended.
func isNetworkEnd(err error) bool {
	var op *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &op) || isErrno(err)
}

// sendOn queues a frame if the connection is the session's transport, where
// the queue's bounds hold for it. A connection that is only being probed has
// no use for control frames.
func (s *Session) sendOn(c *wsConn, m *Message) {
	s.mu.Lock()
	current := s.conn == c
	s.mu.Unlock()
	if current {
		_ = s.Send(m) // a closed session answers nothing
	}
}

// onConnPacket takes a packet from a WebSocket connection.
func (s *Session) onConnPacket(c *wsConn, p packet) error {
	s.mu.Lock()
	current := s.conn == c
	open := s.state == stateOpen
	s.mu.Unlock()
	if !current {
		return s.onProbePacket(c, p)
	}
	if !open {
		return nil // until the client has answered the close frame
	}
	return s.onPacket(p)
}

// onConnEnd takes the end of a WebSocket connection, with what ended it.
func (s *Session) onConnEnd(c *wsConn, err error) {
	s.mu.Lock()
	current := s.conn == c
	s.mu.Unlock()
	if !current {
		s.onProbeEnd(c)
		return
	}
	var broken *frameError
	switch {
	case errors.As(err, &broken):
		s.end(ReasonTransportError, newCloseFrame(broken.code))
	case errors.Is(err, errCloseFrame):
		s.end(ReasonTransportClose, newCloseFrame(ws.StatusNormalClosure))
	case isNetworkEnd(err):
		s.end(ReasonTransportClose, nil)
	default:
		s.end(ReasonParseError, newCloseFrame(ws.StatusNormalClosure))
	}
}
