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

// onHeartbeat handles the answer to a heartbeat; an unsolicited one changes nothing. In version 3 the
// client sends the heartbeat.
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

// postpone restarts the pong's deadline, because the client is evidently alive and its pong may be
// queued behind the data it sends. It does so only once, like the official server since engine.io
// 6.6.13, so that a client that never answers is noticed. The lock is held.
func (s *Session) postpone() {
	if s.state == stateOpen && s.awaitingPong && !s.postponed {
		s.postponed = true
		s.server.deadlines.set(&s.beat, s, pongDue)
	}
}
