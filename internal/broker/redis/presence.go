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
	// presenceBatch is the maximum number of users per script, so that no script
	// blocks Redis for long.
	presenceBatch = 500
)

// PresenceOptions configure NewPresence.
type PresenceOptions struct {
	// Lease is the maximum time for which the users of a dead node stay online
	// after its last Renew; default 30 seconds. Call Renew every third of it. A
	// node counts as dead after two thirds, so that the others, which check when
	// they renew, report it within the lease.
	Lease time.Duration
}

// Presence implements chat.PresenceLeases for nodes that share a Redis. Only the
// clock of Redis counts. One hash holds what each node reports about each user,
// and another one holds the expiry of each node's leases. So a renewal costs the
// same for any number of users. Both hashes are divided into groups.
//
// A node knows best about its own users. It keeps its reports in memory, updates
// Redis when Redis has lost data, and answers from memory while Redis is down:
// then Hold does not fail, and States returns what the node knows together with
// the error.
type Presence struct {
	client *Client
	lease  string // time after which a node counts as dead, in milliseconds
	groups [groups]presenceGroup

	mu    sync.Mutex
	found []chat.Presence // changes that the next Renew returns
}

// presenceGroup holds the reports of this node about the users of one group.
//
// Lock order: order, then mu.
type presenceGroup struct {
	keys []string // nodes, users

	order  sync.Mutex // held while changes are sent to Redis, one after the other
	known  bool       // Redis has all changes up to number
	number uint64     // of the last change that was sent to Redis

	mu   sync.RWMutex
	held map[chat.UserID]chat.PresenceState
}

var _ chat.PresenceLeases = (*Presence)(nil)

// NewPresence returns leases for this node; it holds none yet.
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

// Hold is specified by chat.PresenceLeases. While Redis is down it uses the
// knowledge of this node, and Renew reports the rest later.
func (p *Presence) Hold(ctx context.Context, user chat.UserID, state chat.PresenceState) (now chat.PresenceState, changed bool, err error) {
	now, changed = p.set(ctx, user, state)
	return now, changed, nil
}

// Release is specified by chat.PresenceLeases. While Redis is down it works as
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

// tell sends the report about the user to Redis, and all earlier reports that
// Redis lacks.
func (p *Presence) tell(ctx context.Context, g *presenceGroup, user chat.UserID) (change presenceChange, err error) {
	if p.client.health.isDown() {
		g.known = false
		return change, unavailable(nil)
	}
	told := false // the change was sent once by resync
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
			continue // Redis has lost data
		case told:
			changes[0].before = change.before
		}
		return changes[0], nil
	}
	return change, unavailable(nil)
}

// keep stores a change for the next Renew.
func (p *Presence) keep(c presenceChange) {
	if c.before == c.after {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found = append(p.found, chat.Presence{User: c.user, State: c.after})
}

// Renew is specified by chat.PresenceLeases. Errors: CodeUnavailable; the changes
// that were found before the error are returned with it.
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

// Online is specified by chat.PresenceLeases. While Redis is down it uses the
// knowledge of this node.
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

// put records the report about the user and returns the previous one.
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

// get returns the report about the user.
func (g *presenceGroup) get(user chat.UserID) chat.PresenceState {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return both(g.held[user], chat.PresenceOffline)
}

// users returns the users with a report.
func (g *presenceGroup) users() []chat.UserID {
	g.mu.RLock()
	defer g.mu.RUnlock()
	users := make([]chat.UserID, 0, len(g.held))
	for user := range g.held {
		users = append(users, user)
	}
	return users
}

// both returns the state of a user for whom one node reports this and another
// that; "" is no report.
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

// stateOf decodes the reports about a user as the scripts store them:
// "node=o;node=a;".
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
