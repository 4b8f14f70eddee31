package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
	"partychat/internal/live"
	"partychat/internal/wire"
)

// lookTimeout limits the time of a query while an event is delivered.
const lookTimeout = 2 * time.Second

// receive handles an event from the broker (chat.Broker.Handle).
func (g *Gateway) receive(event chat.Event) {
	if missed, ok := event.(chat.Missed); ok {
		g.presences.Add(missed.Of.Presence) // this also renews the leases of this node
	}
	if g.streams.Take(event) {
		return
	}
	switch e := event.(type) {
	case chat.PresencePut:
		g.watchers.note(e.Presence.User)
	case chat.ProfilePut:
		profiles{g}.tellWatchers(e)
	case chat.Typing:
		if c := g.topics.find(e.Topic()); c != nil {
			g.deliverTyping(c, e)
		}
	}
}

// deliver sends an event of a stream to its connections (live.Streams.Handle).
func (g *Gateway) deliver(event chat.Revised) {
	c := g.topics.find(event.Topic())
	switch {
	case c == nil: // only classic sockets follow the topic
	case c.topic.User != 0:
		g.deliverToUser(c, event)
	default:
		g.deliverToRoom(c, event)
	}
}

func (g *Gateway) deliverToRoom(c *channel, event chat.Revised) {
	switch e := event.(type) {
	case chat.MemberGone:
		g.lists.lose(c, e) // first, so that they get no later event of the room
	case chat.RoomGone:
		g.lists.closeRoom(c, e.Rev)
	case live.StartOver:
		g.lists.lookAgain(c)
		g.tellAnew(c, e)
	}
	if o := inRoom(event); o.name != "" {
		g.tell(c, event.Revision(), o.name, o.payload)
	}
}

// inRoom returns the event that clients get for one of a room's stream; none for
// other types.
func inRoom(event chat.Revised) outgoing {
	// Most events are messages, and the frame of what encodes all others is large.
	put, ok := event.(chat.MessagePut)
	switch {
	case !ok:
		return otherInRoom(event)
	case put.Message.HidesUsers(): // each recipient learns from room:sync what is theirs
		return outgoing{wire.EventReactionPut, wire.ReactionPut{Room: put.Message.Room, Rev: put.Message.Rev}}
	default:
		return outgoing{wire.EventMessagePut, wire.MessagePutOf(put)}
	}
}

func otherInRoom(event chat.Revised) outgoing {
	switch e := event.(type) {
	case chat.ReactionsPut:
		return outgoing{wire.EventReactionPut, wire.ReactionPutOf(e)}
	case chat.RoomChanged:
		return outgoing{wire.EventRoomChanged, wire.RoomChangedOf(e)}
	case chat.MemberPut:
		return outgoing{wire.EventMemberPut, wire.MemberPutOf(e)}
	case chat.MemberGone:
		return outgoing{wire.EventMemberGone, wire.MemberGoneOf(e)}
	default:
		return outgoing{}
	}
}

func (g *Gateway) deliverToUser(c *channel, event chat.Revised) {
	switch e := event.(type) {
	case chat.SubscriptionPut:
		to := c.knowingLess(e.Rev)
		g.tell(c, e.Rev, wire.EventRoomPut, wire.RoomPutOf(e))
		for _, p := range to { // afterwards: clients ignore events of rooms that they do not know
			g.lists.follow(p, e.Subscription)
		}
	case chat.SubscriptionGone:
		for _, p := range c.knowingLess(e.Rev) {
			g.lists.unfollow(p, e.Room)
		}
		g.tell(c, e.Rev, wire.EventRoomGone, wire.RoomGoneOf(e))
	case chat.Invited:
		g.tell(c, e.Rev, wire.EventInvitation, wire.InvitedOf(e))
	case chat.InvitationGone:
		g.tell(c, e.Rev, wire.EventInviteGone, wire.InvitationGoneOf(e))
	case chat.ThreadPut:
		g.tell(c, e.Rev, wire.EventThreadPut, wire.ThreadPutOf(e))
	case chat.BookmarkPut:
		g.tell(c, e.Rev, wire.EventBookmarkPut, wire.BookmarkPutOf(e))
	case chat.UserPut:
		for _, p := range c.knowingLess(e.Rev) {
			p.account.Store(&e.User)
		}
		g.tell(c, e.Rev, wire.EventUserPut, wire.UserPutOf(e))
	case chat.SettingsPut:
		g.tell(c, e.Rev, wire.EventSettingsPut, wire.SettingsPutOf(e))
	case chat.SessionEnded:
		for _, p := range c.conns() {
			if p.identity.Session == e.Session {
				p.end(e.Reason, e.Rev)
			}
		}
	case chat.UserBanned:
		g.endIfBanned(c, e.Rev)
	case live.StartOver: // clients reconnect and load the list
		cutAll(c)
	}
}

// tellAnew sends room:changed when the store no longer lists the changes. Clients see
// by its rev that events are missing, and load the room again.
func (g *Gateway) tellAnew(c *channel, e live.StartOver) {
	ctx, cancel := context.WithTimeout(g.ctx, lookTimeout)
	defer cancel()
	room, err := g.opts.Store.RoomByID(ctx, c.topic.Room)
	if chat.CodeOf(err) == chat.CodeNotFound { // it was deleted
		g.lists.closeRoom(c, e.Rev)
		return
	}
	if err != nil {
		g.logFault("reading a room", err)
		return // the next event has the same effect
	}
	g.tell(c, e.Rev, wire.EventRoomChanged, wire.RoomChangedOf(chat.RoomChanged{Room: room, Rev: e.Rev}))
}

// endIfBanned ends the connections of a user who is banned from the server, unless the
// ban has been lifted meanwhile. If the store is unavailable, it cuts them, and the ban
// is checked when they reconnect.
func (g *Gateway) endIfBanned(user *channel, rev int64) {
	ctx, cancel := context.WithTimeout(g.ctx, lookTimeout)
	defer cancel()
	users, err := g.opts.Store.UsersByID(ctx, []chat.UserID{user.topic.User})
	switch {
	case err != nil:
		g.logFault("reading bans", err)
		cutAll(user)
	case len(users) == 1 && users[0].Banned:
		for _, p := range user.conns() {
			p.end(chat.EndBanned, rev)
		}
	}
}

// cutAll cuts all connections of a user. The clients reconnect.
func cutAll(user *channel) {
	for _, p := range user.conns() {
		p.cut()
	}
}

// sleep reports false if the context ended before the time was over.
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
