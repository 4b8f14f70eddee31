package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/live"
	"partychat/internal/wire"
)

// lists keeps what each socket listens to in step with its user's list of rooms.
// Two streams say who is in a room: that of the user, and that of the room itself,
// whose word comes in order with what is said there. The room's rev tells which of
// the two is ahead.
type lists struct{ *Gateway }

// listen makes the peer listen to a room that is known up to rev, and gives the rev
// up to which others have been told of it, and this peer will not be. Unless it is
// live, what happens is held back until the channel is opened for it. The caller
// holds p.mu.
func (l lists) listen(p *conn, room chat.RoomID, rev int64, open bool) (h *feed, after int64, err error) {
	topic := chat.Topic{Room: room}
	c := l.topics.acquire(topic)
	after, err = l.streams.FollowRoom(room, rev)
	if err != nil {
		l.topics.release(c)
		return nil, 0, err
	}
	h = &feed{channel: c, since: rev}
	p.feeds[topic] = h
	return h, max(after, c.enter(p, open)), nil
}

// settle removes a feed that the connection has no reason for any more. The caller
// holds p.mu.
func (l lists) settle(p *conn, h *feed) {
	if h.followed || h.watched {
		return
	}
	delete(p.feeds, h.channel.topic)
	h.channel.leave(p)
	l.streams.Unfollow(h.channel.topic)
	l.topics.release(h.channel)
}

// follow makes the peer listen to a room that its user's stream has brought into
// the list, unless the room's stream has told since that the user has gone.
func (l lists) follow(p *conn, sub chat.Subscription) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || sub.Membership.Hidden || p.gone[sub.ID] > sub.Rev {
		return
	}
	delete(p.gone, sub.ID)
	if sub.Peer != nil {
		if err := l.watchers.follow(p, sub.Peer.ID); err != nil {
			l.giveUp(p, "watching the presence of a peer", err)
			return
		}
	}
	h := p.feeds[chat.Topic{Room: sub.ID}]
	if h == nil {
		var after int64
		var err error
		if h, after, err = l.listen(p, sub.ID, sub.Rev, false); err != nil {
			l.giveUp(p, "subscribing to a room", err)
			return
		}
		h.from, h.told = sub.Rev, after
		if p.live {
			l.open(p, h)
		}
	}
	h.followed, h.since = true, max(h.since, sub.Rev)
}

// open sends the connection the changes of a room that other connections received before
// it subscribed, and the events held back since. Later events are sent immediately. The caller
// holds p.mu.
func (l lists) open(p *conn, h *feed) {
	for more := h.from < h.told; more; {
		changes, err := l.opts.Store.ChangesSince(l.ctx, h.channel.topic.Room, h.from, changesMax, l.chat.Limits().PageBytes)
		if err != nil {
			l.giveUp(p, "reading what a room had before", err)
			return
		}
		for _, e := range live.EventsOf(h.channel.topic.Room, changes) {
			if o := inRoom(e); o.name != "" && e.Revision() <= h.told { // the channel delivers later changes
				p.emit(o.name, o.payload)
			}
		}
		h.from, more = changes.Rev, changes.More && changes.Rev < h.told
	}
	h.channel.open(p)
}

// unfollow undoes follow: by the user's stream, the room has left the list.
func (l lists) unfollow(p *conn, room chat.RoomID) {
	p.mu.Lock()
	delete(p.gone, room)
	h := p.feeds[chat.Topic{Room: room}]
	if h != nil && h.followed && !p.closed {
		h.followed = false
		l.settle(p, h)
	}
	p.mu.Unlock()
	l.afterLoss(p, room)
}

// lose ends what the sockets of a user listen to in a room, as the room's stream
// tells. The sockets are told by the user's stream, maybe later; until then the peer
// remembers that the room's is ahead.
func (l lists) lose(room *channel, e chat.MemberGone) {
	peers := room.arriving(e.User)
	user := l.topics.find(chat.Topic{User: e.User})
	if user != nil {
		peers = append(peers, user.conns()...)
	}
	for _, p := range peers {
		if l.loseOne(p, e) {
			l.endTyping(l.ctx, p, e.Room)
		}
	}
}

// loseOne reports whether it has ended a feed of the connection.
func (l lists) loseOne(p *conn, e chat.MemberGone) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.feeds[chat.Topic{Room: e.Room}]
	if h == nil || p.closed || e.Rev <= h.since {
		return false
	}
	if h.followed {
		h.followed = false
		if p.gone == nil {
			p.gone = make(map[chat.RoomID]int64)
		}
		p.gone[e.Room] = e.Rev
	}
	if h.watched && (e.Reason == chat.GoneBanned || p.user().Kind == chat.KindGuest) {
		h.watched = false
		p.looks--
	}
	l.settle(p, h)
	return true
}

// afterLoss ends the user's typing in a room that has left the list, and a guest's
// watching of users who were visible through that room only.
func (l lists) afterLoss(p *conn, room chat.RoomID) {
	l.endTyping(l.ctx, p, room)
	asked := l.watchers.asked(p)
	if p.user().Kind != chat.KindGuest || len(asked) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(l.ctx, lookTimeout)
	defer cancel()
	users, err := l.chat.Presences.Watchable(ctx, p.user(), asked)
	if err == nil {
		err = l.watchers.ask(p, users)
	}
	if err != nil {
		l.giveUp(p, "reading whom a guest may watch", err)
	}
}

// lookAgain checks all connections that watch a room, because the store no longer
// lists who was banned from it. Members learn of their bans from their own streams.
func (l lists) lookAgain(room *channel) {
	for _, p := range l.live.list() {
		if !p.watches(room.topic.Room) {
			continue
		}
		ctx, cancel := context.WithTimeout(l.ctx, lookTimeout)
		_, _, err := l.chat.Rooms.Get(ctx, p.user(), room.topic.Room)
		cancel()
		switch chat.CodeOf(err) {
		case "":
		case chat.CodeForbidden, chat.CodeNotFound:
			if l.unwatch(p, room.topic.Room) {
				p.emit(wire.EventRoomGone, wire.RoomGoneOf(chat.SubscriptionGone{Room: room.topic.Room, Reason: chat.GoneBanned}))
			}
		default:
			l.giveUp(p, "reading a room", err)
		}
	}
}

// closeRoom ends what all connections listen to in a room that has been deleted. Its
// members learn of it from their own streams; this sends it to others who watch the room.
func (l lists) closeRoom(room *channel, rev int64) {
	id := room.topic.Room
	for _, p := range l.live.list() {
		p.mu.Lock()
		h := p.feeds[room.topic]
		if h == nil || p.closed {
			p.mu.Unlock()
			continue
		}
		if h.watched && !h.followed {
			p.emit(wire.EventRoomGone, wire.RoomGoneOf(chat.SubscriptionGone{Room: id, Reason: chat.GoneDeleted}))
		}
		if h.followed {
			if p.gone == nil {
				p.gone = make(map[chat.RoomID]int64)
			}
			p.gone[id] = rev
		}
		if h.watched {
			p.looks--
		}
		h.followed, h.watched = false, false
		l.settle(p, h)
		p.mu.Unlock()
		l.endTyping(l.ctx, p, id)
	}
}

// watches reports whether the connection watches the room.
func (p *conn) watches(room chat.RoomID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.feeds[chat.Topic{Room: room}]
	return h != nil && h.watched
}
