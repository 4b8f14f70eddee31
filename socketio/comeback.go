package socketio

import (
	"context"
	"encoding/json"
	"slices"
	"sync/atomic"
)

// identity is the recovery state of a socket.
type identity struct {
	pid       string
	recovered bool
	offset    string   // of the last event that the client has received
	rooms     []string // to rejoin
	entering  atomic.Bool
}

// Recovered reports whether the client has come back as the socket that it was, with its id, rooms and
// data (Options.Recovery).
func (s *Socket) Recovered() bool { return s.identity != nil && s.identity.recovered }

// identify assigns the socket a private id, or the identity of the socket that it was before.
func (s *Socket) identify() {
	if s.ns.log == nil {
		return
	}
	if s.client.speaks4() { // these clients cannot come back
		s.identity = &identity{}
		return
	}
	s.identity = &identity{pid: newID()}
	var auth struct{ PID, Offset string }
	if s.auth == "" || json.Unmarshal([]byte(s.auth), &auth) != nil || auth.PID == "" || auth.Offset == "" {
		return
	}
	k := s.ns.previous(s.Context(), auth.PID)
	if k == nil {
		return
	}
	if _, ok := s.ns.log.missed(auth.Offset, slices.Concat(k.rooms, []string{k.id})); !ok {
		return
	}
	s.id = k.id
	s.SetData(k.data)
	s.identity = &identity{pid: k.pid, recovered: true, offset: auth.Offset, rooms: k.rooms}
}

// skipsMiddleware reports whether an earlier admission of the socket suffices.
func (s *Socket) skipsMiddleware() bool {
	return s.Recovered() && s.ns.server.opts.Recovery.SkipMiddlewares
}

// open is the payload of the CONNECT packet that admits a client.
type open struct {
	ID  string `json:"sid"`
	PID string `json:"pid,omitempty"`
}

// enter confirms the connection to the client, adds the socket to the namespace, and sends the missed
// events. No event is delivered in the namespace meanwhile.
func (s *Socket) enter() {
	log := s.ns.log
	if log == nil {
		s.client.sendControl(typeConnect, s.ns.name, open{ID: s.id})
		s.ns.adapter.Add(s)
		return
	}
	log.delivering.Lock()
	defer log.delivering.Unlock()
	var missed []*Packet
	rooms := s.identity.rooms
	if s.identity.recovered {
		var ok bool
		if missed, ok = log.missed(s.identity.offset, slices.Concat(rooms, []string{s.id})); !ok {
			// Too many events were sent while middleware ran.
			s.identity = &identity{pid: newID()}
			rooms = nil
		}
	}
	s.identity.offset, s.identity.rooms = "", nil
	s.client.sendControl(typeConnect, s.ns.name, open{ID: s.id, PID: s.identity.pid})
	s.ns.adapter.Add(s)
	if len(rooms) > 0 {
		s.identity.entering.Store(true)
		s.ns.adapter.Join(s, rooms...)
		s.identity.entering.Store(false)
	}
	for _, p := range missed {
		_ = s.client.session.Send(p.messages...) // fails only if the connection has ended, which OnClose handles
	}
}

// previous takes a kept session out of its store.
func (n *Namespace) previous(ctx context.Context, pid string) *keptSession {
	store, ok := n.adapter.(SessionStore)
	if !ok {
		return n.server.recovery.takeSession(n, pid)
	}
	ctx, cancel := context.WithTimeout(ctx, n.server.opts.AckTimeout)
	defer cancel()
	session, err := store.RestoreSession(ctx, pid)
	if err != nil {
		n.server.opts.Logger.Error("socketio: cannot restore session", "namespace", n.name, "error", err)
	}
	if session == nil {
		return nil
	}
	k := &keptSession{ns: n, pid: session.PrivateID, id: session.ID, rooms: session.Rooms, data: session.Data}
	if decode := n.server.recovery.DecodeData; decode != nil {
		if k.data, err = decode(session.Data); err != nil {
			n.server.opts.Logger.Error("socketio: cannot decode session data", "namespace", n.name, "error", err)
			return nil
		}
	}
	return k
}

// sendKept sends a packet that is sent again if the client comes back without having received it.
func (s *Socket) sendKept(p *Packet) error {
	if !s.Connected() {
		return ErrDisconnected
	}
	s.ns.deliver(Selection{Rooms: []string{s.id}}, p)
	return nil
}

// deliver passes a packet to the adapter, numbered if it is to be kept.
func (n *Namespace) deliver(sel Selection, p *Packet) {
	if n.watched() {
		n.announce(p, n.adapter.Sockets(sel)...) // now, while no lock is held
		p.announced = true
	}
	if n.log == nil || p.volatile || sel.Local || n.alone {
		n.adapter.Broadcast(sel, p)
		return
	}
	n.log.send(p, func() { n.adapter.Broadcast(sel, p) })
}

// persist keeps the session of a socket that has left, and reports whether the session keeps its
// namespace alive.
func (s *Socket) persist(reason DisconnectReason, rooms []string, data any) (holds bool) {
	r := s.ns.server.recovery
	if s.ns.log == nil || !reason.recoverable() || s.client.speaks4() {
		return false
	}
	store, ok := s.ns.adapter.(SessionStore)
	if !ok {
		r.keepSession(&keptSession{ns: s.ns, pid: s.identity.pid, id: s.id, rooms: rooms, data: data})
		return true
	}
	raw, err := json.Marshal(data)
	if err != nil {
		s.ns.server.opts.Logger.Error("socketio: cannot encode session data", "namespace", s.ns.name, "error", err)
		return false
	}
	store.PersistSession(Session{ID: s.id, PrivateID: s.identity.pid, Rooms: rooms, Data: raw}, r.MaxDuration)
	return false
}

// recoverable reports whether a client that has left for this reason may come back.
func (r DisconnectReason) recoverable() bool {
	switch r {
	case ReasonClientDisconnect, ReasonServerDisconnect, ReasonParseError:
		return false
	default:
		return true
	}
}
