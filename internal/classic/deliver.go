package classic

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
	"partychat/internal/live"
	"partychat/socketio"
)

// mainName is what main is called for pages that hear it without having gone there.
const mainName = "main"

// roomOf names the Socket.IO room of those who look at a room in a dialect, nil for
// those who have said nothing.
func roomOf(table *dialect.Table, id chat.RoomID) string {
	name := ""
	if table != nil {
		name = table.Name
	}
	return "classic:" + strconv.FormatInt(int64(id), 10) + ":" + name
}

// userRoom names the Socket.IO room of a user's sockets.
func userRoom(id chat.UserID) string { return "classic:user:" + strconv.FormatInt(int64(id), 10) }

// receive takes what the broker brings that is on no stream.
func (c told) receive(event chat.Event) {
	switch e := event.(type) {
	case chat.Typing:
		c.told.deliverTyping(e)
	case chat.RoomOffered:
		c.commands.deliverOffer(e)
	case chat.SeatsChanged:
		if e.By != c.id {
			c.nodes.share(e.Room)
		}
	case chat.ObjectSent:
		if e.By != c.id {
			c.nodes.relay(e)
		}
	case chat.Missed:
		c.nodes.share(e.Of.Room)
	}
}

// deliver takes what has happened in a room or to a user. That a room has left a
// user's list it takes from the room's stream, in the order of what is said there.
func (c told) deliver(event chat.Revised) {
	switch e := event.(type) {
	case chat.MessagePut:
		c.told.deliverMessage(*e.Message)
	case chat.MemberGone:
		for _, p := range c.accounts.clientsOf(e.User) {
			c.places.putOut(p, e)
		}
	case chat.RoomGone:
		c.places.close(e.Room)
	case live.StartOver:
		c.accounts.lookAgain(e.Of)
	default:
		if user := event.Topic().User; user != 0 {
			c.accounts.deliverToUser(user, event)
		}
	}
}

// deliverTyping tells the others in the room.
func (c told) deliverTyping(e chat.Typing) {
	on := dialect.Typing
	if e.For == 0 {
		on = dialect.Stopped
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[e.Room]
	if t == nil {
		return
	}
	values := dialect.Merge(personOf(e.User), inRoom(t.name))
	for _, table := range t.dialects() {
		if table != nil {
			to := c.sockets.To(roomOf(table, e.Room)).Except(userRoom(e.User.ID))
			c.told.tellAll(to, on, []*dialect.Table{table}, values)
		}
	}
}

// inRoom gives the value of a room's name; a conversation has none.
func inRoom(name string) dialect.Values {
	if name == "" {
		return nil
	}
	return dialect.Values{"room": name}
}

// isShown tells whether pages are shown the message: they cannot say what has become
// of an old one.
func isShown(m chat.Message) bool { return m.Kind.Sent() && !m.Deleted }

// valuesOf gives what a message has for templates.
func valuesOf(m chat.Message) dialect.Values {
	values := dialect.Merge(dialect.Clock(m.CreatedAt), personOf(m.Author))
	if at := m.Location; at != nil {
		return dialect.Merge(values, dialect.Shared(at.Latitude, at.Longitude, m.Seq))
	}
	return dialect.Merge(values, dialect.Said(textOf(m), m.Seq))
}

// textOf gives the text of a message. Pages that know neither answers nor threads see
// the beginning of the original before it, or an arrow.
func textOf(m chat.Message) string {
	q, body := m.ReplyTo, bodyOf(m)
	switch {
	case q == nil && m.Thread == 0:
		return body
	case q == nil:
		return "↳ " + body
	case q.Deleted:
		return "> " + q.Author.Username + ": (deleted)\n" + body
	}
	line, _, more := strings.Cut(q.Body, "\n")
	if more || q.Shortened {
		line += "…"
	}
	return "> " + q.Author.Username + ": " + line + "\n" + body
}

// bodyOf gives the body of a message. Pages cannot show files, so it names them.
func bodyOf(m chat.Message) string {
	body := m.Body
	for _, file := range m.Files {
		if body != "" {
			body += "\n"
		}
		body += file.Name
	}
	return body
}

// emissionsOf gives how a dialect shows the message.
func emissionsOf(table *dialect.Table, m chat.Message) []dialect.Emission {
	if locations := table.Out[dialect.Location]; m.Location != nil && len(locations) > 0 {
		return locations
	}
	return table.Out[dialect.Message]
}

// deliverMessage tells of a new message.
func (c told) deliverMessage(m chat.Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[m.Room]
	if t != nil && !t.isNew(m) || !isShown(m) || !m.EditedAt.IsZero() {
		return
	}
	sent := c.told.arrived(m.ClientID)
	if t == nil {
		return
	}
	having := t.bring(m)
	values := dialect.Merge(valuesOf(m), inRoom(t.name), sent.same(), c.relayed.take(m.ClientID))
	for _, table := range t.dialects() {
		tables := []*dialect.Table{table}
		if table == nil {
			tables = c.silent
		}
		for _, shown := range tables {
			to := c.sockets.To(roomOf(table, m.Room))
			if shown.Gives() {
				to = to.Except(having...)
			}
			c.told.tellMessage(to, shown, m, values, sent)
		}
	}
}

// tellMessage sends a message in a dialect to the sockets, without the sender's or to
// that alone where the dialect says so.
func (c told) tellMessage(to socketio.Broadcast, table *dialect.Table, m chat.Message, values dialect.Values, sent *sending) {
	for _, emission := range emissionsOf(table, m) {
		args, ok := emission.Fill(values)
		if !ok {
			continue
		}
		switch {
		case emission.To == dialect.Everyone:
			c.emit(to, emission.Event, args...)
		case emission.To == dialect.Others && sent == nil:
			c.emit(to, emission.Event, args...)
		case emission.To == dialect.Others:
			c.emit(to.Except(sent.by.socket.ID()), emission.Event, args...)
		case sent != nil && sent.by.dialect() == table:
			c.emit(sent.by.socket, emission.Event, args...)
		}
	}
}

// show gives a client a message that has come in while it waited for the history.
func (c told) show(p *client, table *dialect.Table, m chat.Message, room string) {
	values := dialect.Merge(valuesOf(m), inRoom(room))
	own := c.told.isSending(p, m.ClientID)
	for _, emission := range emissionsOf(table, m) {
		if args, ok := emission.Fill(values); ok && (emission.To == dialect.Everyone || !own) && emission.To != dialect.Sender {
			c.emit(p.socket, emission.Event, args...)
		}
	}
}

// replay gives a client the messages of a page as if they were new, but for those up
// to a seq that it has already.
func (c told) replay(p *client, table *dialect.Table, page chat.Page, room string, since int64) {
	for _, m := range page.Messages[max(0, len(page.Messages)-table.Replay):] {
		if !isShown(m) || m.Seq <= since {
			continue
		}
		values := dialect.Merge(valuesOf(m), inRoom(room))
		for _, emission := range emissionsOf(table, m) {
			if args, ok := emission.Fill(values); ok && emission.To != dialect.Sender {
				c.emit(p.socket, emission.Event, args...)
			}
		}
	}
}

// history gives a client the messages of a page in one event.
func (c told) history(p *client, table *dialect.Table, page chat.Page, room string) {
	values := dialect.Merge(dialect.Clock(time.Now()), inRoom(room), messagesOf(page))
	c.told.tellAll(p.socket, dialect.Messages, []*dialect.Table{table}, values)
}

// messagesOf gives the values of a page's messages.
func messagesOf(page chat.Page) dialect.Values {
	oldestFirst := make([]dialect.Values, 0, len(page.Messages))
	for _, m := range page.Messages {
		if isShown(m) {
			oldestFirst = append(oldestFirst, valuesOf(m))
		}
	}
	newestFirst := slices.Clone(oldestFirst)
	slices.Reverse(newestFirst)
	return dialect.Values{"messages": oldestFirst, "newest": newestFirst}
}

// answerOf gives the values that an acknowledgement can have of a room: who is there,
// and the messages of a page. It gives none to a client that waits for none.
func (c commands) answerOf(k *call, room chat.RoomID, page chat.Page) dialect.Values {
	if !k.ack {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	values := messagesOf(page)
	if t := c.topics[room]; t != nil {
		values = dialect.Merge(values, c.told.valuesOfRoom(t, room))
	}
	return values
}

// present gives a client the history of the room that it is entering, what has
// come in meanwhile and is not in it, and from then on what the room brings:
// each message once. A client that is there already gets the page alone.
func (c told) present(p *client, room chat.RoomID, page chat.Page) {
	overrun := false
	defer func() { p.dropIf(overrun) }() // after the lock is released
	c.mu.Lock()
	defer c.mu.Unlock()
	table := p.dialect()
	t := c.topics[room]
	name := ""
	if t != nil {
		name = t.name
	}
	if room == chat.MainRoom && name == "" {
		name = mainName // pages are there without having entered it
	}
	c.told.history(p, table, page, name)
	if t == nil {
		return
	}
	late, entering := t.entering[p]
	if !entering {
		return // it asks for more, or has gone elsewhere meanwhile
	}
	if overrun = late.overrun; overrun {
		return
	}
	c.told.replay(p, table, page, name, 0)
	delete(t.entering, p)
	for _, m := range late.messages {
		if m.Seq > page.Seq {
			c.told.show(p, table, m, name)
		}
	}
	t.given[p] = page.Seq
	p.socket.Join(roomOf(table, room))
}

// isEntering tells whether the client waits for the room's history.
func (c places) isEntering(p *client, room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[room]
	if t == nil {
		return false
	}
	_, entering := t.entering[p]
	return entering
}
