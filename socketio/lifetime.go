package socketio

import (
	"context"
	"time"
)

// lifetime is a socket's context. It is the face of one that is made when
// someone waits for the end or derives another from it: handlers are given it
// at each event, and most sockets of a quiet server never need it.
type lifetime struct{ socket *Socket }

// cancelable is what a lifetime is the face of.
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

// Deadline implements context.Context: there is none.
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

// Value implements context.Context. Package context asks it for the context
// behind, in order not to watch this one from a goroutine.
func (l lifetime) Value(key any) any { return l.context().Value(key) }
