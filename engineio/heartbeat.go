package engineio

// open starts the heartbeat.
func (s *Session) open() {
	s.server.opts.Traffic.open()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateOpen {
		first := pingDue
		if s.version3 {
			first = beatDue
		}
		s.server.deadlines.set(&s.beat, s, first)
	}
}

// onHeartbeat takes the answer to a heartbeat; one that was not asked for changes
// nothing. In version 3 the client begins.
func (s *Session) onHeartbeat(t packetType) error {
	switch {
	case (t == typePing) != s.version3:
		return errPacketHandler
	case s.version3:
		s.answerBeat()
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state == stateOpen && s.awaitingPong {
		s.awaitingPong = false
		s.server.deadlines.set(&s.beat, s, pingDue)
	}
	return nil
}

// postpone gives the client its time for the pong once more, since it is evidently
// there: the pong may have to wait behind what it sends. Once, as the official server
// does from engine.io 6.6.13 on, so that a client which never answers is noticed.
// The lock is held.
func (s *Session) postpone() {
	if s.state == stateOpen && s.awaitingPong && !s.postponed {
		s.postponed = true
		s.server.deadlines.set(&s.beat, s, pongDue)
	}
}
