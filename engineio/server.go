package engineio

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// lingerTimeout is how long a polling session that the server has closed waits for the poll that tells
// the client.
const lingerTimeout = 3 * time.Second

// Server is an http.Handler that speaks version 4 of the Engine.IO protocol, and version 3 with
// Options.AllowEIO3.
type Server struct {
	opts      Options
	accept    func(*Session, *http.Request) Receiver
	deadlines *deadlines
	flushers  []*flusher
	poller    poller
	turn      atomic.Uint64 // distributes the sessions among the flushers
	crowds    crowds
	crowdLog  atomic.Int64 // when too many connections were last logged, in Unix nanoseconds

	mu       sync.RWMutex
	sessions map[string]*Session
	closed   bool
	empty    chan struct{}  // closed when the last session has gone after closed is set
	conns    sync.WaitGroup // WebSocket connections
}

// NewServer creates a server. It calls accept for each new session before anything is received. The
// request is valid only during the call. Messages sent from accept follow the handshake.
func NewServer(opts Options, accept func(*Session, *http.Request) Receiver) *Server {
	opts = opts.withDefaults()
	s := &Server{opts: opts, accept: accept, sessions: make(map[string]*Session), empty: make(chan struct{})}
	s.crowds.maxSessions, s.crowds.maxStrangers, s.crowds.maxGuests = opts.MaxSessions, opts.MaxStrangers, opts.MaxGuests
	s.deadlines = newDeadlines([deadlineKinds]time.Duration{
		pingDue:    opts.PingInterval,
		pongDue:    opts.PingTimeout,
		upgradeDue: opts.UpgradeTimeout,
		lingerDue:  lingerTimeout,
		closeDue:   closeTimeout,
		beatDue:    opts.PingInterval + opts.PingTimeout,
	})
	s.flushers = make([]*flusher, runtime.GOMAXPROCS(0))
	for i := range s.flushers {
		s.flushers[i] = newFlusher()
	}
	return s
}

// ServeHTTP answers polls and posts, and takes over WebSocket connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.URL.Path+"/", strings.TrimSuffix(s.opts.Path, "/")+"/") {
		http.NotFound(w, r)
		return
	}
	trust := s.trustOf(r)
	switch trust {
	case refused:
		if s.opts.OnForeignOrigin != nil {
			s.opts.OnForeignOrigin(r)
		}
		s.reject(w, r, errForbidden, map[string]any{"name": "FOREIGN_ORIGIN", "origin": r.Header.Get("Origin")})
		return
	case anonymous:
		r = withoutCredentials(r)
	case trusted:
	}
	s.setCORS(w.Header(), r, trust)
	query := r.URL.Query()
	if s.opts.OnHeaders != nil {
		s.opts.OnHeaders(w.Header(), r, query.Get("sid") == "")
	}
	if r.Method == http.MethodOptions {
		s.servePreflight(w, r)
		return
	}
	transport, id, version := query.Get("transport"), query.Get("sid"), s.version(query)
	upgrade := isUpgrade(r)
	switch {
	case !slices.Contains(s.opts.Transports, transport):
		s.reject(w, r, errUnknownTransport, map[string]any{"transport": transport})
	case version == 0:
		s.reject(w, r, errUnknownVersion, map[string]any{"protocol": query.Get("EIO")})
	case upgrade != (transport == WebSocket):
		s.reject(w, r, errBadRequest, map[string]any{"name": "TRANSPORT_HANDSHAKE_ERROR"})
	case id == "" && r.Method != http.MethodGet:
		s.reject(w, r, errHandshakeMethod, map[string]any{"method": r.Method})
	case id == "" && !s.permit(w, r): // and the request has been answered
	case id == "":
		s.serveHandshake(w, r, version)
	default:
		s.serveSession(w, r, id, version)
	}
}

func isUpgrade(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// serveSession answers a request that names a session.
func (s *Server) serveSession(w http.ResponseWriter, r *http.Request, id string, version int) {
	s.mu.RLock()
	session := s.sessions[id]
	s.mu.RUnlock()
	switch {
	case session == nil && r.Method == http.MethodPost && s.stopping():
		// Clients handle this correctly, as a lost connection. After a refusal, python-engineio before
		// 4.4 would consider itself connected.
		panic(http.ErrAbortHandler)
	case session == nil:
		s.reject(w, r, errUnknownSession, map[string]any{"sid": id})
	case session.Protocol() != version:
		s.reject(w, r, errBadRequest, map[string]any{"name": "PROTOCOL_MISMATCH", "protocol": version})
	case isUpgrade(r):
		s.serveUpgrade(w, r, session)
	case session.Transport() != Polling:
		s.reject(w, r, errBadRequest, map[string]any{
			"name": "TRANSPORT_MISMATCH", "transport": Polling, "previousTransport": WebSocket,
		})
	case r.Method == http.MethodGet:
		session.servePoll(w, r)
	case r.Method == http.MethodPost:
		session.servePost(w, r)
	default:
		s.refuse(w, r, errBadRequest)
	}
}

// handshake is the payload of an open packet (protocol, "Handshake").
type handshake struct {
	SID          string   `json:"sid"`
	Upgrades     []string `json:"upgrades"`
	PingInterval int64    `json:"pingInterval"` // in milliseconds
	PingTimeout  int64    `json:"pingTimeout"`  // in milliseconds
	MaxPayload   int64    `json:"maxPayload"`   // in bytes
}

// serveHandshake opens a session over either transport.
func (s *Server) serveHandshake(w http.ResponseWriter, r *http.Request, version int) {
	id, err := s.newSessionID(r)
	if err != nil {
		s.reject(w, r, errBadRequest, map[string]any{"name": "ID_GENERATION_ERROR", "error": err})
		return
	}
	address := s.opts.ClientAddress(r)
	if !s.crowds.enter(address) {
		s.refuseCrowd(w, r, address)
		return
	}
	session := s.newSession(id)
	session.address = address
	if version == 3 {
		session.version3, session.base64 = true, wantsBase64(r.URL.Query())
	}
	h := handshake{
		SID: session.id, Upgrades: []string{}, MaxPayload: s.opts.MaxPayload,
		PingInterval: s.opts.PingInterval.Milliseconds(), PingTimeout: s.opts.PingTimeout.Milliseconds(),
	}
	websocket := isUpgrade(r)
	if !websocket && s.upgradable() {
		h.Upgrades = append(h.Upgrades, WebSocket)
	}
	open, _ := json.Marshal(h) // encoding strings and numbers cannot fail
	session.queue.push(newTextPacket(typeOpen, open))
	if s.opts.InitialPacket != nil {
		session.queue.push(s.opts.InitialPacket)
	}
	if websocket {
		s.openWebSocket(w, r, session)
		return
	}
	s.setCookie(w, id)
	session.receiver = s.accept(session, r)
	if !s.remember(session) {
		session.end(ReasonServerShutdown, 0)
		s.refuse(w, r, errShuttingDown)
		return
	}
	session.open()
	session.tellOpen()
	session.mu.Lock()
	session.answerPoll(w, r)
}

func (s *Server) upgradable() bool {
	return !s.opts.DisableUpgrade && slices.Contains(s.opts.Transports, WebSocket)
}

// openWebSocket opens a session on a WebSocket connection.
func (s *Server) openWebSocket(w http.ResponseWriter, r *http.Request, session *Session) {
	if !s.addConn() {
		session.depart()
		s.refuse(w, r, errShuttingDown)
		return
	}
	session.receiver = s.accept(session, r)
	conn, early, err := s.acceptWebSocket(w, r)
	if err != nil {
		session.end(ReasonTransportError, 0)
		s.conns.Done()
		return
	}
	conn.session = session
	session.deflate.Store(conn.deflates())
	session.mu.Lock()
	session.conn = conn
	session.onWire.Store(true)
	session.wake()
	session.mu.Unlock()
	if !s.remember(session) {
		session.Drop(ReasonServerShutdown)
	}
	session.open()
	session.tellOpen()
	conn.wire.start(early)
}

// serveUpgrade starts moving a session to WebSocket. Like the official server, it closes an unusable
// connection only after the WebSocket handshake.
func (s *Server) serveUpgrade(w http.ResponseWriter, r *http.Request, session *Session) {
	if !s.upgradable() {
		s.refuse(w, r, errBadRequest)
		return
	}
	if !s.addConn() {
		s.refuse(w, r, errShuttingDown)
		return
	}
	session.expectUpgrade(1)
	conn, early, err := s.acceptWebSocket(w, r)
	if err != nil {
		session.expectUpgrade(-1)
		s.conns.Done()
		return
	}
	begun := session.beginUpgrade(conn)
	session.expectUpgrade(-1)
	if !begun {
		conn.refuse(session)
		return
	}
	conn.wire.start(early)
}

func (s *Server) newSession(id string) *Session {
	turn := s.turn.Add(1)
	session := &Session{
		id:      id,
		server:  s,
		flusher: s.flushers[turn%uint64(len(s.flushers))],
	}
	session.maxPayload.Store(s.opts.MaxHandshake)
	return session
}

// randomID creates an id that cannot be guessed.
func randomID() string {
	var b [15]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// remember adds a session to the table, unless the server is stopping or the application has returned
// the same id twice.
func (s *Server) remember(session *Session) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.sessions[session.id] != nil {
		return false
	}
	s.sessions[session.id] = session
	return true
}

// stopping reports whether Shutdown has been called.
func (s *Server) stopping() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.closed
}

// addConn counts a WebSocket connection, unless the server is stopping.
func (s *Server) addConn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns.Add(1)
	return true
}

// forget removes a session from the table. The session stays counted while it has a connection.
func (s *Server) forget(session *Session) {
	if !session.onWire.Load() {
		session.depart()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sessions[session.id] != session {
		return
	}
	delete(s.sessions, session.id)
	if s.closed && len(s.sessions) == 0 {
		close(s.empty)
	}
}

// Count returns the number of open sessions.
func (s *Server) Count() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.sessions)
}

// Shutdown refuses new sessions, drops the open ones (Session.Drop) with ReasonServerShutdown, and
// waits until the clients have received what was queued and their WebSocket connections have ended.
// Clients that take longer than Options.FarewellTimeout are disconnected and notice at their next
// request. If the context ends first, all clients are disconnected and its error is returned.
//
// The http.Server must keep serving and accepting connections meanwhile, because a polling client may
// fetch the last packet over a new connection. Call the http.Server's own Shutdown afterwards. A second
// call does nothing.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	sessions := make([]*Session, 0, len(s.sessions))
	for _, session := range s.sessions {
		sessions = append(sessions, session)
	}
	if len(sessions) == 0 {
		close(s.empty)
	}
	s.mu.Unlock()
	for _, session := range sessions {
		session.Drop(ReasonServerShutdown)
		if session.ended() {
			s.forget(session)
		}
	}
	defer s.deadlines.stop()
	done := make(chan struct{})
	go func() {
		s.conns.Wait()
		<-s.empty
		close(done)
	}()
	farewell := time.NewTimer(s.opts.FarewellTimeout)
	defer farewell.Stop()
	var err error
	select {
	case <-done:
		return nil
	case <-farewell.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	for _, session := range sessions {
		session.abort()
		s.forget(session)
	}
	<-done
	return err
}
