package engineio

import (
	"sync"
	"time"

	"github.com/gobwas/ws"
)

// deadlineKind identifies what happens at a deadline.
type deadlineKind uint8

const (
	pingDue    deadlineKind = iota // send the next heartbeat
	pongDue                        // the client must have answered the heartbeat
	upgradeDue                     // the client must have finished the upgrade
	lingerDue                      // forget a closed polling session
	closeDue                       // a closing connection must have ended
	beatDue                        // a protocol 3 client must have sent a heartbeat
	deadlineKinds
)

// deadline is a session's entry in the list of one kind.
type deadline struct {
	prev, next *deadline
	session    *Session
	at         time.Duration // since the deadlines were created
	kind       deadlineKind
	set        bool
}

// deadlines calls sessions back when their deadlines pass. All deadlines of one kind have the same
// duration, so each kind is a list ordered by time, and one timer serves all lists: setting, clearing
// and moving a deadline cost the same for one session as for a hundred thousand.
//
// Its lock is acquired after a session's.
type deadlines struct {
	after [deadlineKinds]time.Duration
	made  time.Time

	mu    sync.Mutex
	lists [deadlineKinds]deadline // sentinels of circular lists
	timer *time.Timer
	wake  time.Duration // when the timer fires; zero if it is not running
}

func newDeadlines(after [deadlineKinds]time.Duration) *deadlines {
	d := &deadlines{after: after, made: time.Now()}
	for i := range d.lists {
		d.lists[i].prev, d.lists[i].next = &d.lists[i], &d.lists[i]
	}
	return d
}

// set sets or moves a deadline.
func (d *deadlines) set(e *deadline, s *Session, kind deadlineKind) {
	d.setFrom(time.Since(d.made), e, s, kind)
}

// maxLateness limits how late a deadline may be noticed for the next one to be counted from it. If it
// was noticed later than that, the whole process stood still, and the client gets its full time again.
const maxLateness = 100 * time.Millisecond

// setAfter sets a deadline relative to one that passed at the given time, so that timer delays do not
// add up.
func (d *deadlines) setAfter(passed time.Duration, e *deadline, s *Session, kind deadlineKind) {
	now := time.Since(d.made)
	if now-passed > maxLateness {
		passed = now
	}
	d.setFrom(passed, e, s, kind)
}

func (d *deadlines) setFrom(from time.Duration, e *deadline, s *Session, kind deadlineKind) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unlink(e)
	list := &d.lists[kind]
	e.session, e.kind, e.set = s, kind, true
	e.at = from + d.after[kind]
	e.prev = list.prev
	for e.prev != list && e.prev.at > e.at {
		e.prev = e.prev.prev // rarely runs
	}
	e.next = e.prev.next
	e.prev.next, e.next.prev = e, e
	if d.wake == 0 || e.at < d.wake {
		d.arm(e.at)
	}
}

// passed reports whether a client's heartbeat deadline has passed although the timer has not fired yet.
func (d *deadlines) passed(e *deadline) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return e.set && (e.kind == pongDue || e.kind == beatDue) && e.at <= time.Since(d.made)
}

// clear removes a deadline if it is set.
func (d *deadlines) clear(e *deadline) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unlink(e)
}

func (d *deadlines) unlink(e *deadline) {
	if !e.set {
		return
	}
	e.prev.next, e.next.prev = e.next, e.prev
	*e = deadline{}
}

func (d *deadlines) arm(at time.Duration) {
	d.wake = at
	left := at - time.Since(d.made)
	if d.timer == nil {
		d.timer = time.AfterFunc(left, d.sweep)
		return
	}
	d.timer.Reset(left)
}

// sweep calls back the sessions whose deadlines have passed.
func (d *deadlines) sweep() {
	var passed []deadline
	d.mu.Lock()
	now := time.Since(d.made)
	d.wake = 0
	var earliest time.Duration
	for i := range d.lists {
		list := &d.lists[i]
		for list.next != list && list.next.at <= now {
			passed = append(passed, *list.next)
			d.unlink(list.next)
		}
		if list.next != list && (earliest == 0 || list.next.at < earliest) {
			earliest = list.next.at
		}
	}
	if earliest != 0 {
		d.arm(earliest)
	}
	d.mu.Unlock()
	for _, p := range passed {
		p.session.onDeadline(p.kind, p.at)
	}
}

// stop ends the timer; there are no callbacks afterwards.
func (d *deadlines) stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
}

// onDeadline is called without any lock, so the deadline may have been moved since it passed (at the
// given time).
func (s *Session) onDeadline(kind deadlineKind, at time.Duration) {
	s.mu.Lock()
	switch {
	case kind == lingerDue:
		s.queue.discard()
		s.server.forget(s)
		s.cutProbe()
	case kind == closeDue:
		if s.conn != nil && !s.beat.set {
			s.conn.wire.abort()
		}
	case kind == upgradeDue:
		if s.probe != nil && !s.probe.deadline.set {
			s.cutProbe()
		}
	case s.state != stateOpen || s.beat.set:
	case kind == pingDue && s.conn != nil && !s.busy.Load() && s.conn.overdue():
		s.endLocked(ReasonTransportError, ws.StatusPolicyViolation)
		return
	case kind == pingDue:
		s.awaitingPong, s.postponed = true, false
		s.queue.push(pingMessage)
		s.wake()
		s.server.deadlines.setAfter(at, &s.beat, s, pongDue)
	case (kind == pongDue || kind == beatDue) && s.busy.Load():
		// The client's heartbeat waits unread while the receiver is busy.
		s.server.deadlines.set(&s.beat, s, kind)
	case kind == pongDue || kind == beatDue:
		s.endLocked(ReasonPingTimeout, ws.StatusNormalClosure)
		return
	}
	s.mu.Unlock()
}
