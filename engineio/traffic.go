package engineio

import (
	"maps"
	"sync"
	"sync/atomic"
)

// Traffic counts a server's sessions and messages, for monitoring. The zero value is ready for
// Options.Traffic.
type Traffic struct {
	opened, packetsIn, packetsOut, bytesIn, bytesOut atomic.Int64

	mu     sync.Mutex
	closed map[CloseReason]int64
}

// TrafficCounts are the numbers of sessions opened and closed, and of messages in each direction,
// without heartbeats.
type TrafficCounts struct {
	Opened, PacketsIn, PacketsOut, BytesIn, BytesOut int64
	Closed                                           map[CloseReason]int64
}

// Take returns the counts since the last call.
func (t *Traffic) Take() TrafficCounts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := TrafficCounts{
		Opened: t.opened.Swap(0), Closed: maps.Clone(t.closed),
		PacketsIn: t.packetsIn.Swap(0), PacketsOut: t.packetsOut.Swap(0), BytesIn: t.bytesIn.Swap(0), BytesOut: t.bytesOut.Swap(0),
	}
	clear(t.closed)
	return c
}

// The following methods do nothing on a nil Traffic.

func (t *Traffic) open() {
	if t != nil {
		t.opened.Add(1)
	}
}

func (t *Traffic) close(reason CloseReason) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed == nil {
		t.closed = make(map[CloseReason]int64)
	}
	t.closed[reason]++
}

func (t *Traffic) receive(size int) {
	if t != nil {
		t.packetsIn.Add(1)
		t.bytesIn.Add(int64(size))
	}
}

func (t *Traffic) send(msgs []*Message) {
	if t == nil {
		return
	}
	size := 0
	for _, m := range msgs {
		size += len(m.Data())
	}
	t.packetsOut.Add(int64(len(msgs)))
	t.bytesOut.Add(int64(size))
}

// Polling returns the number of sessions without a WebSocket connection.
func (s *Server) Polling() (n int) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, session := range s.sessions {
		if !session.onWire.Load() {
			n++
		}
	}
	return n
}
