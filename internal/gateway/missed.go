package gateway

import (
	"context"
	"maps"
	"slices"
	"sync"

	"partychat/internal/chat"
	"partychat/internal/gather"
)

// missed is of what the broker may have lost events, to be compared with the
// store. After an outage that is everything that is heard, on every node at the
// same instant: so rooms are compared by one query, users by a few at a time,
// and each node begins at a moment of its own.
type missed struct {
	rooms *gather.Set[chat.RoomID]
	// heads has rooms that began to be heard, of which messages alone may be missing.
	heads *gather.Set[chat.RoomID]
	users *gather.Set[chat.UserID]
	// presences has those whose presence is heard of, and nobody for any other
	// topic.
	presences *gather.Set[chat.UserID]
}

const nobody chat.UserID = 0

// reloads is how many users are compared with the store at a time.
const reloads = 8

func (g *Gateway) startCatchingUp() {
	g.missed.rooms = gather.New(g.ctx, gather.Options[chat.RoomID]{
		Within: g.opts.CatchUpWithin, Retry: g.opts.HoleRetry, Work: g.catchUpRooms,
	})
	g.missed.heads = gather.New(g.ctx, gather.Options[chat.RoomID]{
		Within: g.opts.CatchUpWithin, Retry: g.opts.HoleRetry, Work: g.catchUpHeads,
	})
	g.missed.users = gather.New(g.ctx, gather.Options[chat.UserID]{
		Within: g.opts.CatchUpWithin, Retry: g.opts.HoleRetry, Work: g.catchUpUsers,
	})
	g.missed.presences = gather.New(g.ctx, gather.Options[chat.UserID]{
		Within: g.opts.CatchUpWithin, Retry: g.opts.HoleRetry, Work: g.catchUpPresence,
	})
}

func (m *missed) wait() {
	m.rooms.Wait()
	m.heads.Wait()
	m.users.Wait()
	m.presences.Wait()
}

// noteMissed takes in that events of the topic may have been lost (chat.Missed).
func (g *Gateway) noteMissed(topic chat.Topic) {
	switch {
	case topic.Room != 0:
		g.missed.rooms.Add(topic.Room)
	case topic.User != 0:
		g.missed.users.Add(topic.User)
	}
	g.missed.presences.Add(topic.Presence)
}

// catchUpRooms compares the rooms' heads with the store, tells what the rooms
// have become, and gives back those with which that cannot be done now. What is
// told is that their members are to be read anew: whether somebody has come or
// gone unheard shows nowhere.
func (g *Gateway) catchUpRooms(ctx context.Context, ids []chat.RoomID) (again []chat.RoomID) {
	channels, looks := make(map[chat.RoomID]*channel, len(ids)), make(map[chat.RoomID]uint64, len(ids))
	for _, id := range ids {
		if c := g.topics.find(chat.Topic{Room: id}); c != nil {
			channels[id], looks[id] = c, c.looked()
		}
	}
	rooms, err := g.opts.Store.RoomsByID(ctx, slices.Collect(maps.Keys(channels)))
	if err != nil {
		g.logFault("comparing rooms with the store", err)
		return ids
	}
	for _, room := range rooms {
		g.expect(channels[room.ID], room.Rev)
		if !g.retell(channels[room.ID], room, looks[room.ID]) {
			again = append(again, room.ID)
		}
	}
	return again
}

// catchUpHeads compares the rooms' heads with the store and gives back all if
// that cannot be done now.
func (g *Gateway) catchUpHeads(ctx context.Context, ids []chat.RoomID) (again []chat.RoomID) {
	rooms := make(map[chat.RoomID]*channel, len(ids))
	for _, id := range ids {
		if c := g.topics.find(chat.Topic{Room: id}); c != nil {
			rooms[id] = c
		}
	}
	if g.compareHeads(ctx, rooms) != nil {
		return ids
	}
	return nil
}

// catchUpUsers reloads the users and gives back those with whom that cannot be
// done now.
func (g *Gateway) catchUpUsers(ctx context.Context, ids []chat.UserID) (again []chat.UserID) {
	return g.eachUser(ctx, ids, g.reload)
}

// eachUser compares users with the store, a few at a time, and gives those with
// whom it fails.
func (g *Gateway) eachUser(ctx context.Context, ids []chat.UserID, compare func(context.Context, *channel) error) (failed []chat.UserID) {
	next := make(chan chat.UserID)
	var mu sync.Mutex
	var work sync.WaitGroup
	one := func(id chat.UserID) error {
		user := g.topics.find(chat.Topic{User: id})
		if user == nil {
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, g.opts.CommandTimeout)
		defer cancel()
		return compare(ctx, user)
	}
	for range min(reloads, len(ids)) {
		work.Go(func() {
			for id := range next {
				if err := one(id); err != nil {
					mu.Lock()
					if len(failed) == 0 { // which the others do for the same reason
						g.logFault("comparing a user with the store", err)
					}
					failed = append(failed, id)
					mu.Unlock()
				}
			}
		})
	}
	for _, id := range ids {
		next <- id
	}
	close(next)
	work.Wait()
	return failed
}

// reload cuts those of a user's sockets whose session has ended, and tells the
// others what differs from what they have been told of the account and the list.
func (g *Gateway) reload(ctx context.Context, user *channel) error {
	peers, err := g.checkSessions(ctx, user)
	if err != nil {
		return err
	}
	return g.reloadLists(ctx, user, peers)
}

// reloadLists tells a user's sockets what of the list differs from what they have
// been told.
func (g *Gateway) reloadLists(ctx context.Context, user *channel, peers []*peer) error {
	if len(peers) == 0 {
		return nil
	}
	listed := make(map[chat.RoomID]struct{})
	err := g.eachPage(ctx, user.topic.User, func(page chat.SubscriptionPage) error {
		for _, sub := range page.Subscriptions {
			listed[sub.ID] = struct{}{}
		}
		for _, p := range peers {
			g.reloadSubscriptions(user, p, page.Subscriptions)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, p := range peers {
		g.reloadGone(ctx, user, p, listed)
	}
	return nil
}

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
	return nil
}

// checkSessions ends the sockets whose session is over and gives the others.
// By what it ended nobody can tell any more: as by a log-out, which leaves
// nothing on a screen that others may come to see. An open socket has been
// activity while the sessions could not be reached, so it is counted first.
func (g *Gateway) checkSessions(ctx context.Context, user *channel) (there []*peer, err error) {
	sessions := make(map[string][]*peer)
	for _, p := range user.peers() {
		sessions[p.identity.Session] = append(sessions[p.identity.Session], p)
	}
	if _, err := g.opts.Auth.Touch(ctx, slices.Collect(maps.Keys(sessions))); err != nil {
		return nil, err
	}
	for session, peers := range sessions {
		identity, err := g.opts.Auth.Identify(ctx, session)
		switch {
		case chat.CodeOf(err) == chat.CodeUnauthenticated:
			for _, p := range peers {
				p.end(chat.EndLogOut)
			}
			continue
		case err != nil:
			return nil, err
		case identity.User.Banned:
			for _, p := range peers {
				p.end(chat.EndBanned)
			}
			continue
		}
		if known := peers[0].user(); known.Kind != identity.User.Kind || known.Role != identity.User.Role {
			g.deliverUser(user, identity.User)
		}
		there = append(there, peers...)
	}
	return there, nil
}
