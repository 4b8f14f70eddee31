package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// enter lets the client into a room of its user, instead of the one before. The client
// receives the room's messages after present has sent it the history.
func (c places) enter(ctx context.Context, p *client, sub chat.Subscription) error {
	room := sub.ID
	c.commands.stopTyping(ctx, p)
	p.moving.Lock()
	defer p.moving.Unlock()
	if err := c.places.follow(ctx, p, room); err != nil {
		return err
	}
	if before := p.place(); before != room {
		c.places.leave(p, before)
	}
	c.places.closeMain(p, room)
	p.socket.Leave(roomOf(p.dialect(), room)) // if it enters once more
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	p.room, p.joined = room, sub.Rev
	p.mu.Unlock()
	if t := c.topics[room]; t != nil {
		t.name = sub.Name
		t.enter(p, p.dialect())
	}
	return nil
}

// dropIf cuts the connection of a client whose backlog was overrun: it has missed messages, and gets
// them in the history when it reconnects.
func (p *client) dropIf(overrun bool) {
	if overrun {
		p.socket.Session().Drop("forced close")
	}
}

// page returns messages of the room that the client has entered. If its user may no
// longer read them, having left the room in the same moment, or if reading fails, the
// client stops receiving the room.
func (c places) page(ctx context.Context, p *client, user chat.User, room chat.RoomID, wanted chat.MessagePage) (chat.Page, error) {
	got, err := c.places.read(ctx, p, user, room, wanted)
	code := chat.CodeOf(err)
	if code == chat.CodeNotFound || code == chat.CodeForbidden || err != nil && c.places.isEntering(p, room) {
		p.moving.Lock()
		defer p.moving.Unlock()
		c.places.leave(p, room)
	}
	return got, err
}

// read returns messages within the user's budget. It waits until the client has
// received most of what it was sent before.
func (c places) read(ctx context.Context, p *client, user chat.User, room chat.RoomID, wanted chat.MessagePage) (chat.Page, error) {
	if err := p.socket.Session().Wait(ctx, c.chat.Limits().PageBytes); err != nil {
		return chat.Page{}, &chat.Error{Code: chat.CodeUnavailable, Message: "The connection is too slow for the answer.", Err: err}
	}
	done, err := c.chat.Budget().Read(user.ID)
	if err != nil {
		return chat.Page{}, err
	}
	defer done()
	return c.chat.Messages.Page(ctx, user, room, wanted)
}

// leave undoes enter if the client looks at the room, tells the others there, and
// reports whether it did. The caller holds p.moving.
func (c places) leave(p *client, room chat.RoomID) bool { return c.places.leaveAs(p, room, p.who()) }

// leaveAs is leave for a client that the others in the room know as this user.
func (c places) leaveAs(p *client, room chat.RoomID, user chat.User) bool {
	p.mu.Lock()
	here, table := p.room == room && room != 0, p.speaks
	if here {
		p.room, p.with, p.oldest = 0, "", 0
	}
	p.mu.Unlock()
	if here {
		p.socket.Leave(roomOf(table, room))
		c.places.unfollow(p, room)
		c.told.tellLeft(room, user)
	}
	return here
}

// putOut removes the client from a room that its user has left on another device or was
// removed from.
func (c places) putOut(p *client, e chat.MemberGone) {
	p.moving.Lock()
	p.mu.Lock()
	here := p.room == e.Room && p.joined < e.Rev
	p.mu.Unlock()
	if here {
		c.places.letGo(c.ctx, p, e.Room, e.Reason)
	}
	p.moving.Unlock()
	if e.Room == chat.MainRoom {
		c.places.lookAtMain(p)
	}
}

// unheard is the reason for a room's loss when nobody knows it any more.
const unheard chat.GoneReason = "unheard"

// look removes the client from its room unless the store says that its user is a member.
func (c places) look(ctx context.Context, p *client) {
	p.moving.Lock()
	defer p.moving.Unlock()
	room := p.place()
	if room == 0 {
		return
	}
	_, sub, err := c.chat.Rooms.Get(ctx, p.who(), room)
	if err == nil && sub != nil {
		return
	}
	reason := unheard
	switch chat.CodeOf(err) {
	case "", chat.CodeNotFound:
	case chat.CodeForbidden:
		reason = chat.GoneBanned
	default:
		c.logFault("reading a membership", err) // better to hear too little than what is not one's own
	}
	c.places.letGo(ctx, p, room, reason)
}

// close takes all clients out of a room that has been deleted.
func (c places) close(room chat.RoomID) {
	for _, p := range c.seated(room) {
		p.moving.Lock()
		if p.place() == room {
			c.places.letGo(c.ctx, p, room, chat.GoneDeleted)
		}
		p.moving.Unlock()
	}
}

// letGo takes the client out of its room and says why. The caller holds p.moving.
func (c places) letGo(ctx context.Context, p *client, room chat.RoomID, reason chat.GoneReason) {
	c.commands.stopTyping(ctx, p)
	if c.places.leave(p, room) {
		c.emit(p.socket, "classicError", wire.ErrorOf(errGone(reason)))
	}
}

// errGone explains why the client no longer receives a room.
func errGone(reason chat.GoneReason) error {
	switch reason {
	case chat.GoneBanned:
		return chat.ErrBannedFromRoom()
	case chat.GoneDeleted:
		return chat.ErrorIn("room", chat.CodeNotFound, "This room has been deleted.")
	case chat.GoneRemoved:
		return chat.ErrorIn("room", chat.CodeForbidden, "You were removed from this room.")
	case unheard:
		return chat.ErrorIn("room", chat.CodeForbidden, "You are no longer in this room.")
	default:
		return chat.ErrorIn("room", chat.CodeForbidden, "You have left this room.")
	}
}
