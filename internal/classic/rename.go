package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// nameOr lets a client come in by a name that it has chosen, or replaces the name that
// it was given: some pages go into a room before they say who they are.
func (c accounts) nameOr(ctx context.Context, p *client, name string) error {
	p.mu.Lock()
	nameless, before, leave, old := p.nameless, p.user, p.leave, p.guest
	p.mu.Unlock()
	if !nameless || c.chat.Classic.Fold(name) == c.chat.Classic.Fold(before.Username) {
		return c.accounts.name(ctx, p, name, true)
	}
	c.commands.stopTyping(ctx, p)
	c.accounts.unhear(p)
	if err := c.accounts.takeName(ctx, p, name, true); err != nil {
		if failed := c.accounts.hear(ctx, p, before.ID); failed != nil {
			return failed
		}
		if failed := c.accounts.reloadUser(ctx, p, before.ID); failed != nil {
			return failed
		}
		return err
	}
	p.socket.Leave(userRoom(before.ID))
	p.mu.Lock()
	p.member = false
	p.mu.Unlock()
	leave()
	c.names.release(ctx, old)
	return c.accounts.stay(ctx, p, before)
}

// stay keeps a renamed client in its room.
func (c accounts) stay(ctx context.Context, p *client, before chat.User) error {
	room, user := p.place(), p.who()
	if room == 0 {
		return nil
	}
	c.mu.Lock()
	name := ""
	if t := c.topics[room]; t != nil && room != chat.MainRoom {
		name = t.name
	}
	c.mu.Unlock()
	sub, err := c.places.joinAgain(ctx, user, room, name)
	if err != nil {
		p.moving.Lock()
		defer p.moving.Unlock()
		c.places.leaveAs(p, room, before)
		return err
	}
	p.mu.Lock()
	p.joined = sub.Rev
	p.mu.Unlock()
	if !c.places.looksAt(before.ID, room) {
		c.told.tellRoom(room, dialect.Left, p, personOf(before.Author()))
	}
	c.told.tellRoom(room, dialect.Joined, p, personOf(user.Author()))
	c.told.tellPeople(room, nil, user.Username)
	c.nodes.share(room)
	return nil
}

// joinAgain makes the client's new user a member of the room that the client knows by
// that name. It fails if the room is a conversation, which belongs to the two people who
// began it, or if the name leads the new user to another room.
func (c places) joinAgain(ctx context.Context, user chat.User, room chat.RoomID, name string) (chat.Subscription, error) {
	if name == "" && room != chat.MainRoom {
		return chat.Subscription{}, chat.Errorf(chat.CodeForbidden, "You have another name now. Open the conversation again.")
	}
	sub, err := c.places.join(ctx, user, name)
	if err == nil && sub.ID != room {
		err = chat.ErrorIn("room", chat.CodeForbidden, "You have another name now. Join the room again.")
	}
	return sub, err
}
