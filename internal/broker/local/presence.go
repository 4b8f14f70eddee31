package local

import (
	"context"
	"sync"

	"partychat/internal/chat"
)

// Presence implements chat.PresenceLeases for a single node: the leases end with
// the process.
type Presence struct {
	mu     sync.RWMutex
	states map[chat.UserID]chat.PresenceState // of users who are online or away
}

var _ chat.PresenceLeases = (*Presence)(nil)

// NewPresence returns a Presence in which everybody is offline.
func NewPresence() *Presence {
	return &Presence{states: make(map[chat.UserID]chat.PresenceState)}
}

// Hold is specified by chat.PresenceLeases.
func (p *Presence) Hold(_ context.Context, user chat.UserID, state chat.PresenceState) (chat.PresenceState, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	changed := p.states[user] != state
	p.states[user] = state
	return state, changed, nil
}

// Release is specified by chat.PresenceLeases.
func (p *Presence) Release(_ context.Context, user chat.UserID) (chat.PresenceState, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, changed := p.states[user]
	delete(p.states, user)
	return chat.PresenceOffline, changed, nil
}

// Renew is specified by chat.PresenceLeases. There are no other nodes that can die.
func (p *Presence) Renew(context.Context) ([]chat.Presence, error) { return nil, nil }

// States is specified by chat.PresenceLeases.
func (p *Presence) States(_ context.Context, users []chat.UserID) ([]chat.Presence, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	there := []chat.Presence{}
	for _, user := range users {
		if state, ok := p.states[user]; ok {
			there = append(there, chat.Presence{User: user, State: state})
		}
	}
	return there, nil
}

// Online is specified by chat.PresenceLeases.
func (p *Presence) Online(context.Context) ([]chat.UserID, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	users := make([]chat.UserID, 0, len(p.states))
	for user := range p.states {
		users = append(users, user)
	}
	return users, nil
}
