package gateway

import (
	"context"
	"sync"
	"time"

	"partychat/internal/chat"
)

// attendance is who is on this node, and what the node has said of them.
//
// Lock order: attendee.saying, then attendance.mu.
type attendance struct {
	grace time.Duration
	say   func(ctx context.Context, user chat.UserID, state chat.PresenceState) error
	now   func() time.Time

	mu    sync.Mutex
	users map[chat.UserID]*attendee
	due   map[*attendee]struct{} // those of whom something else is to be said, now or later
}

// attendee is a user with sockets on this node, or who had some just now.
type attendee struct {
	user    chat.UserID
	sockets map[*peer]bool // whether it says that nobody is using it
	left    time.Time      // when the last socket went

	saying sync.Mutex // one at a time says what the state is
	said   chat.PresenceState
}

func newAttendance(grace time.Duration, say func(context.Context, chat.UserID, chat.PresenceState) error) *attendance {
	return &attendance{
		grace: grace, say: say, now: time.Now,
		users: make(map[chat.UserID]*attendee), due: make(map[*attendee]struct{}),
	}
}

// put counts the socket, or changes what it says of itself.
func (a *attendance) put(ctx context.Context, p *peer, away bool) error {
	a.mu.Lock()
	one := a.users[p.identity.User.ID]
	if one == nil {
		one = &attendee{user: p.identity.User.ID, sockets: make(map[*peer]bool), said: chat.PresenceOffline}
		a.users[one.user] = one
	}
	one.sockets[p] = away
	a.due[one] = struct{}{}
	a.mu.Unlock()
	return a.settle(ctx, one)
}

// remove forgets the socket. That its user has gone is said later, by sweep.
func (a *attendance) remove(ctx context.Context, p *peer) error {
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

// sweep says what has become due by now, and again what could not be said. The
// first error is given; nothing is forgotten by it.
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

// settle says the user's state as it is now, unless that has been said.
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

// state is the user's on this node; later tells that it will be another by itself.
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
