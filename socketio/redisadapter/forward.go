package redisadapter

import (
	"context"
	"sync"

	"partychat/socketio"
)

// ackOverhead is what a broadcast counts for, for each client that has to acknowledge it, in bytes.
const ackOverhead = 128

// forwarder is the Acks of a broadcast that another process has requested.
type forwarder struct {
	a      *adapter
	m      message
	id     string
	cancel context.CancelFunc

	mu       sync.Mutex
	expected int // sockets asked; -1 until known
	answered int // sockets that have answered or left
	held     int // bytes that count under Options.MaxPendingBytes
	ended    bool
}

// hold counts bytes under Options.MaxPendingBytes until end.
func (f *forwarder) hold(bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	f.held += bytes
	f.a.link.asked.Add(int64(bytes))
}

// end is called when no more answers are awaited.
func (f *forwarder) end() {
	f.cancel()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	f.a.link.asked.Add(-int64(f.held))
}

// Clients implements socketio.Acks.
func (f *forwarder) Clients(n int) {
	_ = f.a.reply(f.m, map[string]any{"type": typeClientCount, "clientCount": n}) // numbers and strings can be encoded
	f.hold(n * ackOverhead)
	f.count(func() { f.expected = n })
}

// Answer implements socketio.Acks.
func (f *forwarder) Answer(r socketio.AckReply) {
	if r.Err == nil {
		data, err := encodeAck(f.id, r.Args)
		if err != nil {
			f.a.link.unpublished.add(1, "messages not published", "namespace", f.a.name, "error", err)
		} else {
			f.a.send(f.m, data)
		}
	}
	f.count(func() { f.answered++ })
}

// count changes the counters, and ends the wait if no more answers can arrive.
func (f *forwarder) count(change func()) {
	f.mu.Lock()
	change()
	complete := f.answered == f.expected
	f.mu.Unlock()
	if complete {
		f.cancel()
	}
}
