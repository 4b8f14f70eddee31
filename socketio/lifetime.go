package socketio

import (
	"context"
	"time"
)

// lifetime is a socket's context. The real context behind it is created only when somebody waits for
// its end or derives another context from it: every event handler receives a context, and most sockets
// of a quiet server never use it.
type lifetime struct{ socket *Socket }

// cancelable is the real context of a lifetime.
type cancelable struct {
	ctx    context.Context
	cancel context.CancelFunc
}

func (l lifetime) context() context.Context {
	s := l.socket
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.ctx = &cancelable{ctx, cancel}
		if s.state == stateClosed {
			cancel()
		}
	}
	return s.ctx.ctx
}

// Deadline implements context.Context; there is no deadline.
func (l lifetime) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context.
func (l lifetime) Done() <-chan struct{} { return l.context().Done() }

// Err implements context.Context.
func (l lifetime) Err() error {
	l.socket.mu.Lock()
	defer l.socket.mu.Unlock()
	if l.socket.state == stateClosed {
		return context.Canceled
	}
	return nil
}

// Value implements context.Context. Package context calls it to find the real context, which saves a
// goroutine for each derived context.
func (l lifetime) Value(key any) any { return l.context().Value(key) }
