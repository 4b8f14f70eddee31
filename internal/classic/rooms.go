package classic

import (
	"context"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// enterRoom lets the client into a room by its name, or into main.
func (c commands) enterRoom(ctx context.Context, k *call) error {
	user := k.p.who()
	if err := c.chat.Budget().Write(user.ID); err != nil {
		return err
	}
	sub, err := c.places.join(ctx, user, k.action.Text(dialect.FieldRoom, k.args))
	if err != nil {
		return err
	}
	return c.commands.enterAs(ctx, k, user, sub)
}

// join makes the user a member of the room of that name, or of main for "".
func (c places) join(ctx context.Context, user chat.User, name string) (chat.Subscription, error) {
	if name == "" {
		return c.chat.Classic.InMain(ctx, user)
	}
	return c.chat.Classic.Join(ctx, user, name)
}

// enterAs lets the client into a room of its user, and tells everybody there.
func (c commands) enterAs(ctx context.Context, k *call, user chat.User, sub chat.Subscription) error {
	there := c.places.looksAt(user.ID, sub.ID)
	if err := c.places.enter(ctx, k.p, sub); err != nil {
		return err
	}
	there = c.nodes.shareNow(ctx, user.ID, sub.ID) || there
	page, err := c.places.page(ctx, k.p, user, sub.ID, chat.MessagePage{Limit: roomHistory})
	if err != nil {
		return err
	}
	k.p.mu.Lock()
	if k.p.room == sub.ID {
		k.p.oldest = oldestOf(givenOf(k, page), page.Seq+1)
	}
	k.p.mu.Unlock()
	c.told.present(k.p, sub.ID, page)
	k.answer = dialect.Merge(c.commands.answerOf(k, sub.ID, page), personOf(user.Author()), inRoom(sub.Name))
	c.told.tellWelcome(k.p, sub.ID, user)
	if there {
		c.told.tellPeople(sub.ID, nil, "")
		return nil
	}
	c.told.tellRoom(sub.ID, dialect.Joined, k.p, personOf(user.Author()))
	c.told.tellPeople(sub.ID, nil, user.Username)
	return nil
}

// givenOf returns what the client receives of a page as it enters the room: all as its
// history or in the acknowledgement, or as many messages as its dialect repeats.
func givenOf(k *call, page chat.Page) chat.Page {
	answered := k.ack && k.table.AckFor(k.action).HasMessages()
	if len(k.table.Out[dialect.Messages]) == 0 && !answered {
		page.Messages = page.Messages[max(0, len(page.Messages)-k.table.Replay):]
	}
	return page
}

// leaveRoom lets the client out of the room that it looks at. Its user stays a member.
func (c commands) leaveRoom(ctx context.Context, k *call) error {
	c.commands.stopTyping(ctx, k.p)
	k.p.moving.Lock()
	defer k.p.moving.Unlock()
	c.places.leave(k.p, k.p.place())
	return nil
}

// createRoom makes a room of that name, if there is none.
func (c commands) createRoom(ctx context.Context, k *call) error {
	user := k.p.who()
	if err := c.chat.Budget().Write(user.ID); err != nil {
		return err
	}
	sub, err := c.chat.Classic.Join(ctx, user, k.action.Text(dialect.FieldRoom, k.args))
	if err != nil {
		return err
	}
	k.answer = dialect.Merge(dialect.Clock(time.Now()), personOf(user.Author()), inRoom(sub.Name))
	c.told.tellAll(k.p.socket, dialect.Created, []*dialect.Table{k.table}, k.answer)
	return nil
}

// looksAt reports whether a client of the user is in the room, on any node.
func (c places) looksAt(user chat.UserID, room chat.RoomID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.nodes.looksAtElsewhere(user, room) {
		return true
	}
	for p := range c.users[user] {
		if p.place() == room {
			return true
		}
	}
	return false
}

// tellLeft tells the clients in a room that the user has left it, unless another client
// of the user is there.
func (c told) tellLeft(room chat.RoomID, user chat.User) {
	if !c.places.looksAt(user.ID, room) {
		c.told.tellRoom(room, dialect.Left, nil, personOf(user.Author()))
	}
	c.told.tellPeople(room, nil, "")
	c.nodes.share(room)
}

// tellWelcome tells a client that it is in a room.
func (c told) tellWelcome(p *client, room chat.RoomID, user chat.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.topics[room]; t != nil {
		values := dialect.Merge(c.told.valuesOfRoom(t, room), personOf(user.Author()))
		c.told.tellAll(p.socket, dialect.Welcome, []*dialect.Table{p.dialect()}, values)
	}
}

// tellRoom tells the clients in a room of something that a client has done there; that
// client itself only where a dialect says so.
func (c told) tellRoom(room chat.RoomID, on dialect.Occasion, by *client, more dialect.Values) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.topics[room]; t != nil {
		c.told.tellRoomLocked(t, room, on, by, more)
	}
}

// tellRoomLocked is tellRoom for callers that hold Classic.mu.
func (c told) tellRoomLocked(t *topic, room chat.RoomID, on dialect.Occasion, by *client, more dialect.Values) {
	values := dialect.Merge(c.told.valuesOfRoom(t, room), more)
	for _, table := range t.dialects() {
		if table == nil {
			continue
		}
		for _, emission := range table.Out[on] {
			to := c.sockets.To(roomOf(table, room))
			if by != nil && emission.To == dialect.Others {
				to = to.Except(by.socket.ID())
			}
			if args, ok := emission.Fill(values); ok {
				c.emit(to, emission.Event, args...)
			}
		}
	}
}

// tellPeople sends the list of people in a room to everybody there, or to one client.
// Joiner is the person who has just come, "" for nobody.
func (c told) tellPeople(room chat.RoomID, only *client, joiner string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.topics[room]; t != nil {
		c.told.tellPeopleLocked(t, room, only, joiner)
	}
}

// tellPeopleLocked is tellPeople for callers that hold Classic.mu.
func (c told) tellPeopleLocked(t *topic, room chat.RoomID, only *client, joiner string) {
	values := c.told.valuesOfRoom(t, room)
	if joiner != "" {
		values["joiner"] = joiner
	}
	if only != nil {
		c.told.tellAll(only.socket, dialect.Present, []*dialect.Table{only.dialect()}, values)
		return
	}
	for _, table := range t.dialects() {
		if table != nil {
			c.told.tellAll(c.sockets.To(roomOf(table, room)), dialect.Present, []*dialect.Table{table}, values)
		}
	}
}

// valuesOfRoom returns the template values of a room. The caller holds Classic.mu.
func (c told) valuesOfRoom(t *topic, room chat.RoomID) dialect.Values {
	people, number := c.nodes.peopleOf(t, room)
	list, names := make([]dialect.Values, 0, len(people)), make([]string, 0, len(people))
	for _, who := range people {
		list, names = append(list, personOf(who)), append(names, who.Username)
	}
	return dialect.Merge(dialect.Clock(time.Now()), inRoom(t.name), dialect.Values{
		"people": list, "names": names, "number": number, "online": c.online,
	})
}
