package gateway

import (
	"context"
	"errors"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// renewalsToCompare is after how many renewals all that is watched is read
// anew: that somebody has changed may have been told to nobody, as what Redis
// answered on a connection that was lost just then.
const renewalsToCompare = 3

// watchedMax is how many users one socket may name in presence:watch.
const watchedMax = 500

// startPresence creates the two halves: what this node reports about its own users, and
// what its connections receive about others.
func (g *Gateway) startPresence() {
	g.attendance = newAttendance(g.opts.PresenceGrace, g.chat.Presences.Set)
	g.watchers = newWatchers()
	g.watchers.hear = func(user chat.UserID) error {
		return g.opts.Broker.Subscribe(g.ctx, chat.Topic{Presence: user})
	}
	g.watchers.forget = func(user chat.UserID) { g.opts.Broker.Unsubscribe(chat.Topic{Presence: user}) }
	g.watchers.states = g.chat.Presences.States
	g.watchers.tell = func(p *conn, changes []chat.Presence) {
		p.emit(wire.EventPresence, wire.PresenceChanges{Presence: wire.PresenceOf(changes)})
	}
}

// runPresence reports and delivers presence at each tick.
func (g *Gateway) runPresence(ctx context.Context) {
	tick := time.NewTicker(g.opts.PresenceInterval)
	defer tick.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			err := errors.Join(g.attendance.sweep(ctx), g.watchers.flush(ctx, now))
			failing = g.presenceFails(ctx, failing, err)
		}
	}
}

// renewPresence keeps this node's leases for as long as it may have sockets, and
// from the beginning ends those of nodes that are dead. It waits for nothing
// else, for a node of which nothing is heard is taken for dead itself.
func (g *Gateway) renewPresence(ctx context.Context) {
	failing := g.presenceFails(ctx, false, g.chat.Presences.Renew(ctx))
	for renewals := 1; sleep(ctx, g.opts.LeaseInterval); renewals++ {
		failing = g.presenceFails(ctx, failing, g.chat.Presences.Renew(ctx))
		if renewals%renewalsToCompare == 0 {
			g.watchers.doubt()
		}
	}
}

// nobody is in the set when events of other topics than presence were missed.
const nobody chat.UserID = 0

// catchUpPresence has this node's leases be where the others read them, and has
// those of whom it watches read again when the others have done the same. It
// gives back all if that cannot be done now.
func (g *Gateway) catchUpPresence(ctx context.Context, users []chat.UserID) (again []chat.UserID) {
	if err := g.chat.Presences.Renew(ctx); err != nil {
		g.logFault("renewing presence", err)
		return users
	}
	if !sleep(ctx, g.opts.PresenceInterval) {
		return nil
	}
	for _, user := range users {
		if user != nobody {
			g.watchers.note(user)
		}
	}
	profiles{g}.tellAnewOf(ctx, users)
	return nil
}

// presenceFails tells whether there was an error, and logs it if it is the first.
func (g *Gateway) presenceFails(ctx context.Context, failing bool, err error) bool {
	if err != nil && !failing && ctx.Err() == nil {
		g.opts.Log.Warn("presence is out of date for now", "error", err)
	}
	return err != nil
}

// attend counts a socket that has been greeted, or changes what it says of
// itself. What cannot be said now is said by a later tick.
func (g *Gateway) attend(ctx context.Context, p *conn, away bool) {
	if err := g.attendance.put(ctx, p, away); err != nil {
		g.logFault("publishing a user's presence", err)
	}
}

// Attend counts someone who is connected to this node in another way, until
// the function that it gives is called.
func (g *Gateway) Attend(ctx context.Context, user chat.User) (leave func()) {
	p := &conn{identity: chat.Identity{User: user}}
	g.attend(ctx, p, false)
	return func() { g.depart(p) }
}

// depart removes a connection that has ended.
func (g *Gateway) depart(p *conn) {
	g.watchers.remove(p)
	if err := g.attendance.remove(g.ctx, p); err != nil {
		g.logFault("publishing a user's presence", err)
	}
}

// watchPeers makes the socket watch the peers of its conversations, and gives
// those who are there.
func (g *Gateway) watchPeers(ctx context.Context, p *conn, users []chat.UserID) ([]chat.Presence, error) {
	for _, user := range users {
		if err := g.watchers.follow(p, user); err != nil {
			return nil, err
		}
	}
	return g.presenceOf(ctx, p, users)
}

// presenceOf gives those of the users who are there, as the socket is told now.
// Those of whom that cannot be known now are told later.
func (g *Gateway) presenceOf(ctx context.Context, p *conn, users []chat.UserID) ([]chat.Presence, error) {
	states, err := g.chat.Presences.States(ctx, users)
	if err != nil && chat.CodeOf(err) != chat.CodeUnavailable {
		return nil, err
	}
	g.watchers.told(p, users, states, time.Now().Add(g.opts.PresenceInterval))
	return states, nil
}

// setPresence runs presence:set.
func (g *Gateway) setPresence(ctx context.Context, p *conn, c wire.PresenceSetCommand) (wire.Done, error) {
	switch c.State {
	case chat.PresenceOnline, chat.PresenceAway:
		g.attend(ctx, p, c.State == chat.PresenceAway)
		return wire.Done{OK: true}, nil
	default:
		return wire.Done{}, chat.ErrorIn("state", chat.CodeInvalid, "state must be online or away.")
	}
}

// watchPresence runs presence:watch. It subscribes to changes before it reads the
// states, so that none is lost between the two.
func (g *Gateway) watchPresence(ctx context.Context, p *conn, c wire.PresenceWatchCommand) (wire.PresenceAnswer, error) {
	if len(c.Users) > watchedMax {
		return wire.PresenceAnswer{}, chat.ErrorIn("users", chat.CodeTooLarge, "At most %d users can be watched at a time.", watchedMax)
	}
	users, err := g.chat.Presences.Watchable(ctx, p.user(), c.Users)
	if err != nil {
		return wire.PresenceAnswer{}, err
	}
	if err := g.watchers.ask(p, users); err != nil {
		return wire.PresenceAnswer{}, err
	}
	states, err := g.presenceOf(ctx, p, users)
	answer := wire.PresenceAnswer{OK: true, Presence: wire.PresenceOf(states)}
	if err == nil && c.Profiles {
		answer.Profiles, err = profiles{g}.of(ctx, users)
	}
	return answer, err
}
