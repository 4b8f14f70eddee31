package main

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"
)

// server implements just enough of Socket.IO for the load generator, and trusts it.
type server struct {
	acceptor acceptor

	mu    sync.RWMutex
	rooms map[string][]conn // all connections are in the room ""
}

// open greets a new connection.
func (s *server) open(c conn) {
	c.write([]byte(`0{"sid":"bare","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`))
	s.join(c, "")
}

func (s *server) join(c conn, room string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rooms[room] = append(s.rooms[room], c)
}

// drop forgets a connection that has ended.
func (s *server) drop(c conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for room, members := range s.rooms {
		if i := slices.Index(members, c); i >= 0 {
			s.rooms[room] = slices.Delete(members, i, i+1)
		}
	}
}

func (s *server) broadcast(room string, text []byte) {
	m, done := s.acceptor.prepare(text)
	s.mu.RLock()
	for _, c := range s.rooms[room] {
		c.send(m)
	}
	s.mu.RUnlock()
	done()
}

// heartbeat pings all connections.
func (s *server) heartbeat(ctx context.Context) {
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.broadcast("", []byte("2"))
		case <-ctx.Done():
			return
		}
	}
}

// receive handles the packets of the load generator and ignores all others.
// Arguments are strings without escapes.
func (s *server) receive(c conn, packet []byte) {
	if string(packet) == "40" {
		c.write([]byte(`40{"sid":"bare"}`))
		return
	}
	event, ok := bytes.CutPrefix(packet, []byte("42"))
	if !ok {
		return
	}
	id, args, _ := bytes.Cut(event, []byte("["))
	fields := bytes.Split(args, []byte(`"`))
	if len(fields) < 5 {
		return
	}
	switch string(fields[1]) {
	case "join":
		s.join(c, string(fields[3]))
	case "bcast":
		s.broadcast(string(fields[3]), slices.Concat([]byte(`42["m",`), args[len(args)-len(fields[5])-3:]))
	}
	c.write(slices.Concat([]byte("43"), id, []byte("[]")))
}
