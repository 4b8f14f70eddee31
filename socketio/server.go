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
	"partychat/internal/crew"
)

// Server is an http.Handler that speaks version 5 of the Socket.IO protocol. Mount it at
// Options.Engine.Path.
type Server struct {
	opts   Options
	engine *engineio.Server
	files  *clientFiles

	mu         sync.Mutex
	namespaces map[string]*Namespace
	parents    []*Namespace
	onNew      []func(*Namespace)
	work       tally     // sockets with running or queued work
	recovery   *recovery // nil without Options.Recovery
	crew       *crew.Crew[*Socket]
	connecting turnstile[*Socket]
	turnover   atomic.Uint64

	oversizeGrace time.Duration
}

// NewServer creates a server with the namespace "/".
func NewServer(opts Options) *Server {
	s := &Server{opts: opts.withDefaults(), namespaces: make(map[string]*Namespace), crew: crew.New((*Socket).work), oversizeGrace: oversizeGrace}
	s.connecting.limit = s.opts.MaxConnecting
	s.engine = engineio.NewServer(s.opts.Engine, s.accept)
	s.files = newClientFiles(s.opts.ClientFiles)
	s.recovery = newRecovery(s.opts.Recovery)
	s.Of("/")
	return s
}

// Of returns the namespace of that name and creates it if it does not exist.
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

// OfFunc adds dynamic namespaces: they are created when a client requests a name that match accepts,
// and removed with their last socket. Handlers registered on the returned namespace apply to all of
// them.
func (s *Server) OfFunc(match func(name string, auth json.RawMessage) bool) *Namespace {
	n := &Namespace{server: s, events: newRegistry(), match: match, children: make(map[string]*Namespace)}
	s.mu.Lock()
	s.parents = append(s.parents, n)
	s.mu.Unlock()
	s.tellOfNamespace(n)
	return n
}

// OfPattern is OfFunc for names that match a regular expression.
func (s *Server) OfPattern(re *regexp.Regexp) *Namespace {
	return s.OfFunc(func(name string, _ json.RawMessage) bool { return re.MatchString(name) })
}

// Use adds middleware to the namespace "/". For the other methods of a namespace call Of("/").
func (s *Server) Use(fn func(ctx context.Context, s *Socket) error) { s.Of("/").Use(fn) }

// OnConnect adds a function to the namespace "/".
func (s *Server) OnConnect(fn func(s *Socket)) { s.Of("/").OnConnect(fn) }

// ServeHTTP serves the protocol and, if Options.ClientFiles is set, the files of the browser client.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, ok := strings.CutPrefix(r.URL.Path, s.opts.Engine.Path); ok && s.files.serve(w, r, name) {
		return
	}
	s.engine.ServeHTTP(w, r)
}

// Shutdown refuses new connections, disconnects all sockets with ReasonServerShutdown, and waits until
// their handlers have returned or the context ends, in which case it returns the context's error.
func (s *Server) Shutdown(ctx context.Context) error {
	defer s.recovery.close()
	if err := s.engine.Shutdown(ctx); err != nil {
		return err
	}
	return s.work.wait(ctx)
}

// Turnover counts the sockets that have joined a namespace, been refused or left since the server was
// created. It reveals when many clients connect or disconnect at once.
func (s *Server) Turnover() uint64 { return s.turnover.Load() }

// Engine returns the Engine.IO server below.
func (s *Server) Engine() *engineio.Server { return s.engine }

// Count returns the number of open connections.
func (s *Server) Count() int { return s.engine.Count() }

// namespace returns the namespace that a client requests, and keeps it alive until release is called.
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

// onlyDefault reports whether "/" is the only possible namespace.
func (s *Server) onlyDefault() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.namespaces) == 1 && len(s.parents) == 0
}

// child returns the child of that name with its count of members increased.
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

// release undoes child. A namespace that is not a child stays.
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
		n.server.opts.Logger.Error("socketio: cannot close adapter", "namespace", n.name, "error", err)
	}
}

// ackContext adds a timeout to a context. If the timeout is zero, it adds the default one unless the
// context has a deadline.
func (s *Server) ackContext(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout > 0 {
		return context.WithTimeout(ctx, timeout)
	}
	if _, ok := ctx.Deadline(); ok {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, s.opts.AckTimeout)
}
