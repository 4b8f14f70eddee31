package app

import (
	"net"
	"net/http"
	"sync"
)

// freshConns are the connections on which nothing has been asked yet. Browsers
// open some in advance; http.Server.Shutdown would wait five seconds for them.
type freshConns struct {
	mu   sync.Mutex
	all  map[net.Conn]struct{}
	shut bool // further ones are cut at once
}

// track is the http.Server's ConnState.
func (f *freshConns) track(conn net.Conn, state http.ConnState) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if state != http.StateNew {
		delete(f.all, conn)
		return
	}
	if f.shut {
		_ = conn.Close()
		return
	}
	if f.all == nil {
		f.all = make(map[net.Conn]struct{})
	}
	f.all[conn] = struct{}{}
}

// close cuts them, and those that were accepted but are yet to be tracked. That nothing was sent on them makes its errors meaningless.
func (f *freshConns) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.shut = true
	for conn := range f.all {
		_ = conn.Close()
	}
}
