package socketio

// Selection names sockets of a namespace.
type Selection struct {
	Rooms  []string // in any of these; none: all sockets
	Except []string // and in none of these
	Local  bool     // only sockets of this process
}

// Adapter keeps the rooms of one namespace and delivers to them. Its methods
// are called from many goroutines at once and must not block on a client.
// A socket's id acts as a room in which that socket alone is.
type Adapter interface {
	// Add makes a socket known, in no room. Remove forgets it and takes it
	// out of its rooms; removing an unknown socket does nothing.
	Add(s *Socket)
	Remove(s *Socket)
	// Join and Leave do nothing for sockets that are not known, for rooms
	// the socket is in already, or is not in.
	Join(s *Socket, rooms ...string)
	Leave(s *Socket, rooms ...string)
	// Rooms lists the rooms that a socket has joined, its id not included.
	Rooms(s *Socket) []string
	// Broadcast delivers a packet to each selected socket exactly once.
	// Packets of one goroutine reach every socket in the order of the calls.
	Broadcast(sel Selection, p *Packet)
	// Sockets lists the selected sockets of this process.
	Sockets(sel Selection) []*Socket
	// Close releases what the adapter holds.
	Close() error
}
