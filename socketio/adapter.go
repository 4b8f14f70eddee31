package socketio

// Selection selects sockets of a namespace.
type Selection struct {
	Rooms  []string // sockets in any of these rooms; empty: all sockets
	Except []string // but in none of these rooms
	Local  bool     // only sockets of this process
}

// Adapter stores the rooms of one namespace and delivers to them. Its methods are called from many
// goroutines at once and must not block on a client. A socket's id acts as a room that contains only
// that socket.
type Adapter interface {
	// Add registers a socket, which is in no room yet. Remove unregisters it and takes it out of its
	// rooms. Removing an unknown socket does nothing.
	Add(s *Socket)
	Remove(s *Socket)
	// Join and Leave ignore unknown sockets, joining a room twice, and leaving a room that the socket
	// is not in.
	Join(s *Socket, rooms ...string)
	Leave(s *Socket, rooms ...string)
	// Rooms lists the rooms that a socket has joined, excluding its id.
	Rooms(s *Socket) []string
	// Broadcast delivers a packet to each selected socket exactly once. Packets sent by one goroutine
	// reach every socket in the order of the calls.
	Broadcast(sel Selection, p *Packet)
	// Sockets lists the selected sockets of this process.
	Sockets(sel Selection) []*Socket
	// Close releases the adapter's resources.
	Close() error
}
