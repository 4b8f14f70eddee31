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

// closeTimeout bounds the end of a WebSocket connection: the writing of what
// is queued, and the wait for the client's close frame.
const closeTimeout = 5 * time.Second

// errEnd is the end of a connection without a close frame.
var errEnd = errors.New("engineio: websocket: connection ended")

// wsConn is a WebSocket connection, detached from its HTTP handler. Its wire
// calls received and ended, one after another, and caughtUp.
type wsConn struct {
	wire    wire
	session *Session
	server  *Server
	decoder *frameDecoder // nil between messages
	deaf    bool          // what arrives is of no interest any more
	form    form          // of what is sent and received
	begun   atomic.Int64  // when what is in the decoder began to arrive, in Unix nanoseconds; zero: nothing
}

// acceptWebSocket takes a connection over. Bytes that the client has sent
// behind its request are returned.
func (s *Server) acceptWebSocket(w http.ResponseWriter, r *http.Request) (*wsConn, []byte, error) {
	// What a handler around this one has set goes on this answer as on others.
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

// newConn puts a WebSocket connection on a wire, by readiness if that can be.
func (s *Server) newConn(conn net.Conn) *wsConn {
	c := &wsConn{server: s}
	if c.wire = s.poller.take(conn, c); c.wire == nil {
		c.wire = newStreamWire(conn, c)
	}
	return c
}

// deflates says whether messages may be compressed, both ways.
func (c *wsConn) deflates() bool { return c.form&formDeflated != 0 }

// decoders holds what takes streams apart; most messages arrive whole.
var decoders = sync.Pool{New: func() any { return new(frameDecoder) }}

// received takes the next piece of the stream.
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
		// It is read on, because a connection that is closed with unread data
		// is reset, and the client may miss the close frame.
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

// arrived notes that nothing of an earlier message is waited for.
func (c *wsConn) arrived() {
	if c.begun.Load() != 0 {
		c.begun.Store(0)
	}
}

// overdue says whether a message has taken too long to arrive.
func (c *wsConn) overdue() bool {
	begun := c.begun.Load()
	return begun != 0 && time.Since(time.Unix(0, begun)) > c.server.opts.BodyTimeout
}

// ended takes the end of the stream.
func (c *wsConn) ended() {
	if !c.deaf {
		c.session.onConnEnd(c, errEnd)
	}
	c.session.onWireEnd(c)
	c.server.conns.Done()
}

// caughtUp lets the session write again.
func (c *wsConn) caughtUp() { c.session.onCaughtUp(c) }

// refuse ends a connection that is of no use.
func (c *wsConn) refuse(s *Session) {
	c.session, c.deaf = s, true
	_ = c.wire.first(newCloseFrame(ws.StatusNormalClosure).frame) // it ends either way
	c.wire.start(nil)
	c.wire.abort()
}

// onData takes a message (frameSink).
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

// onControl takes a control frame (frameSink).
func (c *wsConn) onControl(op ws.OpCode, data []byte) error {
	switch op {
	case ws.OpPing:
		c.session.sendOn(c, newFrame(ws.OpPong, data))
	case ws.OpClose:
		if err := checkClose(data); err != nil {
			return err
		}
		return errCloseFrame
	default: // a pong that nobody has asked for
	}
	return nil
}

// newCloseFrame makes the last frame of a connection.
func newCloseFrame(code ws.StatusCode) *Message {
	return newFrame(ws.OpClose, ws.NewCloseFrameBody(code, ""))
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

// onCaughtUp goes on writing to a connection that takes more. It may come late:
// the flusher may have seen that the wire was no longer behind, and have written
// again, so that the wire is behind once more.
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
