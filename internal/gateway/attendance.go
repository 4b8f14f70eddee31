package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
)

// attendance has the users who are connected to this node, and the presence that the
// node has reported for each.
//
// Lock order: attendee.saying, then attendance.mu.
type attendance struct {
	grace time.Duration
	say   func(ctx context.Context, user chat.UserID, state chat.PresenceState) error
	now   func() time.Time

	mu    sync.Mutex
	users map[chat.UserID]*attendee
	due   map[*attendee]struct{} // those whose state must be reported, now or later
}

// attendee is a user who is connected to this node, or has just disconnected.
type attendee struct {
	user    chat.UserID
	sockets map[*conn]bool // whether the client reports that it is idle
	left    time.Time      // when the last connection ended

	saying sync.Mutex // serializes reports
	said   chat.PresenceState
}

func newAttendance(grace time.Duration, say func(context.Context, chat.UserID, chat.PresenceState) error) *attendance {
	return &attendance{
		grace: grace, say: say, now: time.Now,
		users: make(map[chat.UserID]*attendee), due: make(map[*attendee]struct{}),
	}
}

// put adds a connection, or changes whether it is away.
func (a *attendance) put(ctx context.Context, p *conn, away bool) error {
	a.mu.Lock()
	one := a.users[p.identity.User.ID]
	if one == nil {
		one = &attendee{user: p.identity.User.ID, sockets: make(map[*conn]bool), said: chat.PresenceOffline}
		a.users[one.user] = one
	}
	one.sockets[p] = away
	a.due[one] = struct{}{}
	a.mu.Unlock()
	return a.settle(ctx, one)
}

// remove removes a connection. sweep reports later that the user is offline.
func (a *attendance) remove(ctx context.Context, p *conn) error {
	a.mu.Lock()
	one := a.users[p.identity.User.ID]
	if one == nil {
		a.mu.Unlock()
		return nil
	}
	delete(one.sockets, p)
	if len(one.sockets) == 0 {
		one.left = a.now()
	}
	a.due[one] = struct{}{}
	a.mu.Unlock()
	return a.settle(ctx, one) // those left may all be away
}

// sweep reports the states that are due, and those whose report has failed. It returns
// the first error; reports that fail are repeated by the next sweep.
func (a *attendance) sweep(ctx context.Context) (err error) {
	a.mu.Lock()
	due := make([]*attendee, 0, len(a.due))
	for one := range a.due {
		due = append(due, one)
	}
	a.mu.Unlock()
	for _, one := range due {
		if e := a.settle(ctx, one); e != nil && err == nil {
			err = e
		}
	}
	return err
}

// settle reports the user's present state, unless it has been reported.
func (a *attendance) settle(ctx context.Context, one *attendee) error {
	one.saying.Lock()
	defer one.saying.Unlock()
	state, later := a.state(one)
	if state != one.said {
		if err := a.say(ctx, one.user, state); err != nil {
			return err
		}
		one.said = state
	}
	if later {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if now, later := a.stateLocked(one); now == one.said && !later {
		delete(a.due, one)
		if now == chat.PresenceOffline {
			delete(a.users, one.user)
		}
	}
	return nil
}

// state returns the user's state on this node; later means that it will change when
// the grace period ends.
func (a *attendance) state(one *attendee) (state chat.PresenceState, later bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stateLocked(one)
}

func (a *attendance) stateLocked(one *attendee) (state chat.PresenceState, later bool) {
	if len(one.sockets) == 0 {
		if a.now().Sub(one.left) < a.grace {
			return one.said, true
		}
		return chat.PresenceOffline, false
	}
	for _, away := range one.sockets {
		if !away {
			return chat.PresenceOnline, false
		}
	}
	return chat.PresenceAway, false
}
