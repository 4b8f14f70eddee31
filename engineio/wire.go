package engineio

import (
	"net"
	"sync"
	"sync/atomic"
)

// wire carries the frames of a WebSocket connection. It reads by itself and passes what arrives to its
// owner, piece by piece, and finally the end. No method waits for the client.
type wire interface {
	// start begins reading; early is what has been read already.
	start(early []byte)
	// first writes before anything else has been written, if there is room.
	first(data []byte) error
	// write writes, and keeps what the connection does not accept at once. In that case taken is false,
	// and the owner's caughtUp is called when everything has been written. Only one goroutine may
	// write, and none before that call.
	write(data []byte) (taken bool, err error)
	// behind reports whether the wire still holds data.
	behind() bool
	// slack is how many bytes may wait in the session's queue while the wire is behind without the
	// client being considered slow.
	slack() int
	// finish closes the writing side.
	finish()
	// abort cuts the connection; the owner is notified of the end.
	abort()
}

// streamWire is a wire over any net.Conn. It costs a goroutine and a buffer for reading, and another
// goroutine while there is something to write.
type streamWire struct {
	conn    net.Conn
	owner   *wsConn
	writing atomic.Bool
	rest    *[]byte // being written
	flush   func()  // the method flushRest, bound once
}

// restBuffers pools the write buffers of streamWires.
var restBuffers = sync.Pool{New: func() any { return new([]byte) }}

func newStreamWire(conn net.Conn, owner *wsConn) *streamWire {
	w := &streamWire{conn: conn, owner: owner}
	w.flush = w.flushRest
	return w
}

func (w *streamWire) start(early []byte) { go w.read(early) }

func (w *streamWire) read(early []byte) {
	if len(early) > 0 {
		w.owner.received(early)
	}
	buf := make([]byte, 4<<10)
	for {
		n, err := w.conn.Read(buf)
		if n > 0 {
			w.owner.received(buf[:n])
		}
		if err != nil {
			break
		}
	}
	w.abort()
	w.owner.ended()
}

func (w *streamWire) first(data []byte) error {
	_, err := w.conn.Write(data)
	return err
}

func (w *streamWire) write(data []byte) (bool, error) {
	w.writing.Store(true)
	w.rest, _ = restBuffers.Get().(*[]byte)
	*w.rest = append((*w.rest)[:0], data...)
	go w.flush()
	return false, nil
}

func (w *streamWire) flushRest() {
	_, err := w.conn.Write(*w.rest)
	if cap(*w.rest) <= keepLimit {
		restBuffers.Put(w.rest)
	}
	w.rest = nil
	w.writing.Store(false)
	if err != nil {
		w.abort()
		return
	}
	w.owner.caughtUp()
}

func (w *streamWire) behind() bool { return w.writing.Load() }

// slack is the size of a typical socket buffer: this wire counts as behind whenever it writes.
func (w *streamWire) slack() int { return gatherLimit }

func (w *streamWire) finish() {
	if half, ok := w.conn.(interface{ CloseWrite() error }); ok {
		// With TLS this writes and so may block. The reader notices failures.
		go func() { _ = half.CloseWrite() }()
	}
}

// abort closes the connection below TLS, which would otherwise write once more.
func (w *streamWire) abort() {
	conn := w.conn
	if layer, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = layer.NetConn()
	}
	conn.Close()
}
