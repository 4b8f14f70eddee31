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

// Receiver takes what one session receives.
type Receiver interface {
	// OnMessage is called with the messages in order of arrival, one at a
	// time. The data is the receiver's to keep. While it blocks nothing more
	// is read from this client, which then is not held to the heartbeat.
	OnMessage(data []byte, binary bool)
	// OnClose is called once, when the session has ended. It may run beside
	// a last OnMessage, and inside of Session.Close.
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

// Session is one client's connection, over whatever transport. Its methods
// may be called from any goroutine.
type Session struct {
	// Locks are taken in this order: receiving, mu, then the lock of the
	// flusher, of the deadlines or of the server's table.

	id       string
	server   *Server
	receiver Receiver
	flusher  *flusher

	address    netip.Addr    // of the client
	standing   atomic.Uint32 // what it counts as for its address
	maxPayload atomic.Int64  // of what the client sends, in bytes
	onWire     atomic.Bool   // it has, or has had, a WebSocket connection

	receiving sync.Mutex  // held while the receiver has a message
	busy      atomic.Bool // says so to the heartbeat
	deflate   atomic.Bool // the connection's messages may be compressed
	version3  bool        // the client speaks version 3 of the protocol; set once, as base64
	base64    bool        // polls of version 3 must not be answered with binary

	mu           sync.Mutex
	state        sessionState
	awaitingPong bool
	postponed    bool          // the pong's deadline has been moved
	dirty        bool          // in the flusher's next round
	writing      bool          // the connection has not taken all that was written
	posting      bool          // a POST is being read
	closeCode    ws.StatusCode // what ends the connection of an upgrade
	corks        int           // nothing is sent while there are any
	queue        queue
	eased        chan struct{} // closed when the queue has shrunk, or the session ends; nil if nobody waits
	beat         deadline
	conn         *wsConn       // nil while the transport is polling
	probe        *probe        // an upgrade on its way
	farewell     *Message      // what ends the last poll
	refusal      *refusal      // or what it is refused with
	poll         chan struct{} // a poll that is pending; receives one wake-up
	upgrades     int           // upgrade requests that are being answered
	crossing     bool          // the pending poll came during an upgrade
}

// ID is the session's id, a secret between the server and this client.
func (s *Session) ID() string { return s.id }

// Transport names the transport in use, Polling or WebSocket.
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

// Send queues messages, in one piece. It never waits for the client. The
// error is ErrClosed, also when this very message is too much for the queue.
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
		// The sender may hold locks that the receiver needs to close.
		go s.end(ReasonSlowConsumer, 0)
		return ErrClosed
	}
	s.wake()
	s.mu.Unlock()
	s.server.opts.Traffic.send(msgs)
	return nil
}

// compress compresses messages, here because the flusher must not take long.
func (s *Session) compress(msgs []*Message) {
	if !s.deflate.Load() {
		return
	}
	for _, m := range msgs {
		m.deflate(s.server.opts.CompressFrom)
	}
}

// SendVolatile queues messages if the client is ready to take them: if a poll
// waits for an answer, or the connection keeps up with what is written. It
// says whether it did.
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

// Close ends the session: what has been queued is still sent, then the client
// is told. The reason is for the receiver: any of this package's, or the
// application's own. Closing a session that has ended does nothing. For clients that
// should come back, see Drop.
func (s *Session) Close(reason CloseReason) {
	code := ws.StatusNormalClosure
	if reason == ReasonServerShutdown {
		code = ws.StatusGoingAway
	}
	s.end(reason, code)
}

// noCloseFrame ends a connection without a close frame: RFC 6455 reserves the code
// for that.
const noCloseFrame = ws.StatusAbnormalClosure

// Drop ends the session as the loss of its connection would, when what has been
// queued is sent: a poll is refused, and a WebSocket connection ends without a close
// frame. So all clients notice and come back by themselves. After Close some do not:
// python-engineio does not come back from a close packet, and engine.io-client-java
// takes no note of a close frame until a heartbeat is overdue.
func (s *Session) Drop(reason CloseReason) { s.end(reason, noCloseFrame) }

// Gather sends what is queued while f runs when f has returned, in one piece.
// It must not wait for the client.
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

// wake gets the queue sent. The lock is held.
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
		default: // it has been woken already
		}
	}
}

// end closes the session once. A close frame with the code says so to a
// WebSocket client; without a code the connection is cut.
func (s *Session) end(reason CloseReason, code ws.StatusCode) {
	s.mu.Lock()
	s.endLocked(reason, code)
}

// endLocked is end for who holds the lock, and releases it.
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
	linger, told := false, reason == ReasonTransportClose // by the client, which therefore knows
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
			s.farewell = noopMessage // to the poll that was sent beside the close packet
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
		probe = nil // the client may have stopped to poll, and is told there
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

// drop sees to it that a polling client takes its connection for lost, and says
// whether it is still to be heard from. The lock is held.
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

// onPacket takes a packet from the current transport.
func (s *Session) onPacket(p packet) error {
	switch p.typ {
	case typeMessage:
		s.onMessage(p)
	case typePing, typePong:
		return s.onHeartbeat(p.typ)
	case typeClose:
		s.end(ReasonTransportClose, ws.StatusNormalClosure)
	case typeUpgrade, typeNoop:
		// Late in an upgrade, and without meaning.
		s.mu.Lock()
		s.postpone()
		s.mu.Unlock()
	default:
		return errPacketHandler
	}
	return nil
}

// onMessage gives a message to the receiver.
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

// ended says whether the client has closed the session, which waits only for a
// poll that the client may have sent before.
func (s *Session) ended() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state != stateOpen && s.farewell == noopMessage && s.poll == nil
}

// abort cuts a session's connection, whatever is still to be sent.
func (s *Session) abort() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != nil {
		s.conn.wire.abort()
	}
	s.cutProbe()
}

// cutProbe gives an upgrade up. The lock is held.
func (s *Session) cutProbe() {
	if s.probe != nil {
		s.server.deadlines.clear(&s.probe.deadline)
		s.probe.conn.wire.abort()
		s.probe = nil
	}
}
