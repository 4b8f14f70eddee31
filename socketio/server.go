package socketio

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"partychat/engineio"
	"partychat/engineio/crew"
)

// Server is an http.Handler that speaks the Socket.IO protocol, version 5. It
// is to be mounted at Options.Engine.Path.
type Server struct {
	opts   Options
	engine *engineio.Server
	files  *clientFiles

	mu         sync.Mutex
	namespaces map[string]*Namespace
	parents    []*Namespace
	onNew      []func(*Namespace)
	work       tally     // sockets that have something to do
	recovery   *recovery // nil without Options.Recovery
	crew       *crew.Crew[*Socket]
	connecting turnstile[*Socket]
	turnover   atomic.Uint64

	oversizeGrace time.Duration
}

// NewServer makes a server that has the namespace "/".
func NewServer(opts Options) *Server {
	s := &Server{opts: opts.withDefaults(), namespaces: make(map[string]*Namespace), crew: crew.New((*Socket).work), oversizeGrace: oversizeGrace}
	s.connecting.limit = s.opts.MaxConnecting
	s.engine = engineio.NewServer(s.opts.Engine, s.accept)
	s.files = newClientFiles(s.opts.ClientFiles)
	s.recovery = newRecovery(s.opts.Recovery)
	s.Of("/")
	return s
}

// Of returns the namespace of that name and makes it if it does not exist.
func (s *Server) Of(name string) *Namespace {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	s.mu.Lock()
	n := s.namespaces[name]
	isNew := n == nil
	if isNew {
		n = newNamespace(s, name, newRegistry())
		s.namespaces[name] = n
	}
	s.mu.Unlock()
	if isNew {
		s.tellOfNamespace(n)
	}
	return n
}

// OfFunc adds namespaces that come to be when a client asks for a name that
// match accepts, and go with their last socket. What is registered on the
// returned namespace holds for all of them.
func (s *Server) OfFunc(match func(name string, auth json.RawMessage) bool) *Namespace {
	n := &Namespace{server: s, events: newRegistry(), match: match, children: make(map[string]*Namespace)}
	s.mu.Lock()
	s.parents = append(s.parents, n)
	s.mu.Unlock()
	s.tellOfNamespace(n)
	return n
}

// OfPattern is OfFunc for the names that a regular expression matches.
func (s *Server) OfPattern(re *regexp.Regexp) *Namespace {
	return s.OfFunc(func(name string, _ json.RawMessage) bool { return re.MatchString(name) })
}

// Use adds middleware to the namespace "/". The other methods of this kind
// are those of Of("/").
func (s *Server) Use(fn func(ctx context.Context, s *Socket) error) { s.Of("/").Use(fn) }

// OnConnect adds a function to the namespace "/".
func (s *Server) OnConnect(fn func(s *Socket)) { s.Of("/").OnConnect(fn) }

// ServeHTTP serves the protocol and, where Options.ClientFiles has them, the
// files of the browser's client.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := strings.CutPrefix(r.URL.Path, s.opts.Engine.Path); ok && s.files.serve(w, r, name) {
		return
	}
	s.engine.ServeHTTP(w, r)
}

// Shutdown refuses new connections, disconnects all sockets with
// ReasonServerShutdown and waits until their handlers have returned or the
// context ends, whose error it returns then.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.recovery.close()
	if err := s.engine.Shutdown(ctx); err != nil {
		return err
	}
	return s.work.wait(ctx)
}

// Turnover counts the sockets that have joined a namespace, been refused or left,
// since the server was made. It shows when many clients come or go at once.
func (s *Server) Turnover() uint64 { return s.turnover.Load() }

// Engine is the server of the connections below.
func (s *Server) Engine() *engineio.Server { return s.engine }

// Count is the number of connections that are open.
func (s *Server) Count() int { return s.engine.Count() }

// namespace finds the namespace that a client asks for, and holds it until
// release is called.
func (s *Server) namespace(name string, auth json.RawMessage) *Namespace {
	s.mu.Lock()
	n, parents := s.namespaces[name], s.parents
	s.mu.Unlock()
	if n != nil {
		return n
	}
	for _, parent := range parents {
		if parent.match(name, auth) {
			return parent.child(name)
		}
	}
	return nil
}

// onlyDefault says whether "/" is the only namespace there can be.
func (s *Server) onlyDefault() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.namespaces) == 1 && len(s.parents) == 0
}

// child returns the child of that name with one more member.
func (n *Namespace) child(name string) *Namespace {
	n.mu.Lock()
	defer n.mu.Unlock()
	child := n.children[name]
	if child == nil {
		child = newNamespace(n.server, name, n.events)
		child.parent = n
		n.children[name] = child
	}
	child.members++
	return child
}

// release undoes child; a namespace that is not one's child stays.
func (n *Namespace) release() {
	if n.parent == nil {
		return
	}
	n.parent.mu.Lock()
	defer n.parent.mu.Unlock()
	if n.members--; n.members > 0 {
		return
	}
	delete(n.parent.children, n.name)
	if err := n.adapter.Close(); err != nil {
		n.server.opts.Logger.Error("socketio: close adapter", "namespace", n.name, "error", err)
	}
}

// ackContext bounds a context by a time-out; if that is zero, it gives a context
// without a deadline the default one.
func (s *Server) ackContext(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout > 0 {
		return context.WithTimeout(ctx, timeout)
	}
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.opts.AckTimeout)
}
