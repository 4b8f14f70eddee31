package engineio

import "errors"

// probe is an upgrade in progress: a WebSocket connection beside the polling transport (protocol,
// "Upgrade").
type probe struct {
	conn     *wsConn
	answered bool // the probe packet has been answered
	deadline deadline
}

var errUpgrade = errors.New("engineio: packet not allowed during an upgrade")

// expectUpgrade counts upgrade requests whose response the client may receive before beginUpgrade is
// called.
func (s *Session) expectUpgrade(more int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upgrades += more
}

// upgrading reports whether an upgrade is in progress. The lock is held.
func (s *Session) upgrading() bool { return s.probe != nil || s.upgrades > 0 }

// beginUpgrade attaches a connection to a polling session. It fails if the session has a WebSocket
// connection or another upgrade in progress.
func (s *Session) beginUpgrade(c *wsConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state != stateOpen || s.conn != nil || s.probe != nil {
		return false
	}
	c.session = s
	s.probe = &probe{conn: c}
	s.server.deadlines.set(&s.probe.deadline, s, upgradeDue)
	return true
}

// onProbePacket handles a packet from an upgrading connection: the probe, then the upgrade. Between the
// two the session keeps polling, and each poll is answered at once so that the client can stop polling.
func (s *Session) onProbePacket(c *wsConn, p packet) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	probe := s.probe
	switch {
	case probe == nil || probe.conn != c:
		return errUpgrade
	case p.typ == typePing && string(p.data) == "probe" && !p.binary:
		if probe.answered {
			return errUpgrade
		}
		if err := c.wire.first(probeReply.frame); err != nil {
			return err
		}
		probe.answered = true
		if !s.crossing {
			s.wakePoll()
		}
	case p.typ == typeUpgrade && probe.answered:
		s.server.deadlines.clear(&probe.deadline)
		s.probe = nil
		s.conn = c
		s.onWire.Store(true)
		s.deflate.Store(c.deflates())
		s.wakePoll()
		if s.state != stateOpen {
			s.endUpgraded()
		}
		if s.queue.packets > 0 || s.state != stateOpen {
			s.wake()
		}
	default:
		return errUpgrade
	}
	return nil
}

// endUpgraded ends a session that was closed during its upgrade: queued packets go out on the new
// connection. The lock is held.
func (s *Session) endUpgraded() {
	s.server.forget(s)
	if s.closeCode != noCloseFrame {
		s.queue.push(newCloseFrame(s.closeCode))
	}
	s.server.deadlines.set(&s.beat, s, closeDue)
}

// wakePoll makes a pending poll return, with a noop if nothing is queued.
func (s *Session) wakePoll() {
	if s.poll != nil {
		select {
		case s.poll <- struct{}{}:
		default: // already woken
		}
	}
}

// onProbeEnd abandons an upgrade; the session keeps polling.
func (s *Session) onProbeEnd(c *wsConn) {
	s.mu.Lock()
	probe := s.probe
	if probe == nil || probe.conn != c {
		s.mu.Unlock()
		return
	}
	s.probe = nil
	s.server.deadlines.clear(&probe.deadline)
	s.mu.Unlock()
	c.wire.abort()
}
