package classic

import (
	"slices"

	"partychat/internal/chat"
)

// topic is a room that is heard. Classic.mu guards it.
type topic struct {
	clients map[*client]struct{}
	// entering has the clients that wait for the history, with what has come in
	// meanwhile. They are not in the Socket.IO room yet.
	entering map[*client][]chat.Message
	// given has the clients whose history reaches beyond what the topic has
	// brought, with the last seq of that.
	given map[*client]int64
}

func newTopic() *topic {
	return &topic{
		clients:  make(map[*client]struct{}),
		entering: make(map[*client][]chat.Message),
		given:    make(map[*client]int64),
	}
}

func (t *topic) forget(p *client) {
	delete(t.clients, p)
	delete(t.entering, p)
	delete(t.given, p)
}

// name gives the name by which clients joined the room.
func (t *topic) name(id chat.RoomID) string {
	for p := range t.clients {
		if name := p.nameOf(id); name != "" {
			return name
		}
	}
	return ""
}

// enter lets a client wait for the history, unless it has gone.
func (t *topic) enter(p *client) {
	if _, hears := t.clients[p]; hears {
		t.entering[p] = nil
	}
}

// active gives the names of those who look at the room.
func (t *topic) active(id chat.RoomID) []string {
	names := []string{}
	for p := range t.clients {
		p.mu.Lock()
		if p.room == id && !slices.Contains(names, p.user.Username) {
			names = append(names, p.user.Username)
		}
		p.mu.Unlock()
	}
	slices.Sort(names)
	return names
}

// bring keeps a message for those who are entering, and gives the sockets that
// have it in their history.
func (t *topic) bring(m chat.Message) (having []string) {
	for p, late := range t.entering {
		t.entering[p] = append(late, m)
	}
	for p, last := range t.given {
		if m.Seq > last { // and so are all that come
			delete(t.given, p)
		} else {
			having = append(having, p.socket.ID())
		}
	}
	return having
}

// deliverMessage tells of a new message; what has become of an old one the
// classic protocols cannot say.
func (c *Classic) deliverMessage(m chat.Message) {
	if m.Kind == chat.MessageNotice || m.Deleted || !m.EditedAt.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[m.Room]
	if t == nil {
		return
	}
	shown, having := c.shown(m, t.name(m.Room)), t.bring(m)
	c.emit(c.sockets.To(roomOf(conversations, m.Room)).Except(having...), "chatMessage", shown)
	c.emit(c.sockets.To(roomOf(rooms, m.Room)).Except(having...).Except(userRoom(m.Author.ID)), "updateChat", shown)
	if m.Room == chat.MainRoom {
		c.emit(c.sockets.To(lessonRoom), "message", m.Body, shown)
	}
}

// present gives a client the history of the room that it is entering, what has
// come in meanwhile and is not in it, and from then on what the room brings:
// each message once.
func (c *Classic) present(p *client, room chat.RoomID, event string, page chat.Page, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.emit(p.socket, event, c.history(page, name))
	t := c.topics[room]
	if t == nil {
		return
	}
	late, entering := t.entering[p]
	if !entering {
		return // it has gone elsewhere meanwhile
	}
	delete(t.entering, p)
	p.mu.Lock()
	d, me := p.speaks, p.user.ID
	p.mu.Unlock()
	for _, m := range late {
		switch {
		case m.Seq <= page.Seq:
		case d == conversations:
			c.emit(p.socket, "chatMessage", c.shown(m, name))
		case m.Author.ID != me:
			c.emit(p.socket, "updateChat", c.shown(m, name))
		}
	}
	t.given[p] = page.Seq
	p.socket.Join(roomOf(d, room))
}

// isEntering tells whether the client waits for the room's history.
func (c *Classic) isEntering(p *client, room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[room]
	if t == nil {
		return false
	}
	_, entering := t.entering[p]
	return entering
}
