package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/socketio"
)

// connect greets a socket that has been admitted. What happens while it does
// is not lost: the user's topic is subscribed first, then the rooms, and only
// then is ready composed. Whatever is told in between is held back and follows
// ready.
func (g *Gateway) connect(s *socketio.Socket) {
	p := peerOf(s)
	if p == nil {
		return
	}
	if err := g.hearUser(p); err != nil {
		g.giveUp(p, "subscription to a user", err)
		return
	}
	g.live.add(p)
	if !g.stillLoggedIn(p) {
		return
	}
	subscriptions, err := g.hearRooms(s.Context(), p)
	if err != nil {
		g.giveUp(p, "list of subscriptions", err)
		return
	}
	presence, err := g.watchPeers(s.Context(), p, subscriptions)
	if err != nil {
		g.giveUp(p, "presence of the peers of conversations", err)
		return
	}
	g.greet(p, subscriptions, presence)
	g.watchers.open(p)
	g.attend(s.Context(), p, false)
}

// hearUser subscribes the peer to what happens to its user and session.
func (g *Gateway) hearUser(p *peer) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	h, err := g.listen(p, chat.Topic{User: p.user().ID}, 0)
	if err != nil {
		return err
	}
	h.followed = true
	return nil
}

// stillLoggedIn looks again, now that the end of the session would be heard: it
// may have come between the admission and the subscription. A session that has
// gone within that moment was logged out, if its user was not banned.
func (g *Gateway) stillLoggedIn(p *peer) bool {
	handshake := p.socket.Handshake()
	auth, err := parseAuth(handshake.Auth)
	if err == nil {
		_, err = g.opts.Auth.Authenticate(p.socket.Context(), handshake.Header, auth.Token)
	}
	switch {
	case err == nil:
		return true
	case chat.CodeOf(err) == chat.CodeUnauthenticated:
		reason := chat.EndLogOut
		if identity, err := g.opts.Auth.Identify(p.socket.Context(), p.identity.Session); err == nil && identity.User.Banned {
			reason = chat.EndBanned
		}
		p.end(reason)
	default:
		g.giveUp(p, "authentication of a socket", err)
	}
	return false
}

// hearRooms subscribes the peer to all rooms of its user and returns a list
// that was read when all of it was already being heard.
func (g *Gateway) hearRooms(ctx context.Context, p *peer) ([]chat.Subscription, error) {
	for {
		list, err := g.chat.Rooms.Subscriptions(ctx, p.user().ID)
		if err != nil {
			return nil, err
		}
		complete, err := g.hearAll(p, list)
		if err != nil || complete {
			return list, err
		}
	}
}

// hearAll subscribes the peer to what is new in the list and tells whether
// nothing was. Rooms that have left the list meanwhile are told of by the
// user's topic, or let go here.
func (g *Gateway) hearAll(p *peer, list []chat.Subscription) (complete bool, err error) {
	complete = true
	listed := make(map[chat.RoomID]struct{}, len(list))
	p.mu.Lock()
	for _, sub := range list {
		listed[sub.ID] = struct{}{}
		known := p.holds[chat.Topic{Room: sub.ID}] != nil
		h, err := g.listen(p, chat.Topic{Room: sub.ID}, sub.Rev)
		if err != nil {
			p.mu.Unlock()
			return false, err
		}
		h.followed, h.told = true, toldOf(sub)
		complete = complete && known
	}
	var extra []chat.RoomID
	for topic := range p.holds {
		if _, ok := listed[topic.Room]; !ok && topic.Room != 0 {
			extra = append(extra, topic.Room)
		}
	}
	p.mu.Unlock()
	for _, room := range extra {
		g.unfollow(p, room)
	}
	return complete, nil
}

// greet sends ready, then what has been held back, and opens the channels.
func (g *Gateway) greet(p *peer, subscriptions []chat.Subscription, presence []chat.Presence) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if subscriptions == nil {
		subscriptions = []chat.Subscription{}
	}
	p.emit(eventReady, Ready{
		User: p.user(), Subscriptions: subscriptions, Limits: readyLimits(g.chat.Limits()), Presence: presence,
	})
	p.live = true
	for _, h := range p.holds {
		h.channel.open(p)
	}
	for _, sub := range subscriptions {
		if h := p.holds[chat.Topic{Room: sub.ID}]; h != nil {
			g.expect(h.channel, sub.Rev)
		}
	}
}

func readyLimits(l chat.Limits) ReadyLimits {
	return ReadyLimits{
		UsernameMax: l.UsernameMax, PasswordMin: l.PasswordMin, PasswordMax: l.PasswordMax,
		RoomName: l.RoomName, Topic: l.Topic, Message: l.Message,
	}
}

// disconnect forgets a socket that has gone; its handlers have all returned.
func (g *Gateway) disconnect(s *socketio.Socket, _ socketio.DisconnectReason) {
	p := peerOf(s)
	if p == nil {
		return
	}
	g.live.remove(p)
	g.endAllTyping(g.ctx, p)
	defer g.depart(p)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, h := range p.holds {
		h.followed, h.watched = false, false
		g.settle(p, h)
	}
}
