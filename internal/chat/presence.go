package chat

import "context"

// PresenceState is whether a user is online.
type PresenceState string

// The presence states.
const (
	PresenceOnline  PresenceState = "online"  // connected
	PresenceAway    PresenceState = "away"    // connected, but every client reports that it is idle
	PresenceOffline PresenceState = "offline" // not connected
)

// Presence is a user's state.
type Presence struct {
	User  UserID
	State PresenceState
}

// PresenceLeases stores presence as one lease per user and node. A user is online
// if any node says so, otherwise away if any node says so, otherwise offline. A
// lease ends if its node doesn't renew it in time, so that nobody stays online on a
// node that has died. Nothing is stored permanently.
type PresenceLeases interface {
	// Hold creates or changes this node's lease of the user; state is
	// PresenceOnline or PresenceAway. It returns the user's state over all nodes,
	// and whether that has changed.
	Hold(ctx context.Context, user UserID, state PresenceState) (now PresenceState, changed bool, err error)
	// Release ends this node's lease of the user. It returns the same as Hold.
	Release(ctx context.Context, user UserID) (now PresenceState, changed bool, err error)
	// Renew renews this node's leases and ends those of dead nodes. It returns the
	// users whose state has changed as a result; only one caller gets each change.
	// Call it periodically.
	Renew(ctx context.Context) ([]Presence, error)
	// States returns the states of those of the users who are not offline. While
	// other nodes can't be asked, it returns CodeUnavailable together with the
	// users that this node knows to be online; the state of the others is then
	// unknown.
	States(ctx context.Context, users []UserID) ([]Presence, error)
	// Online returns all users who are not offline.
	Online(ctx context.Context) ([]UserID, error)
}

// Presences is the service that reports presence and decides who may see it.
type Presences struct{ *core }

// Set sets the user's state on this node; PresenceOffline ends the lease.
func (p *Presences) Set(ctx context.Context, user UserID, state PresenceState) error {
	var changed bool
	var err error
	if state == PresenceOffline {
		state, changed, err = p.presence.Release(ctx, user)
	} else {
		state, changed, err = p.presence.Hold(ctx, user, state)
	}
	if err == nil && changed {
		p.events.publish(ctx, PresencePut{Presence: Presence{User: user, State: state}})
	}
	return err
}

// Renew renews the leases that Set has created, and publishes the states of users
// whose node has died.
func (p *Presences) Renew(ctx context.Context) error {
	changed, err := p.presence.Renew(ctx)
	for _, presence := range changed {
		p.events.publish(ctx, PresencePut{Presence: presence})
	}
	return err
}

// States returns the states of those of the users who are not offline, as
// PresenceLeases does.
func (p *Presences) States(ctx context.Context, users []UserID) ([]Presence, error) {
	return p.presence.States(ctx, users)
}

// Watchable returns those of the users whose presence the viewer may know.
func (p *Presences) Watchable(ctx context.Context, viewer User, users []UserID) ([]UserID, error) {
	if mayListUsers(viewer) {
		return users, nil
	}
	var may []UserID
	for _, user := range users {
		shares, err := p.store.SharesRoom(ctx, viewer.ID, user)
		if err != nil {
			return nil, err
		}
		if shares {
			may = append(may, user)
		}
	}
	return may, nil
}

// PresencePut tells the watchers of a user that the user's state has changed.
type PresencePut struct {
	Presence Presence
}

// Topic is the presence of the user.
func (e PresencePut) Topic() Topic { return Topic{Presence: e.Presence.User} }

// nobody is the PresenceLeases used when none are configured: every user is
// offline.
type nobody struct{}

// Hold holds nothing.
func (nobody) Hold(context.Context, UserID, PresenceState) (PresenceState, bool, error) {
	return PresenceOffline, false, nil
}

// Release has nothing to release.
func (nobody) Release(context.Context, UserID) (PresenceState, bool, error) {
	return PresenceOffline, false, nil
}

// Renew has nothing to renew.
func (nobody) Renew(context.Context) ([]Presence, error) { return nil, nil }

// States gives none.
func (nobody) States(context.Context, []UserID) ([]Presence, error) { return nil, nil }

// Online gives nobody.
func (nobody) Online(context.Context) ([]UserID, error) { return nil, nil }
