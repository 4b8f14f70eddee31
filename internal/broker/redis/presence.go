package redis

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"partychat/internal/chat"
)

const (
	defaultLease = 30 * time.Second
	// presenceBatch is how many users one script deals with at most, so that
	// none keeps Redis for long.
	presenceBatch = 500
)

// PresenceOptions configure NewPresence.
type PresenceOptions struct {
	// Lease is how long after its last Renew at most the users of a node that
	// has died are there: 30 seconds. Renew is to be called every third of it.
	// A node is taken for dead after two thirds, so that the others, who look
	// for that when they renew, tell of it within the lease.
	Lease time.Duration
}

// Presence implements chat.PresenceLeases for nodes that share a Redis, whose
// clock alone counts. A hash holds what each node says of each user, another
// until when each node's leases last: so renewing costs the same for any number
// of users. Both are cut into groups.
//
// What a node says it knows best itself. It keeps that in memory, brings Redis
// up to date when that has lost something, and answers from it while Redis is
// away: then Hold does not fail, and States says what it knows beside the error.
type Presence struct {
	client *Client
	lease  string // until a node is taken for dead, in milliseconds
	groups [groups]presenceGroup

	mu    sync.Mutex
	found []chat.Presence // changes that Renew is still to give
}

// presenceGroup is what this node says of the users of one group.
//
// Lock order: order, then mu.
type presenceGroup struct {
	keys []string // nodes, users

	order  sync.Mutex // held while Redis is told of changes: one after the other
	known  bool       // Redis has everything, up to number
	number uint64     // of the last change that Redis was told of

	mu   sync.RWMutex
	held map[chat.UserID]chat.PresenceState
}

var _ chat.PresenceLeases = (*Presence)(nil)

// NewPresence makes this node's leases, of which there are none yet.
func NewPresence(client *Client, options PresenceOptions) *Presence {
	if options.Lease <= 0 {
		options.Lease = defaultLease
	}
	p := &Presence{client: client, lease: strconv.FormatInt((options.Lease * 2 / 3).Milliseconds(), 10)}
	for i := range p.groups {
		p.groups[i].keys = []string{tag(keyPrefix, i) + "presence:nodes", tag(keyPrefix, i) + "presence:users"}
		p.groups[i].held = make(map[chat.UserID]chat.PresenceState)
	}
	return p
}

func (p *Presence) groupOf(user chat.UserID) *presenceGroup {
	return &p.groups[groupOf(strconv.FormatInt(int64(user), 10))]
}

// Hold is specified by chat.PresenceLeases. While Redis is away it goes by what
// this node knows, and Renew tells of the rest.
func (p *Presence) Hold(ctx context.Context, user chat.UserID, state chat.PresenceState) (now chat.PresenceState, changed bool, err error) {
	now, changed = p.set(ctx, user, state)
	return now, changed, nil
}

// Release is specified by chat.PresenceLeases, and goes by what is known as
// Hold does.
func (p *Presence) Release(ctx context.Context, user chat.UserID) (now chat.PresenceState, changed bool, err error) {
	now, changed = p.set(ctx, user, chat.PresenceOffline)
	return now, changed, nil
}

func (p *Presence) set(ctx context.Context, user chat.UserID, state chat.PresenceState) (now chat.PresenceState, changed bool) {
	g := p.groupOf(user)
	g.order.Lock()
	defer g.order.Unlock()
	before := g.put(user, state)
	change, err := p.tell(context.WithoutCancel(ctx), g, user)
	if err != nil {
		return state, state != before
	}
	return change.after, change.after != change.before
}

// tell makes Redis know what this node says of the user, and all else that it
// does not know.
func (p *Presence) tell(ctx context.Context, g *presenceGroup, user chat.UserID) (change presenceChange, err error) {
	if p.client.away.Load() {
		g.known = false
		return change, unavailable(nil)
	}
	told := false // a first time, in passing
	for range 3 {
		if !g.known {
			changes, err := p.resync(ctx, g)
			if err != nil {
				return change, err
			}
			for _, c := range changes {
				if c.user == user {
					told, change.before = true, c.before
				} else {
					p.keep(c)
				}
			}
		}
		changes, err := p.apply(ctx, g, []chat.UserID{user})
		switch {
		case err != nil:
			return change, err
		case len(changes) == 0:
			continue // Redis has lost something
		case told:
			changes[0].before = change.before
		}
		return changes[0], nil
	}
	return change, unavailable(nil)
}

// keep leaves a change to Renew.
func (p *Presence) keep(c presenceChange) {
	if c.before == c.after {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = append(p.found, chat.Presence{User: c.user, State: c.after})
}

// Renew is specified by chat.PresenceLeases. Errors: CodeUnavailable; what has
// been found before is given with it.
func (p *Presence) Renew(ctx context.Context) (changed []chat.Presence, err error) {
	for i := range p.groups {
		if err = p.renew(ctx, &p.groups[i]); err != nil {
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	changed, p.found = p.found, nil
	return changed, err
}

// States is specified by chat.PresenceLeases.
func (p *Presence) States(ctx context.Context, users []chat.UserID) ([]chat.Presence, error) {
	states := make(map[chat.UserID]chat.PresenceState, len(users))
	err := p.read(ctx, users, states)
	if ctx.Err() != nil {
		return nil, err
	}
	there := []chat.Presence{}
	for _, user := range users {
		state := both(states[user], p.groupOf(user).get(user))
		if state != chat.PresenceOffline {
			there = append(there, chat.Presence{User: user, State: state})
		}
	}
	return there, err
}

// Online is specified by chat.PresenceLeases. While Redis is away it goes by
// what this node knows.
func (p *Presence) Online(ctx context.Context) ([]chat.UserID, error) {
	online := make(map[chat.UserID]struct{})
	if err := p.readAll(ctx, online); err != nil && ctx.Err() != nil {
		return nil, err
	}
	for i := range p.groups {
		for _, user := range p.groups[i].users() {
			online[user] = struct{}{}
		}
	}
	users := make([]chat.UserID, 0, len(online))
	for user := range online {
		users = append(users, user)
	}
	return users, nil
}

// put notes what this node says of the user, and gives what it said before.
func (g *presenceGroup) put(user chat.UserID, state chat.PresenceState) (before chat.PresenceState) {
	g.mu.Lock()
	defer g.mu.Unlock()
	before = both(g.held[user], chat.PresenceOffline)
	if state == chat.PresenceOffline {
		delete(g.held, user)
	} else {
		g.held[user] = state
	}
	return before
}

// get gives what this node says of the user.
func (g *presenceGroup) get(user chat.UserID) chat.PresenceState {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return both(g.held[user], chat.PresenceOffline)
}

// users gives those of whom this node says something.
func (g *presenceGroup) users() []chat.UserID {
	g.mu.RLock()
	defer g.mu.RUnlock()
	users := make([]chat.UserID, 0, len(g.held))
	for user := range g.held {
		users = append(users, user)
	}
	return users
}

// both gives the state of a user of whom one says this and another that; ""
// says nothing.
func both(a, b chat.PresenceState) chat.PresenceState {
	switch {
	case a == chat.PresenceOnline || b == chat.PresenceOnline:
		return chat.PresenceOnline
	case a == chat.PresenceAway || b == chat.PresenceAway:
		return chat.PresenceAway
	default:
		return chat.PresenceOffline
	}
}

// stateOf reads what nodes say of a user, as the scripts keep it: "node=o;node=a;".
func stateOf(said string) chat.PresenceState {
	switch {
	case strings.Contains(said, "=o;"):
		return chat.PresenceOnline
	case said != "":
		return chat.PresenceAway
	default:
		return chat.PresenceOffline
	}
}
