package socketio

import (
	"slices"
	"sync"
)

// NewMemoryAdapter returns an adapter for the sockets of one process.
func NewMemoryAdapter(n *Namespace) Adapter {
	return &memoryAdapter{
		ns:    n,
		all:   &room{},
		ids:   make(map[string]*Socket),
		rooms: make(map[string]*room),
	}
}

// memoryAdapter stores rooms as lists, which are fast to iterate. The adapter's lock also guards
// Socket.rooms.
type memoryAdapter struct {
	ns    *Namespace
	mu    sync.RWMutex
	all   *room // the nameless room of all sockets, first in each socket's rooms
	ids   map[string]*Socket
	rooms map[string]*room
}

type room struct {
	name    string
	members []*Socket
}

// membership is a socket's index in a room's list. Socket.rooms holds the memberships, so a member
// needs no map entry.
type membership struct {
	room  *room
	place int
}

// membership returns the index of a room among those of a socket, or -1.
func (s *Socket) membership(r *room) int {
	return slices.IndexFunc(s.rooms, func(m membership) bool { return m.room == r })
}

func (r *room) add(s *Socket) {
	s.rooms = append(s.rooms, membership{r, len(r.members)})
	r.members = append(r.members, s)
}

// remove removes a socket from the room of its membership i.
func (r *room) remove(s *Socket, i int) {
	place, last := s.rooms[i].place, len(r.members)-1
	moved := r.members[last]
	r.members[place], r.members[last] = moved, nil
	moved.rooms[moved.membership(r)].place = place
	r.members = r.members[:last]
	s.rooms = slices.Delete(s.rooms, i, i+1)
}

// Add implements Adapter.
func (a *memoryAdapter) Add(s *Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(s.rooms) == 0 {
		a.all.add(s)
		a.ids[s.id] = s
	}
}

// Remove implements Adapter.
func (a *memoryAdapter) Remove(s *Socket) {
	var changed []string
	defer func() { a.ns.tellOfRooms(s, changed, false) }() // after releasing the lock
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(s.rooms) == 0 {
		return
	}
	for i := len(s.rooms) - 1; i > 0; i-- {
		changed = a.note(changed, s.rooms[i].room.name)
		a.leave(s, i)
	}
	changed = a.note(changed, s.id)
	a.all.remove(s, 0)
	if a.ids[s.id] == s {
		delete(a.ids, s.id)
	}
	s.rooms = nil
}

// Join implements Adapter.
func (a *memoryAdapter) Join(s *Socket, rooms ...string) {
	var changed []string
	defer func() { a.ns.tellOfRooms(s, changed, true) }()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(s.rooms) == 0 {
		return
	}
	defer func() {
		if s.identity != nil && s.identity.entering.Load() {
			changed = nil // connect reports these when it holds no lock
		}
	}()
	for _, name := range rooms {
		if name == s.id {
			continue
		}
		r := a.rooms[name]
		if r == nil {
			r = &room{name: name}
			a.rooms[name] = r
		}
		if s.membership(r) < 0 {
			r.add(s)
			changed = a.note(changed, name)
		}
	}
}

// Leave implements Adapter.
func (a *memoryAdapter) Leave(s *Socket, rooms ...string) {
	var changed []string
	defer func() { a.ns.tellOfRooms(s, changed, false) }()
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range rooms {
		if r := a.rooms[name]; r != nil {
			if i := s.membership(r); i > 0 {
				changed = a.note(changed, name)
				a.leave(s, i)
			}
		}
	}
}

// note adds a room to a list if OnRoom is in use.
func (a *memoryAdapter) note(changed []string, room string) []string {
	if !a.ns.roomsWatched() {
		return nil
	}
	return append(changed, room)
}

// leave ends membership i of a socket, and the room if it is empty.
func (a *memoryAdapter) leave(s *Socket, i int) {
	r := s.rooms[i].room
	r.remove(s, i)
	if len(r.members) == 0 {
		delete(a.rooms, r.name)
	}
}

// Rooms implements Adapter.
func (a *memoryAdapter) Rooms(s *Socket) []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var names []string
	for i := 1; i < len(s.rooms); i++ {
		names = append(names, s.rooms[i].room.name)
	}
	return names
}

// Broadcast implements Adapter.
func (a *memoryAdapter) Broadcast(sel Selection, p *Packet) {
	if !p.announced && a.ns.watched() { // it comes from another process
		a.ns.announce(p, a.Sockets(sel)...)
	}
	if log := a.ns.log; log != nil && !p.volatile {
		log.deliver(a.ns.server, sel, p, func(kept *Packet) { a.deliver(sel, kept) })
		return
	}
	a.deliver(sel, p)
}

func (a *memoryAdapter) deliver(sel Selection, p *Packet) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	a.each(sel, func(s *Socket) { s.deliver(p) })
}

// Sockets implements Adapter.
func (a *memoryAdapter) Sockets(sel Selection) []*Socket {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var sockets []*Socket
	a.each(sel, func(s *Socket) { sockets = append(sockets, s) })
	return sockets
}

// Close implements Adapter.
func (a *memoryAdapter) Close() error { return nil }

// each visits each selected socket once. The lock is held.
func (a *memoryAdapter) each(sel Selection, visit func(*Socket)) {
	if len(sel.Rooms) == 0 {
		a.visit(a.all.members, sel.Except, visit)
		return
	}
	var seen map[*Socket]struct{}
	if len(sel.Rooms) > 1 {
		seen = make(map[*Socket]struct{})
		once := visit
		visit = func(s *Socket) {
			if _, ok := seen[s]; !ok {
				seen[s] = struct{}{}
				once(s)
			}
		}
	}
	for _, name := range sel.Rooms {
		if r := a.rooms[name]; r != nil {
			a.visit(r.members, sel.Except, visit)
		}
		if s := a.ids[name]; s != nil {
			a.visit([]*Socket{s}, sel.Except, visit)
		}
	}
}

func (a *memoryAdapter) visit(members []*Socket, except []string, visit func(*Socket)) {
	if len(except) == 0 {
		for _, s := range members {
			visit(s)
		}
		return
	}
	var buf [4]*room
	rooms := buf[:0]
	for _, name := range except {
		if r := a.rooms[name]; r != nil {
			rooms = append(rooms, r)
		}
	}
	for _, s := range members {
		if !slices.Contains(except, s.id) && !slices.ContainsFunc(rooms, func(r *room) bool { return s.membership(r) >= 0 }) {
			visit(s)
		}
	}
}
