package classic

import (
	"context"

	"partychat/internal/chat"
	"partychat/socketio"
)

// entry is the argument of userJoin, userTyping and newRoom.
type entry struct {
	Username  string `json:"username"`
	Username2 string `json:"username2"`
	Room      string `json:"room"`
}

// handleRooms is the protocol of rooms.
func (c *Classic) handleRooms() {
	c.on(rooms, "userJoin", c.userJoin)
	c.on(rooms, "userTyping", func(ctx context.Context, p *client, _ *socketio.Event) error {
		return c.startTyping(ctx, p)
	})
	c.on(rooms, "updateChat", c.updateChat)
	c.on(rooms, "newRoom", c.newRoom)
}

func parseEntry(e *socketio.Event) (entry, error) {
	var in entry
	if err := e.Args.Decode(0, &in); err != nil || in.Room == "" {
		return in, chat.ErrorIn("room", chat.CodeInvalid, "%s needs an object with a room.", e.Name)
	}
	return in, nil
}

// userJoin lets the client into a room by its name.
func (c *Classic) userJoin(ctx context.Context, p *client, e *socketio.Event) error {
	in, err := parseEntry(e)
	if err != nil {
		return err
	}
	if in.Username != "" {
		if err := c.name(ctx, p, in.Username, true); err != nil {
			return err
		}
	}
	user, err := known(p)
	if err != nil {
		return err
	}
	if err := c.chat.Budget().Write(user.ID); err != nil {
		return err
	}
	sub, err := c.chat.Classic.Join(ctx, user, in.Room)
	if err != nil {
		return err
	}
	before := p.place()
	if err := c.enter(ctx, p, rooms, sub.ID); err != nil {
		return err
	}
	p.mu.Lock()
	p.with = sub.Name
	p.mu.Unlock()
	page, err := c.page(ctx, p, user, sub.ID, chat.MessagePage{Limit: roomHistory})
	if err != nil {
		return err
	}
	c.present(p, sub.ID, "msgHistory", page, sub.Name)
	if before != 0 && before != sub.ID {
		c.tellActive(before)
	}
	c.tellActive(sub.ID)
	c.emit(p.socket.To(roomOf(rooms, sub.ID)), "userJoin", map[string]any{"username": user.Username, "room": sub.Name})
	return nil
}

// tellActive sends the names of those who look at the room to all of them.
func (c *Classic) tellActive(room chat.RoomID) {
	names := []string{}
	c.mu.Lock()
	if t := c.topics[room]; t != nil {
		names = t.active(room)
	}
	c.mu.Unlock()
	c.emit(c.sockets.To(roomOf(rooms, room)), "activeUsers", names)
}

// updateChat stores a message in the room that the client has joined.
func (c *Classic) updateChat(ctx context.Context, p *client, e *socketio.Event) error {
	user, err := known(p)
	if err != nil {
		return err
	}
	var in struct {
		Body string `json:"body"`
		Room string `json:"room"`
	}
	if err := e.Args.Decode(0, &in); err != nil {
		return chat.ErrorIn("body", chat.CodeInvalid, "updateChat needs an object with a body and a room.")
	}
	room := p.place()
	if room == 0 || in.Room != "" && c.chat.Classic.Fold(in.Room) != c.chat.Classic.Fold(p.nameOf(room)) {
		return chat.ErrorIn("room", chat.CodeInvalid, "Join the room with userJoin first.")
	}
	if err := c.say(ctx, user, room, in.Body); err != nil {
		return err
	}
	c.stopTyping(ctx, p)
	return nil
}

// newRoom makes a room and invites another user, unless there is one already.
func (c *Classic) newRoom(ctx context.Context, p *client, e *socketio.Event) error {
	user, err := known(p)
	if err != nil {
		return err
	}
	in, err := parseEntry(e)
	if err != nil {
		return err
	}
	other, err := c.chat.Classic.User(ctx, in.Username2)
	if err != nil {
		return err
	}
	room, err := c.chat.Classic.Find(ctx, user, in.Room)
	if err != nil || room != 0 {
		return err
	}
	if err := c.chat.Budget().Write(user.ID); err != nil {
		return err
	}
	sub, err := c.chat.Classic.Join(ctx, user, in.Room)
	if err != nil {
		return err
	}
	invitation := map[string]any{"username": user.Username, "username2": other.Username, "room": sub.Name}
	if user.Kind != chat.KindGuest {
		invite, err := c.chat.Invitations.Make(ctx, user, chat.InviteInput{Room: sub.ID, User: other.ID})
		if err != nil {
			return err
		}
		invitation["invitation"] = chat.InvitationPath(invite.Token)
	}
	c.emit(c.sockets.To(userRoom(other.ID)), "newRoom", invitation)
	return nil
}
