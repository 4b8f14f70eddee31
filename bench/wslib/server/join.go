package main

import (
	"net"
	"runtime"
	"sync"
)

// joined is a connection that collects writes until its flusher writes them
// together. It works with every library.
type joined struct {
	net.Conn
	flusher *flusher

	mu  sync.Mutex
	out *[]byte // nil if there is nothing to write
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

func (j *joined) Write(p []byte) (int, error) {
	j.mu.Lock()
	idle := j.out == nil
	if idle {
		j.out, _ = buffers.Get().(*[]byte)
	}
	*j.out = append(*j.out, p...)
	j.mu.Unlock()
	if idle {
		j.flusher.add(j)
	}
	return len(p), nil
}

func (j *joined) flush() {
	j.mu.Lock()
	out := j.out
	j.out = nil
	j.mu.Unlock()
	_, _ = j.Conn.Write(*out) // the reader notices a closed connection
	*out = (*out)[:0]
	buffers.Put(out)
}

// flusher writes in rounds, each connection once. The load generator reads
// continuously, so that writes don't block.
type flusher struct {
	wake chan struct{}

	mu   sync.Mutex
	next []*joined
}

func newFlusher() *flusher { return &flusher{wake: make(chan struct{}, 1)} }

func (f *flusher) add(j *joined) {
	f.mu.Lock()
	f.next = append(f.next, j)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default: // it will look anyway
	}
}

func (f *flusher) run() {
	var round []*joined
	for range f.wake {
		runtime.Gosched() // writers that are about to send join the round
		f.mu.Lock()
		round, f.next = f.next, round[:0]
		f.mu.Unlock()
		for _, j := range round {
			j.flush()
		}
		clear(round)
	}
}

// joinListener accepts connections whose writes are joined.
type joinListener struct {
	net.Listener
	flusher *flusher
}

func (l joinListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &joined{Conn: conn, flusher: l.flusher}, nil
}
