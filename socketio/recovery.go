package socketio

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Recovery lets clients that lose their connection come back as the same socket:
// with its id, rooms and data, and with the events that they have missed. A client
// that has been away for too long, or has missed too much, joins as a new socket.
// The zero value keeps nothing and costs nothing.
//
// Each event that is neither volatile nor acknowledged gets one more argument, its
// offset, which official clients from 4.6 on send back when they return. They pass
// it to the event's listeners, too, as the last argument.
//
// Whoever has a socket's private id, which only its client is told, can come back as
// it. Middleware must refuse those who may not: a session may have ended meanwhile,
// and a page may have logged in as somebody else. [Broadcast].Disconnect and Leave hold
// for clients that are away, too, unless the adapter is a [SessionStore].
type Recovery struct {
	// MaxDuration is how long after it has left a client can come back. Zero, the
	// default, lets none come back.
	MaxDuration time.Duration
	// MaxBytes bounds the events and sessions that the server keeps, in bytes; past
	// it, the oldest go. Default 64 MiB.
	MaxBytes int
	// MaxBytesPerSocket bounds the missed events that one client is sent, in bytes.
	// Default: a quarter of Engine.MaxQueueBytes.
	MaxBytesPerSocket int
	// SkipMiddlewares admits a client that comes back without asking the
	// namespace's middleware.
	SkipMiddlewares bool
	// DecodeData decodes the data of a socket that was in another process
	// (SessionStore). Default: Socket.Data is a json.RawMessage then.
	DecodeData func(raw json.RawMessage) (any, error)
}

// WithoutRecovery takes a namespace out of Options.Recovery: its events are not kept,
// have no offset, and its clients come back as new sockets. Call it before clients
// connect to the namespace, in every process.
func WithoutRecovery(n *Namespace) { n.log = nil }

func (r *Recovery) setDefaults(maxQueueBytes int) {
	setDefault(&r.MaxBytes, 64<<20)
	if maxQueueBytes == 0 {
		maxQueueBytes = 4 << 20 // the default of Engine.MaxQueueBytes
	}
	setDefault(&r.MaxBytesPerSocket, maxQueueBytes/4)
}

const (
	sessionOverhead = 512 // bytes that a session counts for beside its rooms' names
	packetOverhead  = 256 // bytes that a packet counts for beside its text and attachments
)

// recovery keeps packets and sessions of all namespaces, the oldest first.
type recovery struct {
	Recovery
	now func() time.Time

	mu       sync.Mutex
	bytes    int
	packets  []*keptPacket
	sessions []*keptSession          // some of them gone already
	known    map[string]*keptSession // by private id
	timer    *time.Timer             // while anything is kept
	closed   bool
}

// keptPacket is a packet that has been delivered.
type keptPacket struct {
	log    *packetLog
	stamp  stamp
	sel    Selection
	packet *Packet
	size   int
	at     time.Time
}

// keptSession is a socket that may come back to this process.
type keptSession struct {
	ns    *Namespace
	pid   string
	id    string
	rooms []string
	data  any
	size  int
	at    time.Time
}

func newRecovery(opts Recovery) *recovery {
	if opts.MaxDuration <= 0 {
		return nil
	}
	return &recovery{Recovery: opts, now: time.Now, known: make(map[string]*keptSession)}
}

// keepPacket makes a packet one of those that can be sent again. The lock is held.
func (r *recovery) keepPacket(k *keptPacket) (dropped []*keptSession) {
	k.at = r.now()
	k.size = packetOverhead
	for _, m := range k.packet.messages {
		k.size += len(m.Data())
	}
	r.packets = append(r.packets, k)
	k.log.kept = append(k.log.kept, k)
	r.bytes += k.size
	return r.trim()
}

// keepSession keeps a session, whose namespace stays until it is dropped.
func (r *recovery) keepSession(k *keptSession) {
	r.mu.Lock()
	if r.closed {
		r.mu.Unlock()
		k.ns.release()
		return
	}
	k.at = r.now()
	k.size = sessionOverhead
	for _, room := range k.rooms {
		k.size += len(room)
	}
	r.sessions = append(r.sessions, k)
	r.known[k.pid] = k
	r.bytes += k.size
	dropped := r.trim()
	r.mu.Unlock()
	releaseAll(dropped)
}

// takeSession returns a session and forgets it.
func (r *recovery) takeSession(ns *Namespace, pid string) *keptSession {
	r.mu.Lock()
	dropped := r.trim()
	k := r.known[pid]
	if k != nil && k.ns == ns {
		delete(r.known, pid)
		r.bytes -= k.size
		dropped = append(dropped, k)
	} else {
		k = nil
	}
	r.mu.Unlock()
	releaseAll(dropped)
	return k
}

// away visits the selected sessions of a namespace, and drops those for which visit
// says so: what is done to sockets is done to those that may come back, too.
func (r *recovery) away(ns *Namespace, sel Selection, visit func(*keptSession) (drop bool)) {
	if r == nil {
		return
	}
	var dropped []*keptSession
	r.mu.Lock()
	for pid, k := range r.known {
		if k.ns == ns && sel.includes(slices.Concat(k.rooms, []string{k.id})) && visit(k) {
			delete(r.known, pid)
			r.bytes -= k.size
			dropped = append(dropped, k)
		}
	}
	r.mu.Unlock()
	releaseAll(dropped)
}

// trim drops what is too old or too much. The lock is held; the sessions that it
// returns are to be released without it.
func (r *recovery) trim() (dropped []*keptSession) {
	oldest := r.now().Add(-r.MaxDuration)
	for len(r.packets) > 0 || len(r.sessions) > 0 {
		packets := len(r.sessions) == 0 || len(r.packets) > 0 && r.packets[0].at.Before(r.sessions[0].at)
		if packets {
			if k := r.packets[0]; !k.at.Before(oldest) && r.bytes <= r.MaxBytes {
				break
			}
			r.dropPacket()
			continue
		}
		k := r.sessions[0]
		known := r.known[k.pid] == k
		if known && !k.at.Before(oldest) && r.bytes <= r.MaxBytes {
			break
		}
		r.sessions[0] = nil
		r.sessions = r.sessions[1:]
		if known {
			delete(r.known, k.pid)
			r.bytes -= k.size
			dropped = append(dropped, k)
		}
	}
	r.arm()
	return dropped
}

// dropPacket forgets the oldest packet, which is the oldest of its namespace.
func (r *recovery) dropPacket() {
	k := r.packets[0]
	r.packets[0] = nil
	r.packets = r.packets[1:]
	r.bytes -= k.size
	k.log.drop(k)
}

// arm sees to it that what is kept goes in time, even if nothing else happens.
func (r *recovery) arm() {
	if r.timer == nil && !r.closed && len(r.packets)+len(r.sessions) > 0 {
		r.timer = time.AfterFunc(r.MaxDuration, func() {
			r.mu.Lock()
			r.timer = nil
			dropped := r.trim()
			r.mu.Unlock()
			releaseAll(dropped)
		})
	}
}

// close forgets everything.
func (r *recovery) close() {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	if r.timer != nil {
		r.timer.Stop()
	}
	r.packets, r.sessions = nil, nil
	clear(r.known)
}

// releaseAll lets namespaces go that were there for sessions only.
func releaseAll(sessions []*keptSession) {
	for _, k := range sessions {
		k.ns.release()
	}
}
