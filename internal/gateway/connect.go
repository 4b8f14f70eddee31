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
		g.giveUp(p, "subscribing to a user", err)
		return
	}
	g.live.add(p)
	if !g.stillLoggedIn(p) {
		return
	}
	list, err := g.hearRooms(s.Context(), p)
	if err != nil {
		g.giveUp(p, "reading the subscriptions", err)
		return
	}
	presence, err := g.watchPeers(s.Context(), p, list.peers)
	if err != nil {
		g.giveUp(p, "reading the presence of peers", err)
		return
	}
	pending, err := g.chat.Invitations.Pending(s.Context(), p.user())
	if err != nil {
		g.giveUp(p, "invitations that wait", err)
		return
	}
	g.greet(p, list, presence, pending)
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
	auth, err := parseAuth(announced(p.socket, handshake))
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
		g.giveUp(p, "authenticating a socket", err)
	}
	return false
}

// heard is what ready says of a user's rooms, all of which are heard.
type heard struct {
	first chat.SubscriptionPage // the first page of the list
	revs  map[chat.RoomID]int64 // of all rooms
	peers []chat.UserID         // of all conversations
}

// hearRooms subscribes the peer to all rooms of its user and returns a list
// that was read when all of it was already being heard.
func (g *Gateway) hearRooms(ctx context.Context, p *peer) (heard, error) {
	for {
		list, complete, err := g.hearAll(ctx, p)
		if err != nil || complete {
			return list, err
		}
	}
}

// hearAll subscribes the peer to what is new in the list and tells whether
// nothing was. Rooms that have left the list meanwhile are told of by the
// user's topic, or let go here.
func (g *Gateway) hearAll(ctx context.Context, p *peer) (list heard, complete bool, err error) {
	list.revs = make(map[chat.RoomID]int64)
	complete = true
	err = g.eachPage(ctx, p.user().ID, func(page chat.SubscriptionPage) error {
		if len(list.revs) == 0 {
			list.first = page
		}
		known, err := g.hearPage(p, page.Subscriptions)
		complete = complete && known
		for _, sub := range page.Subscriptions {
			list.revs[sub.ID] = sub.Rev
			if sub.Peer != nil {
				list.peers = append(list.peers, sub.Peer.ID)
			}
		}
		return err
	})
	if err != nil {
		return heard{}, false, err
	}
	for _, room := range p.rooms(func(*hold) bool { return true }) {
		if _, ok := list.revs[room]; !ok {
			g.unfollow(p, room)
		}
	}
	return list, complete, nil
}

// hearPage subscribes the peer to rooms of its list and tells whether it was so
// already.
func (g *Gateway) hearPage(p *peer, page []chat.Subscription) (known bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known = true
	for _, sub := range page {
		known = known && p.holds[chat.Topic{Room: sub.ID}] != nil
		h, err := g.listen(p, chat.Topic{Room: sub.ID}, sub.Rev)
		if err != nil {
			return false, err
		}
		h.followed, h.told = true, toldOf(sub)
	}
	return known, nil
}

// eachPage calls f with each page of the user's list, so that no more than one
// is held at a time.
func (g *Gateway) eachPage(ctx context.Context, user chat.UserID, f func(chat.SubscriptionPage) error) error {
	for after := ""; ; {
		page, err := g.chat.Rooms.SubscriptionPage(ctx, user, after)
		if err != nil {
			return err
		}
		if err := f(page); err != nil || page.Next == "" {
			return err
		}
		after = page.Next
	}
}

// greet sends ready, then what has been held back, and opens the channels.
func (g *Gateway) greet(p *peer, list heard, presence []chat.Presence, pending []chat.Invited) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.emit(eventReady, Ready{
		User: p.user(), Subscriptions: list.first.Subscriptions, Next: list.first.Next,
		Limits: readyLimits(g.chat.Limits()), Presence: presence,
	})
	for _, e := range pending {
		p.emit(eventInvitation, invited(e))
	}
	p.live = true
	for _, h := range p.holds {
		h.channel.open(p)
	}
	for room, rev := range list.revs {
		if h := p.holds[chat.Topic{Room: room}]; h != nil {
			g.expect(h.channel, rev)
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
