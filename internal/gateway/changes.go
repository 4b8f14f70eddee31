package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// Events about rooms and members may arrive in another order than that in
// which they were stored, from several nodes above all, and say by nothing
// which one is the younger. So the store is asked, when it can be, and the last
// one to arrive is told as what has become of it.

// confirmTimeout bounds the look into the store that confirms an event.
const confirmTimeout = 2 * time.Second

// deliverRoom tells that a room's name or topic is another.
func (g *Gateway) deliverRoom(c *channel, room chat.Room) {
	c.look()
	ctx, cancel := context.WithTimeout(c.ctx, confirmTimeout)
	defer cancel()
	if now, err := g.opts.Store.RoomByID(ctx, room.ID); err == nil {
		room = now
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
	g.tellLocked(c, eventRoomChanged, RoomChanged{Room: room})
}

// look counts one more look.
func (c *channel) look() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.looks++
}

// looked gives the number of looks.
func (c *channel) looked() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.looks
}

// retell tells what a room of which events were missed has become, unless
// something else has been told, or looked up, since so many looks: of the two
// nobody knows which is the younger.
func (g *Gateway) retell(c *channel, room chat.Room, looks uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if looks%2 != 0 || c.looks != looks {
		return false
	}
	g.tellLocked(c, eventRoomChanged, RoomChanged{Room: room})
	return true
}

// deliverMember tells that someone has come, unless they have gone since.
func (g *Gateway) deliverMember(c *channel, e chat.MemberPut) {
	if member, err := g.isMember(c.ctx, e.Room, e.Member.User.ID); member || err != nil {
		g.tell(c, eventMemberPut, MemberPut{Room: e.Room, Member: e.Member})
	}
}

// deliverMemberGone tells that someone has gone, unless they have come again. Their
// own sockets stop hearing the room first: what is said in it afterwards comes
// behind this event, and may come before the one that is for them.
func (g *Gateway) deliverMemberGone(c *channel, e chat.MemberGone) {
	if user := g.topics.find(chat.Topic{User: e.User}); user != nil {
		g.deliverSubscriptionGone(user, chat.SubscriptionGone{User: e.User, Room: e.Room, Reason: e.Reason})
	}
	if member, err := g.isMember(c.ctx, e.Room, e.User); !member || err != nil {
		g.tell(c, eventMemberGone, MemberGone{Room: e.Room, User: e.User})
	}
}

// deliverBarred has the sockets of a user look into the room no more, for the same
// reason.
func (g *Gateway) deliverBarred(e chat.Barred) {
	if user := g.topics.find(chat.Topic{User: e.User}); user != nil {
		g.deliverSubscriptionGone(user, chat.SubscriptionGone{User: e.User, Room: e.Room, Reason: chat.GoneBanned})
	}
}

func (g *Gateway) isMember(ctx context.Context, room chat.RoomID, user chat.UserID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, confirmTimeout)
	defer cancel()
	membership, err := g.opts.Store.Membership(ctx, room, user)
	if chat.CodeOf(err) == chat.CodeNotFound {
		return false, nil
	}
	return err == nil && !membership.Hidden, err
}
