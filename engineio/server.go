package engineio

import (
	"context"
	"errors"
	"net/http"
)

// ErrClosed is returned by Send when the session has ended.
var ErrClosed = errors.New("engineio: session closed")

// Receiver takes what one session receives.
type Receiver interface {
	// OnMessage is called with the messages in order of arrival, one at a
	// time. The data is the receiver's to keep. While it blocks nothing more
	// is read from this client, and its heartbeat is not held against it.
	OnMessage(data []byte, binary bool)
	// OnClose is called once, when the session has ended. It may run beside
	// a last OnMessage.
	OnClose(reason CloseReason)
}

// Server is an http.Handler that speaks the Engine.IO protocol, version 4.
type Server struct {
	opts   Options
	accept func(*Session, *http.Request) Receiver
}

// NewServer makes a server. For each new session accept is called, before
// anything is received; the request is only valid during the call.
func NewServer(opts Options, accept func(*Session, *http.Request) Receiver) *Server {
	return &Server{opts: opts.withDefaults(), accept: accept}
}

// ServeHTTP answers polls and posts and takes over WebSocket connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

// Shutdown refuses new sessions and closes those that are open.
func (s *Server) Shutdown(ctx context.Context) error { return nil }

// Session is one client's connection, over whatever transport.
type Session struct{ id string }

// ID is the session's id, a secret between the server and this client.
func (s *Session) ID() string { return s.id }

// Send queues messages, in one piece. It never blocks.
func (s *Session) Send(msgs ...*Message) error { return nil }

// SendVolatile queues messages unless the client is not ready to take them.
func (s *Session) SendVolatile(msgs ...*Message) bool { return true }

// Close ends the session; what has been queued is still sent.
func (s *Session) Close(reason CloseReason) {}

// Transport names the transport in use.
func (s *Session) Transport() string { return "" }
