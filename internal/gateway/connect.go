package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/socketio"
)

// connect sends ready to a socket that has been admitted. No event is lost meanwhile:
// the node follows the user first, then the rooms, and only then composes ready.
// Events that arrive in between are sent after ready.
func (g *Gateway) connect(s *socketio.Socket) {
	p := connOf(s)
	if p == nil {
		return
	}
	if err := g.lists.listenToUser(p); err != nil {
		g.giveUp(p, "subscribing to a user", err)
		return
	}
	g.live.add(p)
	list, err := g.lists.arrive(s.Context(), p)
	if err != nil {
		g.giveUp(p, "reading the subscriptions", err)
		return
	}
	if !g.stillLoggedIn(p, list.UserHead) {
		return
	}
	ready, after, err := g.greeter.compose(s.Context(), p, list)
	if err != nil {
		g.giveUp(p, "composing what a socket is greeted with", err)
		return
	}
	g.greeter.greet(p, ready, after)
	g.watchers.open(p)
	g.attend(s.Context(), p, false)
}

// listenToUser subscribes the connection to its user's stream.
func (l lists) listenToUser(p *conn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	user := p.identity.User.ID
	topic := chat.Topic{User: user}
	c := l.topics.acquire(topic)
	if err := l.streams.FollowUser(user); err != nil {
		l.topics.release(c)
		return err
	}
	p.feeds[topic] = &feed{channel: c, followed: true}
	return nil
}

// list is a user's list of rooms when a connection began to listen to them.
type list struct {
	chat.UserHead
	// revs has a rev for each of the Rooms. The connection receives the later events of the
	// room; it must know the earlier ones from elsewhere.
	revs []int64
}

// arrive makes the connection listen to all rooms of its user.
func (l lists) arrive(ctx context.Context, p *conn) (list, error) {
	user := p.identity.User.ID
	p.mu.Lock()
	c := p.feeds[chat.Topic{User: user}].channel
	p.mu.Unlock()
	for {
		head, err := l.opts.Store.ListHeads(ctx, user)
		if err != nil {
			return list{}, err
		}
		revs, err := l.roomRevs(ctx, head.Rooms)
		if err != nil {
			return list{}, err
		}
		if err := l.listenToAll(p, head.Rooms, revs); err != nil {
			return list{}, err
		}
		p.since.Store(head.Rev)
		if told := c.enter(p, false); max(told, l.streams.Begin(user, head.Rev)) <= head.Rev {
			return list{UserHead: head, revs: revs}, nil
		}
		c.leave(p) // an event was delivered between reading the list and entering the channel
	}
}

// roomRevs returns the rev of each room: the one that this node has delivered if it
// follows the room, otherwise that of the store. When many clients return at once, they
// share most of their rooms, and the store is not asked about those again.
func (l lists) roomRevs(ctx context.Context, rooms []chat.ListHead) ([]int64, error) {
	revs := make([]int64, len(rooms))
	var unknown []chat.RoomID
	for i, room := range rooms {
		rev, ok := l.streams.Reached(room.Room)
		if !ok {
			unknown = append(unknown, room.Room)
		}
		// A node that lags behind has not delivered the event of this membership. It must
		// not be taken for a new one then.
		revs[i] = max(rev, room.Rev)
	}
	if len(unknown) == 0 {
		return revs, nil
	}
	heads, err := l.opts.Store.Heads(ctx, unknown)
	if err != nil {
		return nil, err
	}
	stored := make(map[chat.RoomID]int64, len(heads))
	for _, head := range heads {
		stored[head.Room] = head.Rev
	}
	for i, room := range rooms {
		revs[i] = max(revs[i], stored[room.Room])
	}
	return revs, nil
}

// listenToAll makes a connection listen to these rooms and no others. It raises the revs
// up to which the rooms are known to those up to which others have received events.
func (l lists) listenToAll(p *conn, rooms []chat.ListHead, revs []int64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.feeds) > 1
	for i, room := range rooms {
		if h := p.feeds[chat.Topic{Room: room.Room}]; h != nil {
			h.since = revs[i]
			continue
		}
		h, after, err := l.listen(p, room.Room, revs[i], false)
		if err != nil {
			return err
		}
		h.followed, revs[i] = true, max(revs[i], after)
	}
	if !before {
		return nil
	}
	listed := make(map[chat.RoomID]struct{}, len(rooms))
	for _, room := range rooms {
		listed[room.Room] = struct{}{}
	}
	for topic, h := range p.feeds {
		if _, ok := listed[topic.Room]; topic.Room != 0 && !ok {
			h.followed = false
			l.settle(p, h)
		}
	}
	return nil
}

// stillLoggedIn checks the session again, because it may have ended between the
// admission and the subscription to the user's stream. Its end, and a ban from the
// server, move the head of that stream, so the session is looked up only if the head has
// moved.
func (g *Gateway) stillLoggedIn(p *conn, head chat.UserHead) bool {
	if head.Rev == p.identity.Rev && !head.User.Banned {
		return true
	}
	identity, err := g.opts.Auth.Identify(p.socket.Context(), p.identity.Session)
	switch {
	case chat.CodeOf(err) == chat.CodeUnauthenticated:
		p.end(chat.EndLogOut, 0)
	case err != nil:
		g.giveUp(p, "authenticating a socket", err)
	case identity.User.Banned:
		p.end(chat.EndBanned, 0)
	default:
		return true
	}
	return false
}

// disconnect releases everything of a disconnected socket. Its handlers have returned.
func (g *Gateway) disconnect(s *socketio.Socket, _ socketio.DisconnectReason) {
	p := connOf(s)
	if p == nil {
		return
	}
	g.live.remove(p)
	g.endAllTyping(g.ctx, p)
	defer g.depart(p)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, h := range p.feeds {
		h.followed, h.watched = false, false
		g.lists.settle(p, h)
	}
}
