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
	ctx, cancel := context.WithTimeout(c.ctx, confirmTimeout)
	defer cancel()
	if now, err := g.opts.Store.RoomByID(ctx, room.ID); err == nil {
		room = now
	}
	g.tell(c, eventRoomChanged, RoomChanged{Room: room})
}

// deliverMember tells that someone has come, unless they have gone since.
func (g *Gateway) deliverMember(c *channel, e chat.MemberPut) {
	if member, err := g.isMember(c.ctx, e.Room, e.Member.User.ID); member || err != nil {
		g.tell(c, eventMemberPut, MemberPut{Room: e.Room, Member: e.Member})
	}
}

// deliverMemberGone tells that someone has gone, unless they have come again.
func (g *Gateway) deliverMemberGone(c *channel, e chat.MemberGone) {
	if member, err := g.isMember(c.ctx, e.Room, e.User); !member || err != nil {
		g.tell(c, eventMemberGone, MemberGone{Room: e.Room, User: e.User})
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
