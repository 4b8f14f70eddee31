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
	head, err := g.lists.arrive(s.Context(), p)
	if err != nil {
		g.giveUp(p, "reading the subscriptions", err)
		return
	}
	if !g.stillLoggedIn(p, head) {
		return
	}
	ready, after, err := g.greeter.compose(s.Context(), p, head)
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
	if err := l.streams.HoldUser(user); err != nil {
		l.topics.release(c)
		return err
	}
	p.feeds[topic] = &feed{channel: c, followed: true}
	return nil
}

// arrive makes the peer listen to all rooms of its user, and gives the list as it
// was when that began, each room with the rev up to which the peer must know it
// from elsewhere. What has happened since will be told.
func (l lists) arrive(ctx context.Context, p *conn) (chat.UserHead, error) {
	user := p.identity.User.ID
	p.mu.Lock()
	c := p.feeds[chat.Topic{User: user}].channel
	p.mu.Unlock()
	for {
		head, err := l.opts.Store.ListHeads(ctx, user)
		if err != nil {
			return chat.UserHead{}, err
		}
		if err := l.listenToAll(p, head.Rooms); err != nil {
			return chat.UserHead{}, err
		}
		p.since.Store(head.Rev)
		if told := c.enter(p, false); max(told, l.streams.Begin(user, head.Rev)) <= head.Rev {
			return head, nil
		}
		c.leave(p) // something was told after the list was read and before the peer was there
	}
}

// listenToAll makes a peer that is arriving listen to these rooms and no others, and
// notes in each the rev up to which others have been told.
func (l lists) listenToAll(p *conn, rooms []chat.ListHead) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.feeds) > 1
	for i := range rooms {
		room := &rooms[i]
		if h := p.feeds[chat.Topic{Room: room.Room}]; h != nil {
			h.since = room.RoomRev
			continue
		}
		h, after, err := l.listen(p, room.Room, room.RoomRev, false)
		if err != nil {
			return err
		}
		h.followed, room.RoomRev = true, max(room.RoomRev, after)
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
