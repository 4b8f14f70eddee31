package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// deliver takes what the broker brings (chat.Broker.Handle).
func (g *Gateway) deliver(event chat.Event) {
	switch e := event.(type) {
	case chat.PresencePut:
		g.watchers.note(e.Presence.User)
		return
	case chat.Missed:
		g.noteMissed(e.Of)
		return
	}
	c := g.topics.find(event.Topic())
	if c == nil {
		return // the last socket has just left
	}
	if e, ok := event.(chat.Revised); ok && event.Topic().Room != 0 && e.Revision() != 0 {
		if _, isMessage := event.(chat.MessagePut); !isMessage {
			c.mu.Lock()
			g.tellMessagesLocked(c, c.order.pass(e.Revision()))
			g.watchHoleLocked(c)
			c.mu.Unlock()
		}
	}
	switch e := event.(type) {
	case chat.MessagePut:
		g.deliverMessage(c, e.Message)
	case chat.Typing:
		g.deliverTyping(c, e)
	case chat.RoomChanged:
		g.deliverRoom(c, e.Room)
	case chat.MemberPut:
		g.deliverMember(c, e)
	case chat.MemberGone:
		g.deliverMemberGone(c, e)
	case chat.SubscriptionPut:
		g.deliverSubscription(c, e.Subscription)
	case chat.SubscriptionGone:
		g.deliverSubscriptionGone(c, e)
	case chat.Invited:
		g.tell(c, eventInvitation, invited(e))
	case chat.UserPut:
		g.deliverUser(c, e.User)
	case chat.SessionEnded:
		g.endSession(c, e)
	case chat.Barred:
		g.deliverBarred(e)
	case chat.UserBanned:
		if err := g.endBanned(c.ctx, []chat.UserID{e.User}); err != nil {
			g.cutAll(c)
		}
	}
}

// deliverMessage tells the room's sockets of a message when its turn has come.
func (g *Gateway) deliverMessage(c *channel, m chat.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	g.tellMessagesLocked(c, c.order.offer(m))
	g.watchHoleLocked(c)
}

// expect compares what has been delivered with a head that the store has shown:
// a lost last event leaves no hole by itself.
func (g *Gateway) expect(c *channel, rev int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.order.expect(rev)
	g.watchHoleLocked(c)
}

func (g *Gateway) tellMessagesLocked(c *channel, messages []chat.Message) {
	for _, m := range messages {
		if m.Seq == 0 { // the rev of a change that is no message
			continue
		}
		g.tellLocked(c, eventMessagePut, MessagePut{Message: m})
		g.handleMessage(m)
	}
}

// watchHoleLocked makes sure that a hole does not stay.
func (g *Gateway) watchHoleLocked(c *channel) {
	if c.filling || !c.order.behind() || g.ctx.Err() != nil {
		return
	}
	c.filling = true
	g.work.Go(func() { g.fillHoles(c) })
}

// fillHoles goes on until nothing is missing in the channel. A hole that stays
// for HoleGrace is filled from the store.
func (g *Gateway) fillHoles(c *channel) {
	wait, failing := g.opts.HoleGrace, false
	for {
		stuck := c.position()
		if !sleep(c.ctx, wait) {
			return
		}
		wait = g.opts.HoleGrace
		behind, at := c.state()
		if !behind {
			return
		}
		if at != stuck {
			continue // it moves by itself
		}
		changes, err := g.opts.Store.ChangesSince(c.ctx, c.topic.Room, at, maxWaiting, g.chat.Limits().PageBytes)
		if err != nil {
			if c.ctx.Err() == nil && !failing {
				g.opts.Log.Warn("cannot fill a hole in a room yet", "room", c.topic.Room, "rev", at, "error", err)
			}
			wait, failing = g.opts.HoleRetry, true
			continue
		}
		failing = false
		c.mu.Lock()
		g.tellMessagesLocked(c, c.order.fill(changes))
		c.mu.Unlock()
		switch {
		case changes.More:
			wait = 0
		case c.position() == at:
			wait = g.opts.HoleRetry // the store does not know yet what an event has told
		}
	}
}

// position gives the rev up to which everything has been delivered.
func (c *channel) position() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.at
}

// state tells whether something is missing, and behind which rev. If nothing
// is, the goroutine that asks is to end, and a later hole gets another.
func (c *channel) state() (behind bool, at int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.filling = c.order.behind()
	return c.filling, c.order.at
}

// sleep waits; false if the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// deliverUser lets a user's sockets go on as who the user is now, and tells them.
func (g *Gateway) deliverUser(c *channel, user chat.User) {
	for _, p := range c.peers() {
		p.account.Store(&user)
	}
	g.tell(c, eventUserPut, UserPut{User: user})
}

// endSession disconnects the sockets of a session.
func (g *Gateway) endSession(user *channel, e chat.SessionEnded) {
	for _, p := range user.peers() {
		if p.identity.Session == e.Session {
			p.end(e.Reason)
		}
	}
}

// cutAll cuts all sockets of a user of whom the store cannot tell now. They come
// back, and are looked at then.
func (g *Gateway) cutAll(user *channel) {
	for _, p := range user.peers() {
		p.cut()
	}
}

// endAll disconnects all sockets of a user.
func (g *Gateway) endAll(user *channel, reason chat.EndReason) {
	for _, p := range user.peers() {
		p.end(reason)
	}
}
