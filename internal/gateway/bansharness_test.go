package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// losses are the ways in which a member loses a room.
var losses = []struct {
	name   string
	reason chat.GoneReason
	lose   func(t *testing.T, admin *person, room chat.RoomID, user *person)
}{
	{"removed", chat.GoneRemoved, func(_ *testing.T, admin *person, room chat.RoomID, user *person) { admin.remove(room, user) }},
	{"banned", chat.GoneBanned, func(_ *testing.T, admin *person, room chat.RoomID, user *person) { admin.ban(room, user) }},
	{"left", chat.GoneLeft, func(_ *testing.T, _ *person, room chat.RoomID, user *person) { user.unsubscribe(room) }},
}

func (p *person) remove(room chat.RoomID, user *person) {
	p.s.t.Helper()
	if err := p.s.chat.Rooms.Remove(p.s.t.Context(), p.User, room, user.ID); err != nil {
		p.s.t.Errorf("%s putting %s out: %v", p.Username, user.Username, err)
	}
}

// ban keeps the user out of the room, or out of the server for 0.
func (p *person) ban(room chat.RoomID, user *person) {
	p.s.t.Helper()
	var err error
	if room == 0 {
		_, _, err = p.s.chat.Users.Ban(p.s.t.Context(), p.User, user.ID)
	} else {
		_, _, err = p.s.chat.Rooms.Ban(p.s.t.Context(), p.User, room, user.ID)
	}
	if err != nil {
		p.s.t.Errorf("%s banning %s: %v", p.Username, user.Username, err)
	}
}

func (p *person) unban(room chat.RoomID, user *person) {
	p.s.t.Helper()
	if err := p.s.chat.Rooms.Unban(p.s.t.Context(), p.User, room, user.ID); err != nil {
		p.s.t.Errorf("%s lifting the ban of %s: %v", p.Username, user.Username, err)
	}
}

// gone awaits that the room has gone, and passes over what came before, which
// must be nothing that was said after it.
func (c *tab) gone(room chat.RoomID, reason chat.GoneReason) {
	c.t.Helper()
	for {
		e := c.next()
		var told wire.RoomGone
		var put wire.MessagePut
		if e.Name == "message:put" {
			decode(c.t, e.Args[0], &put)
		}
		if put.Message.Body == among {
			c.t.Errorf("told %s", e.Args[0])
		}
		if e.Name != "room:gone" {
			continue
		}
		decode(c.t, e.Args[0], &told)
		if told.Room != room || told.Reason != reason {
			c.t.Errorf("room:gone: got %+v, want %d %s", told, room, reason)
		}
		return
	}
}

// among is what is said in a room without those who have lost it.
const among = "among ourselves"

func (c *tab) next() sioclient.Event {
	c.t.Helper()
	e, err := c.Next()
	if err != nil {
		c.t.Fatal(err)
	}
	return e
}

// hearNothingOf makes sure that the tabs were told nothing of the room, except that
// it is gone, and perhaps, to a member who leaves, that they have left. It reads up to
// a new message by c in main. Topics are in no order with each other, so the caller
// makes sure first that everything about the room has been delivered.
func hearNothingOf(room chat.RoomID, c *tab, tabs ...*tab) {
	c.t.Helper()
	last := c.send(chat.MainRoom, "to all")
	for _, tab := range tabs {
		tab.hearsNothingOf(room, last.Seq)
	}
}

// hearsNothingOf is hearNothingOf for one tab, up to the message with that seq in main.
func (c *tab) hearsNothingOf(room chat.RoomID, last int64) {
	c.t.Helper()
	for {
		e := c.next()
		var about struct {
			Room         chat.RoomID
			User         any
			Message      chat.Message
			Subscription chat.Subscription
		}
		decode(c.t, e.Args[0], &about)
		switch {
		case e.Name == "message:put" && about.Message.Room == chat.MainRoom && about.Message.Seq == last:
			return
		case e.Name == "room:gone", e.Name == "member:gone" && about.User == float64(c.ready.User.ID):
		case about.Room == room, about.Message.Room == room, about.Subscription.ID == room:
			c.t.Errorf("told of a room that is gone: %s %s", e.Name, e.Args[0])
		}
	}
}

func (c *tab) look(room chat.RoomID) {
	c.t.Helper()
	if a := c.do("room:watch", wire.RoomCommand{Room: room}); !a.OK {
		c.t.Fatalf("room:watch: %+v", a.Error)
	}
}

// bustle makes every kind of change in the room of the tab's user, and returns when the
// room's sockets have received all of them.
func (s *server) bustle(c *tab, room chat.RoomID, newcomer *person) {
	s.t.Helper()
	c.send(room, among)
	c.do("typing:start", wire.RoomCommand{Room: room})
	newcomer.subscribe(room)
	newcomer.unsubscribe(room)
	want, err := s.chat.Rooms.Change(s.t.Context(), chat.User{ID: c.ready.User.ID, Kind: c.ready.User.Kind}, room, nil, new("another topic"))
	if err != nil {
		s.t.Fatal(err)
	}
	var told wire.RoomChanged
	c.await("room:changed", &told)
	if told.Room.ID != want.ID || told.Room.Topic != want.Topic {
		s.t.Fatalf("room:changed: got %+v, want %+v", told.Room, want)
	}
}

// typing awaits the next word of who types.
func (c *tab) typing() (got wire.RoomTyping) {
	c.t.Helper()
	c.await("room:typing", &got)
	return got
}

// balanced closes the tabs, after which nothing is listened to any more.
func (s *server) balanced(tabs ...*tab) {
	s.t.Helper()
	for _, c := range tabs {
		c.Close()
	}
	await(s.t, "everything to be let go of", func() bool { return s.broker.holds() == 0 })
}

// cut awaits the end of a socket for good.
func (c *tab) cut(reason chat.EndReason) {
	c.t.Helper()
	var ended wire.SessionEnded
	c.await("session:ended", &ended)
	if ended.Reason != reason {
		c.t.Errorf("session:ended: got %q, want %q", ended.Reason, reason)
	}
	if told, err := c.AwaitClose(); err != nil || !told {
		c.t.Errorf("told not to come back: %t, %v, want true", told, err)
	}
}
