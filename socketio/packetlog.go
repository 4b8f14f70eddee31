package socketio

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// packetLog keeps the packets that one namespace has delivered in this process.
//
// Each process numbers what it sends (stamp). An offset lists, for each origin, the number of its last
// packet that had been delivered by then. A client can therefore come back to any process that has
// delivered all packets of each origin since, in whatever order the processes have received them.
type packetLog struct {
	r *recovery

	// Lock order: sending, delivering, then the recovery's lock, which guards the rest.

	sending    sync.Mutex // held while a packet is numbered and passed to the adapter
	sent       stamp      // of the last packet sent
	sentAt     time.Time
	delivering sync.Mutex // held while a packet is kept and delivered
	private    stamp      // of the last packet without a number from its process

	heads []head
	kept  []*keptPacket // oldest first
}

// head is the state of one origin: its packets first to last are kept, without gaps, or would be if
// they had not expired.
type head struct {
	origin      string
	first, last uint64
	at          time.Time // when the last packet arrived
}

func newPacketLog(r *recovery) *packetLog {
	if r == nil {
		return nil
	}
	return &packetLog{r: r, sent: stamp{origin: newID()}, private: stamp{origin: newID()}}
}

// send numbers a packet and passes it to the adapter. An origin that was idle for long restarts its
// numbering, because other processes may have dropped its state.
func (l *packetLog) send(p *Packet, broadcast func()) {
	l.sending.Lock()
	defer l.sending.Unlock()
	now := l.r.now()
	if now.Sub(l.sentAt) > l.r.MaxDuration {
		l.sent = stamp{origin: newID()}
	}
	l.sentAt = now
	l.sent.seq++
	numbered := l.sent
	p.stamp = &numbered
	broadcast()
}

// deliver keeps a packet and delivers it with its offset.
func (l *packetLog) deliver(s *Server, sel Selection, p *Packet, deliver func(*Packet)) {
	l.delivering.Lock()
	defer l.delivering.Unlock()
	if p.stamp == nil {
		l.private.seq++
		p.stamp = &stamp{l.private.origin, l.private.seq}
	}
	q, dropped := l.keep(s, sel, p)
	releaseAll(dropped)
	deliver(q)
}

// keep adds a packet, and returns it with its offset.
func (l *packetLog) keep(s *Server, sel Selection, p *Packet) (q *Packet, dropped []*keptSession) {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	isNew := l.advance(*p.stamp)
	q = s.withLastArg(p, l.offset())
	if isNew {
		dropped = l.r.keepPacket(&keptPacket{log: l, stamp: *p.stamp, sel: sel, packet: q})
	}
	return q, dropped
}

// advance records the number of a packet, and reports whether it is new.
func (l *packetLog) advance(st stamp) bool {
	now := l.r.now()
	l.heads = slices.DeleteFunc(l.heads, func(h head) bool {
		return h.origin != l.private.origin && now.Sub(h.at) > 2*l.r.MaxDuration
	})
	for i := range l.heads {
		h := &l.heads[i]
		if h.origin != st.origin {
			continue
		}
		if st.seq <= h.last {
			return false
		}
		if st.seq > h.last+1 {
			h.first = st.seq // packets were lost on the way
		}
		h.last, h.at = st.seq, now
		return true
	}
	if len(l.heads) >= maxOrigins {
		l.forgetOrigin()
	}
	l.heads = append(l.heads, head{st.origin, st.seq, st.seq, now})
	return true
}

// maxOrigins limits the number of origins, all of which an offset lists. A process has at most three
// at a time: it changes its origin after a pause, and an origin is forgotten after two pauses.
const maxOrigins = 256

// forgetOrigin forgets the origin of another process that has been idle for longest. Clients whose
// offset has it cannot come back, nor can clients that may have missed one of its packets.
func (l *packetLog) forgetOrigin() {
	idle := -1
	for i, h := range l.heads {
		if h.origin != l.private.origin && (idle < 0 || h.at.Before(l.heads[idle].at)) {
			idle = i
		}
	}
	l.heads = slices.Delete(l.heads, idle, idle+1)
}

// offset returns the offset after the packets delivered so far.
func (l *packetLog) offset() string {
	var text strings.Builder
	for i, h := range l.heads {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteString((&stamp{h.origin, h.last}).String())
	}
	return text.String()
}

// drop removes the oldest packet.
func (l *packetLog) drop(k *keptPacket) {
	l.kept[0] = nil
	l.kept = l.kept[1:]
	for i := range l.heads {
		if h := &l.heads[i]; h.origin == k.stamp.origin {
			h.first = max(h.first, k.stamp.seq+1)
		}
	}
}

// missed lists the packets that a client has missed since an offset. It fails if some of them are not
// here, or if they are too large.
func (l *packetLog) missed(offset string, rooms []string) (packets []*Packet, ok bool) {
	l.r.mu.Lock()
	defer l.r.mu.Unlock()
	seen, ok := l.parseOffset(offset)
	if !ok {
		return nil, false
	}
	known := make(map[string]bool, len(l.heads))
	for _, h := range l.heads {
		known[h.origin] = true
		if h.first > seen[h.origin]+1 {
			return nil, false
		}
	}
	size := 0
	for _, k := range l.kept {
		if k.stamp.seq > seen[k.stamp.origin] && k.sel.includes(rooms) {
			if size += k.size; size > l.r.MaxBytesPerSocket || !known[k.stamp.origin] {
				return nil, false
			}
			packets = append(packets, k.packet)
		}
	}
	return packets, true
}

// parseOffset returns the last packet of each origin that a client has received. It fails if one of
// these packets has not arrived here.
func (l *packetLog) parseOffset(offset string) (seen map[string]uint64, ok bool) {
	seen = make(map[string]uint64)
	for part := range strings.SplitSeq(offset, ",") {
		st := parseStamp(part)
		if st == nil || !slices.ContainsFunc(l.heads, func(h head) bool { return h.origin == st.origin && st.seq <= h.last }) {
			return nil, false
		}
		seen[st.origin] = st.seq
	}
	return seen, true
}

// includes reports whether the selection includes a socket that is in the given rooms, one of which is
// its id.
func (s Selection) includes(rooms []string) bool {
	in := func(room string) bool { return slices.Contains(rooms, room) }
	return (len(s.Rooms) == 0 || slices.ContainsFunc(s.Rooms, in)) && !slices.ContainsFunc(s.Except, in)
}
