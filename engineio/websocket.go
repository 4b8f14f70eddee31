package engineio

import (
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"
)

// closeTimeout limits the end of a WebSocket connection: writing what is queued and waiting for the
// client's close frame.
const closeTimeout = 5 * time.Second

// errEnd means that a connection ended without a close frame.
var errEnd = errors.New("engineio: websocket: connection ended")

// wsConn is a WebSocket connection, detached from its HTTP handler. Its wire calls received, ended and
// caughtUp; received and ended never overlap.
type wsConn struct {
	wire    wire
	session *Session
	server  *Server
	decoder *frameDecoder // nil between messages
	deaf    bool          // incoming data is ignored
	form    form          // the form of frames in both directions
	begun   atomic.Int64  // when the decoder's partial message began to arrive, in Unix nanoseconds; zero: none
}

// acceptWebSocket takes a connection over. It returns the bytes that the client has sent after its
// request.
func (s *Server) acceptWebSocket(w http.ResponseWriter, r *http.Request) (*wsConn, []byte, error) {
	// Headers set by an outer handler go into this response too.
	upgrader := ws.HTTPUpgrader{Timeout: closeTimeout, Header: w.Header()}
	var deflate negotiator
	if s.opts.CompressFrom > 0 {
		upgrader.Negotiate = deflate.negotiate
	}
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
	c := s.newConn(conn)
	if _, ok := deflate.Accepted(); ok {
		c.form = formDeflated
	}
	if s.opts.AllowEIO3 {
		c.form |= formOf(r.URL.Query())
	}
	return c, early, nil
}

// newConn creates the wire of a WebSocket connection, by readiness if possible.
func (s *Server) newConn(conn net.Conn) *wsConn {
	c := &wsConn{server: s}
	if c.wire = s.poller.take(conn, c); c.wire == nil {
		c.wire = newStreamWire(conn, c)
	}
	return c
}

// deflates reports whether messages may be compressed, in both directions.
func (c *wsConn) deflates() bool { return c.form&formDeflated != 0 }

// decoders pools frame decoders; most messages arrive whole and need one only briefly.
var decoders = sync.Pool{New: func() any { return new(frameDecoder) }}

// received handles the next piece of the stream.
func (c *wsConn) received(piece []byte) {
	if c.deaf {
		return
	}
	d := c.decoder
	if d == nil {
		d, _ = decoders.Get().(*frameDecoder)
		*d = frameDecoder{inflate: c.deflates()}
	}
	d.limit = c.session.maxPayload.Load()
	err := d.feed(piece, c)
	c.decoder = d
	switch {
	case err != nil:
		// Keep reading: closing a connection with unread data resets it, and the client may miss the
		// close frame.
		c.deaf, c.decoder = true, nil
		c.session.onConnEnd(c, err)
	case d.between():
		c.arrived()
		c.decoder = nil
		decoders.Put(d)
	case c.begun.Load() == 0:
		c.begun.Store(time.Now().UnixNano())
	}
}

// arrived records that no message is incomplete.
func (c *wsConn) arrived() {
	if c.begun.Load() != 0 {
		c.begun.Store(0)
	}
}

// overdue reports whether a message has taken too long to arrive.
func (c *wsConn) overdue() bool {
	begun := c.begun.Load()
	return begun != 0 && time.Since(time.Unix(0, begun)) > c.server.opts.BodyTimeout
}

// ended handles the end of the stream.
func (c *wsConn) ended() {
	if !c.deaf {
		c.session.onConnEnd(c, errEnd)
	}
	c.session.onWireEnd(c)
	c.server.conns.Done()
}

// caughtUp lets the session write again.
func (c *wsConn) caughtUp() { c.session.onCaughtUp(c) }

// refuse ends a connection that cannot be used.
func (c *wsConn) refuse(s *Session) {
	c.session, c.deaf = s, true
	_ = c.wire.first(newCloseFrame(ws.StatusNormalClosure).frame) // the connection ends either way
	c.wire.start(nil)
	c.wire.abort()
}

// onData implements frameSink.
func (c *wsConn) onData(data []byte, binary bool) error {
	c.arrived()
	p := packet{typ: typeMessage, binary: binary, data: data}
	var err error
	switch {
	case c.form&formVersion3 != 0:
		p, err = parse3(data, binary)
	case !binary:
		p, err = parseText(data)
	}
	if err != nil {
		return err
	}
	return c.session.onConnPacket(c, p)
}

// onControl implements frameSink.
func (c *wsConn) onControl(op ws.OpCode, data []byte) error {
	switch op {
	case ws.OpPing:
		c.session.sendOn(c, newFrame(ws.OpPong, data))
	case ws.OpClose:
		if err := checkClose(data); err != nil {
			return err
		}
		return errCloseFrame
	default: // an unsolicited pong
	}
	return nil
}

// newCloseFrame creates the last frame of a connection.
func newCloseFrame(code ws.StatusCode) *Message {
	return newFrame(ws.OpClose, ws.NewCloseFrameBody(code, ""))
}

// sendOn queues a frame if the connection is the session's transport; the queue's limits apply. A
// connection that is only being probed needs no control frames.
func (s *Session) sendOn(c *wsConn, m *Message) {
	s.mu.Lock()
	current := s.conn == c
	s.mu.Unlock()
	if current {
		_ = s.Send(m) // a closed session answers nothing
	}
}

// onConnPacket handles a packet from a WebSocket connection.
func (s *Session) onConnPacket(c *wsConn, p packet) error {
	s.mu.Lock()
	current := s.conn == c
	open := s.state == stateOpen
	s.mu.Unlock()
	if !current {
		return s.onProbePacket(c, p)
	}
	if !open {
		return nil // waiting for the client's close frame
	}
	return s.onPacket(p)
}

// onConnEnd handles the end of a WebSocket connection and its cause.
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
		s.end(ReasonTransportError, broken.code)
	case errors.Is(err, errCloseFrame):
		s.end(ReasonTransportClose, ws.StatusNormalClosure)
	case errors.Is(err, errEnd):
		s.end(ReasonTransportClose, 0)
	default:
		s.end(ReasonParseError, ws.StatusNormalClosure)
	}
}

// onWireEnd stops waiting for the end of the connection.
func (s *Session) onWireEnd(c *wsConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == c {
		s.server.deadlines.clear(&s.beat)
		s.queue.discard()
		s.depart()
	}
}

// onCaughtUp resumes writing to a connection that accepts more. The call may come late: the flusher may
// have noticed that the wire had caught up and have written again, so that the wire is behind once
// more.
func (s *Session) onCaughtUp(c *wsConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != c || !s.writing || c.wire.behind() {
		return
	}
	s.writing = false
	s.dirty = true
	s.flusher.add(s)
}
