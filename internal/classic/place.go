package classic

import (
	"context"

	"partychat/internal/chat"
)

// enter lets the client into the room in the dialect, instead of the one
// before. It hears the room once present has given it the history.
func (c *Classic) enter(ctx context.Context, p *client, d dialect, room chat.RoomID) error {
	c.stopTyping(ctx, p)
	p.moving.Lock()
	defer p.moving.Unlock()
	before := p.place()
	if err := c.follow(ctx, p, room); err != nil {
		return err
	}
	if before != 0 && before != room {
		p.socket.Leave(roomOf(d, before))
		c.unfollow(p, before)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p.mu.Lock()
	p.room = room
	p.mu.Unlock()
	if t := c.topics[room]; t != nil {
		t.enter(p)
	}
	p.socket.Leave(roomOf(d, room)) // if it enters once more
	return nil
}

// page gives messages of the room that the client has entered. Who may not read
// them any more, having left the room in the same moment, does not hear it
// either; nor does who has come without getting the history.
func (c *Classic) page(ctx context.Context, p *client, user chat.User, room chat.RoomID, wanted chat.MessagePage) (chat.Page, error) {
	got, err := c.chat.Messages.Page(ctx, user, room, wanted)
	if chat.CodeOf(err) == chat.CodeNotFound || err != nil && c.isEntering(p, room) {
		p.moving.Lock()
		defer p.moving.Unlock()
		c.leave(p, room)
	}
	return got, err
}

// leave ends enter, if the client looks at the room, and tells whether it did.
// The caller holds p.moving.
func (c *Classic) leave(p *client, room chat.RoomID) bool {
	p.mu.Lock()
	here, d := p.room == room, p.speaks
	if here {
		p.room, p.with, p.oldest = 0, "", 0
	}
	p.mu.Unlock()
	if here {
		p.socket.Leave(roomOf(d, room))
		c.unfollow(p, room)
	}
	return here
}

// leftElsewhere lets go of a room that the user has left on some device, unless
// the store says that the user is a member again.
func (c *Classic) leftElsewhere(ctx context.Context, p *client, room chat.RoomID) {
	p.moving.Lock()
	defer p.moving.Unlock()
	if p.place() != room {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, commandTimeout)
	defer cancel()
	_, sub, err := c.chat.Rooms.Get(ctx, p.who(), room)
	if err == nil && sub != nil {
		return
	}
	if err != nil && chat.CodeOf(err) != chat.CodeNotFound {
		c.logFault("look at a membership", err) // better to hear too little than what is not one's own
	}
	c.stopTyping(ctx, p)
	if c.leave(p, room) {
		c.emit(p.socket, "classicError", chat.InfoOf(chat.ErrorIn("room", chat.CodeForbidden, "You have left this room.")))
		c.tellActive(room)
	}
}
