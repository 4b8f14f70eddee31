package chat

import "context"

// PresenceState says whether a user is there.
type PresenceState string

// The states.
const (
	PresenceOnline  PresenceState = "online"  // connected
	PresenceAway    PresenceState = "away"    // connected, and every client says that nobody is using it
	PresenceOffline PresenceState = "offline" // not connected
)

// Presence is a user's state.
type Presence struct {
	User  UserID        `json:"user"`
	State PresenceState `json:"state"`
}

// PresenceLeases keeps who is there: a lease for each user and node. A user is
// online if any node says so, else away if any says that, else offline. A
// lease that its node does not renew in time ends, so that nobody stays online
// on a node that has died. Nothing of it is stored for good.
type PresenceLeases interface {
	// Hold makes or changes this node's lease of the user, whose state on this
	// node is PresenceOnline or PresenceAway. Changed tells whether that is
	// another state over all nodes, which is given as now.
	Hold(ctx context.Context, user UserID, state PresenceState) (now PresenceState, changed bool, err error)
	// Release ends this node's lease of the user.
	Release(ctx context.Context, user UserID) (now PresenceState, changed bool, err error)
	// Renew keeps this node's leases, and ends those of nodes that have died:
	// it gives the users whose state has changed by that. Each change is given
	// to one caller. It is to be called from time to time.
	Renew(ctx context.Context) ([]Presence, error)
	// States gives those of the users who are there. While other nodes cannot be
	// asked, it gives CodeUnavailable and with it those of whom this node knows
	// that they are; of the others nothing is known then.
	States(ctx context.Context, users []UserID) ([]Presence, error)
	// Online gives all who are there.
	Online(ctx context.Context) ([]UserID, error)
}

// Presences is who is there, and who may know.
type Presences struct{ *core }

// Set says what the user's state on this node is; PresenceOffline ends it.
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

// Renew keeps what Set has said alive, and tells of users whose node has died.
func (p *Presences) Renew(ctx context.Context) error {
	changed, err := p.presence.Renew(ctx)
	for _, presence := range changed {
		p.events.publish(ctx, PresencePut{Presence: presence})
	}
	return err
}

// States gives those of the users who are there, as PresenceLeases does.
func (p *Presences) States(ctx context.Context, users []UserID) ([]Presence, error) {
	return p.presence.States(ctx, users)
}

// Watchable gives those of the users whose presence the viewer may know.
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

// PresencePut tells those who watch a user that its state is another.
type PresencePut struct {
	Presence Presence `json:"presence"`
}

// Topic is the presence of the user.
func (e PresencePut) Topic() Topic { return Topic{Presence: e.Presence.User} }

// nobody is the PresenceLeases of who asks for none: nobody is ever there.
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
