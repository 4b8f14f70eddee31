package socketio

import (
	"errors"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partychat/engineio"
)

// client is an Engine.IO session and the sockets on it.
type client struct {
	connection
	server  *Server
	session *engineio.Session

	partial *partial // a packet that waits for attachments; only the receiver uses it
	spoken  bool     // a packet other than CONNECT has arrived; only the receiver uses it

	limit atomic.Int64 // largest packet with its attachments, in bytes; zero: Options.MaxPacket
	large bool         // the handshake was too large to keep

	mu      sync.Mutex
	sockets []*Socket // connecting and connected; within a namespace, a socket precedes its replacement

	admissions []*admission
	gone       []string    // namespaces that the server has removed it from
	timer      *time.Timer // runs while it is in no namespace
	due        *time.Timer // runs while attachments are awaited
	oversize   *time.Timer // runs while it should end the connection after a refused POST
	spared     bool        // the connect timer expired while it was queued
	closed     bool
}

// partial is a packet whose attachments have not all arrived.
type partial struct {
	packet
	got  [][]byte
	size int64 // bytes received so far
}

// accept handles a new Engine.IO session.
func (s *Server) accept(session *engineio.Session, r *http.Request) engineio.Receiver {
	s.crew.Hold()
	c := &client{server: s, session: session}
	var ok bool
	c.connection, ok = newConnection(r, &s.opts)
	c.large = !ok
	c.timer = time.AfterFunc(s.opts.ConnectTimeout, c.connectTimedOut)
	return c
}

// connectTimedOut closes a client that has not joined a namespace. A client that is waiting in the
// queue of Options.MaxConnecting is spared once: if it is refused later, forget restarts the timer.
func (c *client) connectTimedOut() {
	c.mu.Lock()
	joined := slices.ContainsFunc(c.sockets, (*Socket).Connected)
	spared := len(c.sockets) > 0 && !c.spared
	if spared {
		c.spared, c.timer = true, nil
	}
	c.mu.Unlock()
	if !joined && !spared {
		c.session.Close(engineio.ReasonForcedClose)
	}
}

// OnMessage decodes packets (engineio.Receiver).
func (c *client) OnMessage(data []byte, binary bool) {
	if err := c.receive(data, binary); err != nil {
		c.dropPartial()
		c.server.opts.Logger.Debug("socketio: invalid packet", "error", err)
		reason := ReasonParseError
		if errors.Is(err, errState) {
			reason = ReasonForcedServerClose
		}
		c.disconnectAll(reason)
	}
}

// errState refuses a packet that is out of sequence.
var errState = errors.New("socketio: packet out of sequence")

func (c *client) receive(data []byte, binary bool) error {
	if c.server.opts.Parser != nil {
		return c.receiveParsed(data, binary)
	}
	if binary {
		if c.partial == nil {
			return errAttachments
		}
		if c.partial.size += int64(len(data)); c.partial.size > c.maxPacket() {
			return errAttachments
		}
		c.partial.got = append(c.partial.got, data)
		if len(c.partial.got) < c.partial.attachments {
			return nil
		}
		p := c.partial
		c.dropPartial()
		return c.dispatch(p.packet, p.got)
	}
	if c.partial != nil {
		return errAttachments
	}
	p, err := c.parse(data)
	if err != nil {
		return err
	}
	if p.attachments > c.server.opts.MaxAttachments {
		return errAttachments
	}
	if err := checkDepth(p.payload, c.server.opts.MaxDepth); err != nil {
		return err
	}
	if p.attachments > 0 {
		// Hold nothing for a socket that has not been admitted yet.
		if s := c.socket(p.nsp); s == nil && !c.hasLeft(p.nsp) || s != nil && s.is(stateConnecting) {
			return errState
		}
		c.partial = &partial{packet: p, size: int64(len(data))}
		c.awaitAttachments()
		return nil
	}
	return c.dispatch(p, nil)
}

// maxPacket returns the largest allowed packet with its attachments, in bytes.
func (c *client) maxPacket() int64 {
	if limit := c.limit.Load(); limit > 0 {
		return limit
	}
	return c.server.opts.MaxPacket
}

// dropPartial stops waiting for attachments.
func (c *client) dropPartial() {
	if c.partial == nil {
		return
	}
	c.partial = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.due != nil {
		c.due.Stop()
		c.due = nil
	}
}

// awaitAttachments starts waiting for attachments.
func (c *client) awaitAttachments() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closed {
		c.due = time.AfterFunc(c.server.opts.AttachmentTimeout, c.attachmentsTimedOut)
	}
}

// attachmentsTimedOut closes a connection whose attachments have not arrived.
func (c *client) attachmentsTimedOut() {
	c.server.opts.Logger.Debug("socketio: attachments timed out")
	c.disconnectAll(ReasonParseError)
}

// dispatch passes a complete packet to its socket.
func (c *client) dispatch(p packet, attachments [][]byte) error {
	if p.typ == typeConnect {
		return c.connect(p)
	}
	if p.typ == typeDisconnect && len(p.payload) == 0 && c.leave(p.nsp) {
		return nil // also during admission, where the official server closes the connection
	}
	s := c.socket(p.nsp)
	if s == nil && c.hasLeft(p.nsp) {
		return nil // sent before the client knew that it was removed
	}
	if s == nil || s.is(stateConnecting) {
		return errState
	}
	if !c.spoken {
		c.spoken = true
		s.push(c.releaseHeader) // after OnConnect has returned, which may read the headers
	}
	switch p.typ {
	case typeEvent, typeBinaryEvent:
		name, args, err := p.event(attachments)
		if err != nil {
			return err
		}
		size := int64(len(p.payload)) + p.size
		for _, a := range attachments {
			size += int64(len(a))
		}
		e := &Event{Name: name, Args: args, socket: s, ackID: p.id, wants: p.hasID, size: size}
		if !s.pushEvent(e) {
			if e.socket = c.socket(p.nsp); e.socket != nil { // the socket has been replaced meanwhile
				e.socket.pushEvent(e)
			}
		}
	case typeAck, typeBinaryAck:
		if !p.hasID {
			return errAckID
		}
		args, err := p.acknowledgement(attachments)
		if err != nil {
			return err
		}
		s.onAck(p.id, args)
	case typeDisconnect:
		return errPayload
	case typeConnectError:
		return errState
	case typeConnect: // handled above
	}
	return nil
}

// OnClose ends all sockets (engineio.Receiver).
func (c *client) OnClose(reason engineio.CloseReason) {
	c.end(DisconnectReason(reason))
	c.server.crew.Release()
}

// disconnectAll ends all sockets and the connection.
func (c *client) disconnectAll(reason DisconnectReason) {
	c.end(reason)
	c.session.Close(engineio.ReasonForcedClose)
}

func (c *client) end(reason DisconnectReason) {
	c.mu.Lock()
	c.closed = true
	sockets := slices.Clone(c.sockets)
	for _, t := range []*time.Timer{c.timer, c.due, c.oversize} {
		if t != nil {
			t.Stop()
		}
	}
	c.mu.Unlock()
	for _, s := range sockets {
		s.close(reason)
	}
}

// socket returns the client's socket in a namespace, connected or connecting.
func (c *client) socket(nsp string) *Socket {
	for i := 0; ; i++ {
		s := c.nth(nsp, i)
		if s == nil || !s.is(stateClosed) {
			return s
		}
	}
}

// nth returns one of the client's sockets in a namespace.
func (c *client) nth(nsp string, i int) *Socket {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sockets {
		if s.ns.name != nsp {
			continue
		}
		if i--; i < 0 {
			return s
		}
	}
	return nil
}

func (c *client) forget(s *Socket) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.sockets, s); i >= 0 {
		c.sockets = slices.Delete(c.sockets, i, i+1)
	}
	if len(c.sockets) == 0 && c.timer == nil && !c.closed {
		c.timer = time.AfterFunc(c.server.opts.ConnectTimeout, c.connectTimedOut)
	}
}

// disconnect removes the client from all namespaces and closes the connection.
func (c *client) disconnect() {
	c.mu.Lock()
	sockets := slices.Clone(c.sockets)
	c.mu.Unlock()
	for _, s := range sockets {
		s.Disconnect(false)
	}
	c.session.Close(engineio.ReasonForcedClose)
}

// releaseHeader frees the headers once no other namespace can need them. A client that has sent an
// event knows that it has joined "/", so it will not connect to it again.
func (c *client) releaseHeader() {
	if c.server.onlyDefault() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.header = nil
	}
}

// left records that the server has removed the client from a namespace, because packets for it may
// still be on their way.
func (c *client) left(nsp string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gone = append(c.gone, nsp)
	if surplus := len(c.gone) - c.server.opts.MaxNamespaces; surplus > 0 {
		c.gone = slices.Delete(c.gone, 0, surplus)
	}
}

// stayed undoes left for a socket that had not joined, to which the client may not send packets.
func (c *client) stayed(nsp string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.Index(c.gone, nsp); i >= 0 {
		c.gone = slices.Delete(c.gone, i, i+1)
	}
}

func (c *client) hasLeft(nsp string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.gone, nsp)
}

// sendControl sends a packet that is not an event. A failure means that the connection has ended;
// OnClose handles that.
func (c *client) sendControl(t packetType, nsp string, payload any) {
	if c.speaks4() {
		payload = payload4(payload)
	}
	m, err := c.server.encodeControl(t, nsp, payload)
	if err != nil {
		c.server.opts.Logger.Error("socketio: control packet not sent", "namespace", nsp, "error", err)
		return
	}
	_ = c.session.Send(m)
}
