package engineio

import (
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// ErrClosed is returned by Send when the session has ended.
var ErrClosed = errors.New("engineio: session closed")

// Receiver receives the messages of one session.
type Receiver interface {
	// OnMessage is called with the messages in order of arrival, one at a time. The receiver may keep
	// the data. While OnMessage blocks, nothing more is read from this client, and its heartbeat
	// deadline is suspended.
	OnMessage(data []byte, binary bool)
	// OnClose is called once, when the session has ended. It may run concurrently with a last
	// OnMessage, and inside Session.Close.
	OnClose(reason CloseReason)
}

type sessionState uint8

const (
	stateOpen sessionState = iota
	stateClosing
)

var (
	pingMessage  = newTextPacket(typePing, nil)
	closeMessage = newTextPacket(typeClose, nil)
	noopMessage  = newTextPacket(typeNoop, nil)
	probeReply   = newTextPacket(typePong, []byte("probe"))
)

// Session is one client's connection, over either transport. Its methods may be called from any
// goroutine.
type Session struct {
	// Lock order: receiving, mu, then the lock of the flusher, the deadlines or the server's table.

	id       string
	server   *Server
	receiver Receiver
	flusher  *flusher

	address    netip.Addr    // the client's address
	standing   atomic.Uint32 // the class in which it counts for its network
	maxPayload atomic.Int64  // largest message from the client, in bytes
	onWire     atomic.Bool   // whether it has, or has had, a WebSocket connection

	receiving sync.Mutex  // held while the receiver handles a message
	busy      atomic.Bool // the same, readable by the heartbeat
	deflate   atomic.Bool // messages on the connection may be compressed
	version3  bool        // the client speaks protocol version 3; set once, like base64
	base64    bool        // version 3: polls must not be answered with binary

	mu           sync.Mutex
	state        sessionState
	awaitingPong bool
	postponed    bool          // the pong's deadline has been moved
	dirty        bool          // in the flusher's next round
	writing      bool          // the connection has not accepted everything written
	posting      bool          // a POST is being read
	closeCode    ws.StatusCode // the status code that ends an upgrading connection
	corks        int           // nothing is sent while positive
	queue        queue
	eased        chan struct{} // closed when the queue has shrunk or the session ends; nil if nobody waits
	beat         deadline
	conn         *wsConn       // nil while the transport is polling
	probe        *probe        // an upgrade in progress
	farewell     *Message      // the packet that ends the last poll
	refusal      *refusal      // the refusal that ends it instead
	poll         chan struct{} // a pending poll; receives one wake-up
	upgrades     int           // upgrade requests being answered
	crossing     bool          // the pending poll arrived during an upgrade
}

// ID returns the session's id, a secret shared by the server and this client.
func (s *Session) ID() string { return s.id }

// Transport returns the transport in use, Polling or WebSocket.
func (s *Session) Transport() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.transport()
}

func (s *Session) transport() string {
	if s.conn != nil {
		return WebSocket
	}
	return Polling
}

// Send queues messages, contiguously. It never waits for the client. It returns ErrClosed if the
// session has ended, also if these messages overflow the queue.
func (s *Session) Send(msgs ...*Message) error {
	s.compress(msgs)
	s.mu.Lock()
	if s.state != stateOpen {
		s.mu.Unlock()
		return ErrClosed
	}
	for _, m := range msgs {
		s.queue.push(m)
	}
	if s.queue.bytes > s.server.opts.MaxQueueBytes || s.queue.packets > s.server.opts.MaxQueuePackets {
		s.queue.discard()
		s.mu.Unlock()
		// Asynchronously, because the caller may hold locks that the receiver's OnClose needs.
		go s.end(ReasonSlowConsumer, 0)
		return ErrClosed
	}
	s.wake()
	s.mu.Unlock()
	s.server.opts.Traffic.send(msgs)
	return nil
}

// compress compresses messages on the sender's goroutine, to keep the flusher fast.
func (s *Session) compress(msgs []*Message) {
	if !s.deflate.Load() {
		return
	}
	for _, m := range msgs {
		m.deflate(s.server.opts.CompressFrom)
	}
}

// SendVolatile queues messages if the client is ready for them: if a poll is pending, or the connection
// keeps up with writing. It reports whether it did.
func (s *Session) SendVolatile(msgs ...*Message) bool {
	s.compress(msgs)
	s.mu.Lock()
	defer s.mu.Unlock()
	ready := s.poll != nil && s.queue.packets == 0
	if s.conn != nil {
		ready = !s.writing || s.queue.bytes < s.conn.wire.slack()
	}
	if s.state != stateOpen || !ready {
		return false
	}
	for _, m := range msgs {
		s.queue.push(m)
	}
	s.wake()
	s.server.opts.Traffic.send(msgs)
	return true
}

// Close ends the session: queued messages are still sent, then the client is notified. The reason is
// passed to the receiver: any of this package's, or the application's own. Closing a session that has
// ended does nothing. Use Drop for clients that should reconnect.
func (s *Session) Close(reason CloseReason) {
	code := ws.StatusNormalClosure
	if reason == ReasonServerShutdown {
		code = ws.StatusGoingAway
	}
	s.end(reason, code)
}

// noCloseFrame ends a connection without a close frame; RFC 6455 reserves the code for this meaning.
const noCloseFrame = ws.StatusAbnormalClosure

// Drop sends what is queued and then ends the session as if its connection were lost: a poll is
// refused, and a WebSocket connection ends without a close frame. All clients notice this and reconnect
// by themselves. After Close some do not: python-engineio does not reconnect after a close packet, and
// engine.io-client-java ignores a close frame until a heartbeat is overdue.
func (s *Session) Drop(reason CloseReason) { s.end(reason, noCloseFrame) }

// Gather runs f and sends everything queued meanwhile in one piece. f must not wait for the client.
func (s *Session) Gather(f func()) {
	s.cork()
	defer s.uncork()
	f()
}

func (s *Session) cork() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.corks++
}

func (s *Session) uncork() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.corks--; s.queue.packets > 0 || s.state != stateOpen {
		s.wake()
	}
}

// wake starts sending the queue. The lock is held.
func (s *Session) wake() {
	switch {
	case s.corks > 0:
	case s.conn != nil:
		if !s.dirty && !s.writing {
			s.dirty = true
			s.flusher.add(s)
		}
	case s.poll != nil:
		select {
		case s.poll <- struct{}{}:
		default: // already woken
		}
	}
}

// end closes the session once. A WebSocket client receives a close frame with the code; code zero cuts
// the connection.
func (s *Session) end(reason CloseReason, code ws.StatusCode) {
	s.mu.Lock()
	s.endLocked(reason, code)
}

// endLocked is end for callers that hold the lock, which it releases.
func (s *Session) endLocked(reason CloseReason, code ws.StatusCode) {
	if s.state != stateOpen {
		s.mu.Unlock()
		return
	}
	s.state = stateClosing
	s.ease()
	d := s.server.deadlines
	d.clear(&s.beat)
	probe, conn := s.probe, s.conn
	linger, told := false, reason == ReasonTransportClose // the client closed it and therefore knows
	switch {
	case conn != nil && code != 0:
		if code != noCloseFrame {
			s.queue.push(newCloseFrame(code))
		}
		d.set(&s.beat, s, closeDue)
		s.wake()
	case conn == nil && (code == noCloseFrame || s.poll != nil && reason == ReasonPingTimeout):
		linger = s.drop(reason)
	case conn == nil && (s.poll != nil || told || reason == ReasonForcedClose || reason == ReasonServerShutdown):
		s.farewell, s.closeCode = closeMessage, max(code, ws.StatusNormalClosure)
		if told {
			s.farewell = noopMessage // for the poll sent at the same time as the close packet
			if s.poll == nil {
				s.queue.discard()
			}
		}
		if linger = s.poll == nil || s.queue.packets > 0; linger {
			d.set(&s.beat, s, lingerDue)
		}
		s.wakePoll()
	default:
		s.queue.discard()
	}
	if !linger {
		s.server.forget(s)
	}
	if probe != nil && linger && probe.answered && !told {
		probe = nil // the client may no longer poll; the new connection delivers the close
	} else {
		s.probe = nil
	}
	if probe != nil {
		d.clear(&probe.deadline)
	}
	s.mu.Unlock()

	if probe != nil {
		probe.conn.wire.abort()
	}
	if conn != nil && code == 0 {
		conn.wire.abort()
	}
	s.server.opts.Logger.Debug("engineio: session closed", "reason", string(reason))
	if s.receiver != nil {
		s.server.opts.Traffic.close(reason)
		s.receiver.OnClose(reason)
	}
}

// drop makes a polling client consider its connection lost, and reports whether another request of it
// is expected. The lock is held.
func (s *Session) drop(reason CloseReason) bool {
	s.refusal, s.closeCode = errUnknownSession, noCloseFrame
	if reason == ReasonServerShutdown {
		s.refusal = errShuttingDown
	}
	s.wakePoll()
	linger := s.queue.packets > 0 || s.poll == nil && s.probe != nil && s.probe.answered
	if linger {
		s.server.deadlines.set(&s.beat, s, lingerDue)
	}
	return linger
}

// onPacket handles a packet from the current transport.
func (s *Session) onPacket(p packet) error {
	switch p.typ {
	case typeMessage:
		s.onMessage(p)
	case typePing, typePong:
		return s.onHeartbeat(p.typ)
	case typeClose:
		s.end(ReasonTransportClose, ws.StatusNormalClosure)
	case typeUpgrade, typeNoop:
		// A late upgrade packet has no effect.
		s.mu.Lock()
		s.postpone()
		s.mu.Unlock()
	default:
		return errPacketHandler
	}
	return nil
}

// onMessage passes a message to the receiver.
func (s *Session) onMessage(p packet) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	s.mu.Lock()
	open := s.state == stateOpen
	s.postpone()
	s.mu.Unlock()
	if !open {
		return
	}
	s.server.opts.Traffic.receive(len(p.data))
	s.busy.Store(true)
	defer s.busy.Store(false)
	s.receiver.OnMessage(p.data, p.binary)
}

// ended reports whether the client has closed the session, which stays only for a poll that the client
// may have sent earlier.
func (s *Session) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state != stateOpen && s.farewell == noopMessage && s.poll == nil
}

// abort cuts a session's connection, dropping what is queued.
func (s *Session) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.wire.abort()
	}
	s.cutProbe()
}

// cutProbe abandons an upgrade. The lock is held.
func (s *Session) cutProbe() {
	if s.probe != nil {
		s.server.deadlines.clear(&s.probe.deadline)
		s.probe.conn.wire.abort()
		s.probe = nil
	}
}
