package socketio

import (
	"container/list"
	"encoding/json"
	"slices"
	"sync"
	"time"
)

// Recovery lets clients that lose their connection come back as the same socket: with its id, rooms and
// data, and with the events that they have missed. A client that has been away for too long, or has
// missed too much, joins as a new socket. The zero value disables recovery and costs nothing.
//
// Each event that is neither volatile nor acknowledged gets an additional last argument, its offset,
// which official clients from 4.6 on send when they come back. The event's listeners receive the
// argument, too.
//
// Anybody who knows a socket's private id, which is sent only to its client, can come back as that
// socket. Middleware must still check access: a session may have ended meanwhile, and a page may have
// logged in as another user. [Broadcast].Disconnect and Leave also apply to clients that are away,
// unless the adapter is a [SessionStore].
type Recovery struct {
	// MaxDuration is how long after a disconnect a client can come back. Zero, the default, disables
	// recovery.
	MaxDuration time.Duration
	// MaxBytes limits the events and sessions that the server keeps, in bytes; above it, the oldest are
	// dropped. Socket.Data is not counted. Default 64 MiB.
	MaxBytes int
	// MaxBytesPerSocket limits the missed events that are sent to one client, in bytes. Default: a
	// quarter of Engine.MaxQueueBytes.
	MaxBytesPerSocket int
	// SkipMiddlewares admits clients that come back without running the namespace's middleware.
	SkipMiddlewares bool
	// DecodeData decodes the data of a socket that comes from another process (SessionStore). By
	// default Socket.Data is then a json.RawMessage.
	DecodeData func(raw json.RawMessage) (any, error)
}

// WithoutRecovery excludes a namespace from Options.Recovery: its events are not kept and have no
// offset, and its clients come back as new sockets. Call it in every process, before clients connect to
// the namespace.
func WithoutRecovery(n *Namespace) { n.log = nil }

func (r *Recovery) setDefaults(maxQueueBytes int) {
	setDefault(&r.MaxBytes, 64<<20)
	if maxQueueBytes == 0 {
		maxQueueBytes = 4 << 20 // the default of Engine.MaxQueueBytes
	}
	setDefault(&r.MaxBytesPerSocket, maxQueueBytes/4)
}

const (
	sessionOverhead = 512 // bytes that a session counts for besides its rooms' names
	packetOverhead  = 256 // bytes that a packet counts for besides its text, attachments and rooms' names
	roomOverhead    = 16  // bytes that the name of a room counts for besides its length
)

// recovery keeps packets and sessions of all namespaces, oldest first.
type recovery struct {
	Recovery
	now func() time.Time

	mu       sync.Mutex
	bytes    int
	packets  []*keptPacket
	sessions *list.List              // of *keptSession
	known    map[string]*keptSession // by private id
	timer    *time.Timer             // runs while anything is kept
	closed   bool
}

// keptPacket is a delivered packet.
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
	elem  *list.Element // in recovery.sessions
}

func newRecovery(opts Recovery) *recovery {
	if opts.MaxDuration <= 0 {
		return nil
	}
	return &recovery{Recovery: opts, now: time.Now, sessions: list.New(), known: make(map[string]*keptSession)}
}

// keepPacket keeps a packet for sending it again. The lock is held.
func (r *recovery) keepPacket(k *keptPacket) (dropped []*keptSession) {
	k.at = r.now()
	k.size = packetOverhead
	for _, m := range k.packet.messages {
		k.size += len(m.Data())
	}
	for _, room := range slices.Concat(k.sel.Rooms, k.sel.Except) {
		k.size += len(room) + roomOverhead
	}
	r.packets = append(r.packets, k)
	k.log.kept = append(k.log.kept, k)
	r.bytes += k.size
	return r.trim()
}

// keepSession keeps a session, which keeps its namespace alive until it is dropped.
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
		k.size += len(room) + roomOverhead
	}
	var dropped []*keptSession
	if before := r.known[k.pid]; before != nil {
		r.dropSession(before)
		dropped = append(dropped, before)
	}
	k.elem = r.sessions.PushBack(k)
	r.known[k.pid] = k
	r.bytes += k.size
	dropped = append(dropped, r.trim()...)
	r.mu.Unlock()
	releaseAll(dropped)
}

// takeSession returns a session and removes it.
func (r *recovery) takeSession(ns *Namespace, pid string) *keptSession {
	r.mu.Lock()
	dropped := r.trim()
	k := r.known[pid]
	if k != nil && k.ns == ns {
		r.dropSession(k)
		dropped = append(dropped, k)
	} else {
		k = nil
	}
	r.mu.Unlock()
	releaseAll(dropped)
	return k
}

// away visits the selected sessions of a namespace, and drops those for which visit returns true, so
// that actions on sockets also apply to those that may come back.
func (r *recovery) away(ns *Namespace, sel Selection, visit func(*keptSession) (drop bool)) {
	if r == nil {
		return
	}
	var dropped []*keptSession
	r.mu.Lock()
	for _, k := range r.known {
		if k.ns == ns && sel.includes(slices.Concat(k.rooms, []string{k.id})) && visit(k) {
			r.dropSession(k)
			dropped = append(dropped, k)
		}
	}
	r.mu.Unlock()
	releaseAll(dropped)
}

// trim drops what is too old or too large. The lock is held; the caller releases the returned sessions
// without it.
func (r *recovery) trim() (dropped []*keptSession) {
	oldest := r.now().Add(-r.MaxDuration)
	stays := func(at time.Time) bool { return !at.Before(oldest) && r.bytes <= r.MaxBytes }
	for {
		var k *keptSession
		if front := r.sessions.Front(); front != nil {
			k, _ = front.Value.(*keptSession)
		}
		switch {
		case len(r.packets) > 0 && (k == nil || r.packets[0].at.Before(k.at)):
			if stays(r.packets[0].at) {
				r.arm()
				return dropped
			}
			r.dropPacket()
		case k == nil || stays(k.at):
			r.arm()
			return dropped
		default:
			r.dropSession(k)
			dropped = append(dropped, k)
		}
	}
}

// dropSession removes a session. The lock is held; the caller releases its namespace without it.
func (r *recovery) dropSession(k *keptSession) {
	r.sessions.Remove(k.elem)
	delete(r.known, k.pid)
	r.bytes -= k.size
}

// dropPacket removes the oldest packet, which is also the oldest of its namespace.
func (r *recovery) dropPacket() {
	k := r.packets[0]
	r.packets[0] = nil
	r.packets = r.packets[1:]
	r.bytes -= k.size
	k.log.drop(k)
}

// arm sets the timer that drops expired items even if nothing else happens.
func (r *recovery) arm() {
	if r.timer == nil && !r.closed && len(r.packets)+r.sessions.Len() > 0 {
		r.timer = time.AfterFunc(r.MaxDuration, func() {
			r.mu.Lock()
			r.timer = nil
			dropped := r.trim()
			r.mu.Unlock()
			releaseAll(dropped)
		})
	}
}

// close drops everything.
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
	r.packets = nil
	r.sessions.Init()
	clear(r.known)
}

// releaseAll releases the namespaces that existed only for the sessions.
func releaseAll(sessions []*keptSession) {
	for _, k := range sessions {
		k.ns.release()
	}
}
