package socketio

import (
	"slices"
	"sync"
)

// NewMemoryAdapter makes an adapter for the sockets of one process.
func NewMemoryAdapter(*Namespace) Adapter {
	return &memoryAdapter{
		all:   newRoom(),
		ids:   make(map[string]*Socket),
		rooms: make(map[string]*room),
	}
}

// memoryAdapter keeps rooms in maps. A socket's own list of rooms, in
// Socket.rooms, is guarded by the adapter's lock as well.
type memoryAdapter struct {
	mu    sync.RWMutex
	all   *room
	ids   map[string]*Socket
	rooms map[string]*room
}

// room is a set that is fast to walk.
type room struct {
	members []*Socket
	index   map[*Socket]int
}

func newRoom() *room { return &room{index: make(map[*Socket]int)} }

func (r *room) has(s *Socket) bool {
	_, ok := r.index[s]
	return ok
}

func (r *room) add(s *Socket) {
	if !r.has(s) {
		r.index[s] = len(r.members)
		r.members = append(r.members, s)
	}
}

func (r *room) remove(s *Socket) {
	i, ok := r.index[s]
	if !ok {
		return
	}
	last := len(r.members) - 1
	moved := r.members[last]
	r.members[i], r.index[moved] = moved, i
	r.members[last] = nil
	r.members = r.members[:last]
	delete(r.index, s)
}

// Add implements Adapter.
func (a *memoryAdapter) Add(s *Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all.add(s)
	a.ids[s.id] = s
}

// Remove implements Adapter.
func (a *memoryAdapter) Remove(s *Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.all.has(s) {
		return
	}
	a.all.remove(s)
	delete(a.ids, s.id)
	for _, name := range s.rooms {
		a.removeFrom(name, s)
	}
	s.rooms = nil
}

// Join implements Adapter.
func (a *memoryAdapter) Join(s *Socket, rooms ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.all.has(s) {
		return
	}
	for _, name := range rooms {
		if name == s.id || slices.Contains(s.rooms, name) {
			continue
		}
		r := a.rooms[name]
		if r == nil {
			r = newRoom()
			a.rooms[name] = r
		}
		r.add(s)
		s.rooms = append(s.rooms, name)
	}
}

// Leave implements Adapter.
func (a *memoryAdapter) Leave(s *Socket, rooms ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, name := range rooms {
		if i := slices.Index(s.rooms, name); i >= 0 {
			s.rooms = slices.Delete(s.rooms, i, i+1)
			a.removeFrom(name, s)
		}
	}
}

// removeFrom drops rooms that have become empty.
func (a *memoryAdapter) removeFrom(name string, s *Socket) {
	r := a.rooms[name]
	r.remove(s)
	if len(r.members) == 0 {
		delete(a.rooms, name)
	}
}

// Rooms implements Adapter.
func (a *memoryAdapter) Rooms(s *Socket) []string {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return slices.Clone(s.rooms)
}

// Broadcast implements Adapter.
func (a *memoryAdapter) Broadcast(sel Selection, p *Packet) {
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

// each visits the selected sockets, each once. The lock is held.
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
		if !slices.Contains(except, s.id) && !slices.ContainsFunc(rooms, func(r *room) bool { return r.has(s) }) {
			visit(s)
		}
	}
}
