package socketio

import "slices"

// OnRoom adds a function that is called when a socket of this process has joined or left a room. The
// socket's id counts as a room that it is in while it is connected. The function must not block.
func (n *Namespace) OnRoom(fn func(s *Socket, room string, joined bool)) {
	n.events.update(func(t *handlers) { t.rooms = append(slices.Clip(t.rooms), fn) })
}

func (n *Namespace) roomsWatched() bool { return n.events.table.Load().rooms != nil }

// tellOfRooms calls OnRoom's functions for rooms that a socket has joined or left.
func (n *Namespace) tellOfRooms(s *Socket, rooms []string, joined bool) {
	for _, room := range rooms {
		for _, fn := range n.events.table.Load().rooms {
			s.guard(func() { fn(s, room, joined) })
		}
	}
}

// OnNamespace adds a function that is called with each existing and future namespace, for tools that
// observe a whole server.
func (s *Server) OnNamespace(fn func(n *Namespace)) {
	s.mu.Lock()
	s.onNew = append(s.onNew, fn)
	known := slices.Clone(s.parents)
	for _, n := range s.namespaces {
		known = append(known, n)
	}
	s.mu.Unlock()
	for _, n := range known {
		fn(n)
	}
}

func (s *Server) tellOfNamespace(n *Namespace) {
	s.mu.Lock()
	fns := s.onNew
	s.mu.Unlock()
	for _, fn := range fns {
		fn(n)
	}
}

// Namespaces lists the existing namespaces, including each one created through OfFunc.
func (s *Server) Namespaces() []*Namespace {
	s.mu.Lock()
	var all []*Namespace
	for _, n := range s.namespaces {
		all = append(all, n)
	}
	parents := s.parents
	s.mu.Unlock()
	for _, parent := range parents {
		parent.each(func(child *Namespace) { all = append(all, child) })
	}
	return all
}

// Lookup returns the namespace of that name, or nil. Unlike Of, it creates none.
func (s *Server) Lookup(name string) *Namespace {
	for _, n := range s.Namespaces() {
		if n.name == name {
			return n
		}
	}
	return nil
}
