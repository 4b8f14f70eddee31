package classic

import (
	"context"
	"strconv"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
)

// message is a message as the classic protocols show it, under each of the
// names that they have for its parts.
type message struct {
	Author   string    `json:"author"`
	Username string    `json:"username"` // the same
	Body     string    `json:"body"`
	Message  string    `json:"message"` // the same
	Time     time.Time `json:"time"`
	Room     string    `json:"room,omitempty"` // by name
	Seq      int64     `json:"seq"`
}

func (c *Classic) shown(m chat.Message, room string) message {
	return message{
		Author: m.Author.Username, Username: m.Author.Username, Body: m.Body, Message: m.Body,
		Time: m.CreatedAt, Room: room, Seq: m.Seq,
	}
}

// history gives messages that somebody has written, as they are shown.
func (c *Classic) history(page chat.Page, room string) []message {
	list := []message{}
	for _, m := range page.Messages {
		if m.Kind != chat.MessageNotice && !m.Deleted {
			list = append(list, c.shown(m, room))
		}
	}
	return list
}

// roomOf names the Socket.IO room of those who look at a room in a dialect.
func roomOf(d dialect, id chat.RoomID) string {
	return "classic:" + string(d) + ":" + strconv.FormatInt(int64(id), 10)
}

// userRoom names the Socket.IO room of a user's sockets.
func userRoom(id chat.UserID) string { return "classic:user:" + strconv.FormatInt(int64(id), 10) }

// lessonRoom names the Socket.IO room of those who hear the lesson.
const lessonRoom = "classic:lesson"

// deliver takes what the broker brings; messages come by deliverMessage.
func (c *Classic) deliver(event chat.Event) {
	if event.Topic().User != 0 {
		c.deliverToUser(event)
		return
	}
	switch e := event.(type) {
	case chat.Typing:
		if c.heard(e.Room) {
			c.deliverTyping(e)
		}
	case chat.MemberGone: // in the order of what is said in the room, which the user's own event is not
		c.lostBy(e.User, chat.SubscriptionGone{User: e.User, Room: e.Room, Reason: e.Reason})
	case chat.Barred:
		c.lostBy(e.User, chat.SubscriptionGone{User: e.User, Room: e.Room, Reason: chat.GoneBanned})
	}
}

// lostBy takes that a room has left the list of a user, on all of the clients.
func (c *Classic) lostBy(user chat.UserID, e chat.SubscriptionGone) {
	for _, p := range c.clientsOf(user) {
		c.lost(p, e)
	}
}

// heard tells whether some client hears the room.
func (c *Classic) heard(room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.topics[room] != nil
}

// deliverTyping tells the others in the room.
func (c *Classic) deliverTyping(e chat.Typing) {
	event := "typing"
	if e.For == 0 {
		event = "doneTyping"
	}
	own := userRoom(e.User.ID)
	c.emit(c.sockets.To(roomOf(conversations, e.Room)).Except(own), event, e.User.Username)
	if e.For > 0 {
		c.emit(c.sockets.To(roomOf(rooms, e.Room)).Except(own), "userTyping",
			map[string]any{"username": e.User.Username, "room": c.nameOf(e.Room)})
	}
}

// nameOf gives the name by which clients joined the room.
func (c *Classic) nameOf(id chat.RoomID) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.topics[id]; t != nil {
		return t.name(id)
	}
	return ""
}

func (p *client) nameOf(id chat.RoomID) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.speaks == rooms && p.room == id {
		return p.with
	}
	return ""
}

// say stores what the user has written.
func (c *Classic) say(ctx context.Context, user chat.User, room chat.RoomID, body string) error {
	_, _, err := c.chat.Messages.Send(ctx, user, chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: body})
	return err
}

// startTyping and stopTyping tell the room that the client looks at.
func (c *Classic) startTyping(ctx context.Context, p *client) error {
	user, err := known(p)
	if err != nil {
		return err
	}
	room := p.place()
	if room == 0 {
		return nil
	}
	p.mu.Lock()
	p.typing = true
	p.mu.Unlock()
	return c.chat.Messages.Typing(ctx, user, room, typingFor)
}

func (c *Classic) stopTyping(ctx context.Context, p *client) {
	p.mu.Lock()
	typing, user, room := p.typing, p.user, p.room
	p.typing = false
	p.mu.Unlock()
	if typing {
		c.chat.Messages.StopTyping(ctx, user, room)
	}
}
