package gateway

import (
	"context"
	"hash/maphash"

	"partychat/internal/chat"
)

// told is what a peer has been told of a room in its list, as far as needed to
// tell an older or another state of it.
type told struct {
	read int64 // the read position, which only moves forward
	rest uint64
}

var toldSeed = maphash.MakeSeed()

func toldOf(sub chat.Subscription) told {
	return told{read: sub.Membership.ReadSeq, rest: maphash.Comparable(toldSeed, struct {
		name, topic string
		role        chat.Role
	}{sub.Name, sub.Topic, sub.Membership.Role})}
}

// deliverSubscription tells a user's sockets that a room is in the list, unless
// they know of a later state, and makes those that do not listen to the room yet
// do so, before they are told.
func (g *Gateway) deliverSubscription(user *channel, sub chat.Subscription) {
	for _, p := range user.peers() {
		there, before := g.follow(p, sub)
		if there {
			g.followPeer(p, sub)
			if before.read <= sub.Membership.ReadSeq {
				g.tellOne(user, p, eventRoomPut, RoomPut{Subscription: sub})
			}
		}
	}
}

// deliverSubscriptionGone tells a user's sockets that a room has left the list,
// and has those that only look into it stop if it is not to be seen any more.
func (g *Gateway) deliverSubscriptionGone(user *channel, e chat.SubscriptionGone) {
	reason := e.Reason
	if reason == "" {
		reason = chat.GoneLeft
	}
	for _, p := range user.peers() {
		if g.lose(g.ctx, p, e.Room) {
			g.tellOne(user, p, eventRoomGone, RoomGone{Room: e.Room, Reason: reason})
		}
	}
}

// lose lets the peer go of a room, as far as the store says that it is to, and
// tells whether there was anything to let go of. The room's event and the user's
// own may come at once: one of them does it all.
func (g *Gateway) lose(ctx context.Context, p *peer, room chat.RoomID) (gone bool) {
	p.losing.Lock()
	defer p.losing.Unlock()
	if g.unfollow(p, room) {
		gone = true
		g.afterLoss(ctx, p, room)
	}
	return g.unwatchUnseen(ctx, p, room) || gone
}

// afterLoss ends what the peer has done in a room that has left the list, and what
// a guest was told by way of it of the others there.
func (g *Gateway) afterLoss(ctx context.Context, p *peer, room chat.RoomID) {
	g.endTyping(ctx, p, room)
	asked := g.watchers.asked(p)
	if p.user().Kind != chat.KindGuest || len(asked) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	users, err := g.chat.Presences.Watchable(ctx, p.user(), asked)
	if err == nil {
		err = g.watchers.ask(p, users)
	}
	if err != nil {
		g.giveUp(p, "reading whom a guest may watch", err)
	}
}

// unwatchUnseen ends the peer's look into a room that its user may not see any
// more, being banned from it or, as a guest, no member, and tells whether it did.
func (g *Gateway) unwatchUnseen(ctx context.Context, p *peer, room chat.RoomID) bool {
	if !p.watches(room) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	_, _, err := g.chat.Rooms.Get(ctx, p.user(), room)
	switch chat.CodeOf(err) {
	case "":
		return false
	case chat.CodeForbidden, chat.CodeNotFound:
		return g.unwatch(p, room)
	default:
		g.giveUp(p, "reading a room", err)
		return false
	}
}

func (g *Gateway) isBanned(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	return g.opts.Store.IsBanned(ctx, room, user)
}

// reloadSubscriptions tells one of the user's sockets what of a page of the list
// differs from what it has been told.
func (g *Gateway) reloadSubscriptions(user *channel, p *peer, page []chat.Subscription) {
	for _, sub := range page {
		there, before := g.follow(p, sub)
		if !there {
			continue
		}
		g.followPeer(p, sub)
		if now := toldOf(sub); now != before && now.read >= before.read {
			g.tellOne(user, p, eventRoomPut, RoomPut{Subscription: sub})
		}
	}
}

// reloadGone tells one of the user's sockets which rooms are not in the list any
// more, and not to be looked into.
func (g *Gateway) reloadGone(ctx context.Context, user *channel, p *peer, listed map[chat.RoomID]struct{}) {
	for _, room := range p.followed() {
		if _, ok := listed[room]; !ok && g.lose(ctx, p, room) {
			g.tellOne(user, p, eventRoomGone, RoomGone{Room: room, Reason: g.whyGone(ctx, room, p.identity.User.ID)})
		}
	}
	for _, room := range p.watchedRooms() {
		if g.lose(ctx, p, room) {
			g.tellOne(user, p, eventRoomGone, RoomGone{Room: room, Reason: g.whyGone(ctx, room, p.identity.User.ID)})
		}
	}
}

// whyGone gives the reason for which a room has left a list unheard. Who has
// put the user out, if it was not a ban, nobody can tell any more.
func (g *Gateway) whyGone(ctx context.Context, room chat.RoomID, user chat.UserID) chat.GoneReason {
	if banned, err := g.isBanned(ctx, room, user); err == nil && banned {
		return chat.GoneBanned
	}
	return chat.GoneLeft
}

// follow makes the peer hear a room of its user's list, and tells whether it
// does and what it had been told of it before. An event that says so may be
// older than one that says the contrary, so for a room that is new to the peer
// the store decides; until it has, the peer is told nothing.
func (g *Gateway) follow(p *peer, sub chat.Subscription) (there bool, before told) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false, told{}
	}
	topic := chat.Topic{Room: sub.ID}
	h, fresh, at := p.holds[topic], false, int64(0)
	if h != nil && h.followed {
		return true, h.tell(sub)
	}
	if h == nil {
		var err error
		if h, at, err = g.listenAs(p, topic, sub.Rev, false); err != nil {
			g.giveUp(p, "subscribing to a room", err)
			return false, told{}
		}
		// The event's rev is older than the broker's subscription.
		g.missed.heads.Add(sub.ID)
		fresh = true
	}
	var err error
	h.followed, err = g.isMember(g.ctx, sub.ID, p.identity.User.ID)
	if err != nil {
		g.giveUp(p, "reading a membership", err)
	}
	if fresh && h.followed && p.live {
		g.catchUp(p, sub.ID, sub.Rev, at)
		h.channel.open(p)
	}
	if h.followed {
		before = h.tell(sub)
	}
	g.settle(p, h)
	return h.followed, before
}

// catchUp tells the peer what others have been told of the room after rev, up to
// at, before it began to hear it.
func (g *Gateway) catchUp(p *peer, room chat.RoomID, rev, at int64) {
	for more := rev < at; more; {
		changes, err := g.opts.Store.ChangesSince(g.ctx, room, rev, maxWaiting, g.chat.Limits().PageBytes)
		if err != nil {
			g.giveUp(p, "reading what a room had before", err)
			return
		}
		for _, m := range changes.Messages {
			if m.Rev <= at { // what has changed since is told by the channel
				p.emit(eventMessagePut, MessagePut{Message: m})
			}
		}
		rev, more = changes.Rev, changes.More && changes.Rev < at
	}
}

// tell notes what the peer is being told, unless it is older than what it knows,
// which is given.
func (h *hold) tell(sub chat.Subscription) (before told) {
	before = h.told
	if now := toldOf(sub); now.read >= before.read {
		h.told = now
	}
	return before
}

// unfollow ends follow, unless the store says that the user is a member again.
func (g *Gateway) unfollow(p *peer, room chat.RoomID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.holds[chat.Topic{Room: room}]
	if p.closed || h == nil || !h.followed {
		return false
	}
	member, err := g.isMember(g.ctx, room, p.identity.User.ID)
	if err != nil {
		g.giveUp(p, "reading a membership", err)
	}
	h.followed = member
	if !member {
		h.told = told{}
	}
	g.settle(p, h)
	return !member
}

// followed lists the rooms that are in the peer's list.
func (p *peer) followed() []chat.RoomID {
	return p.rooms(func(h *hold) bool { return h.followed })
}

// watchedRooms lists the rooms that the peer looks into.
func (p *peer) watchedRooms() []chat.RoomID {
	return p.rooms(func(h *hold) bool { return h.watched })
}

func (p *peer) rooms(which func(*hold) bool) []chat.RoomID {
	p.mu.Lock()
	defer p.mu.Unlock()
	rooms := make([]chat.RoomID, 0, len(p.holds))
	for topic, h := range p.holds {
		if topic.Room != 0 && which(h) {
			rooms = append(rooms, topic.Room)
		}
	}
	return rooms
}

// watches tells whether the peer looks into the room.
func (p *peer) watches(room chat.RoomID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.holds[chat.Topic{Room: room}]
	return h != nil && h.watched
}
