package gateway_test

import (
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/wire"
)

// lostChanges are changes whose events are lost. Their effect is checked on a
// socket of bob's, who is a member of the room, and on one of his that only looks
// into the other room.
var lostChanges = []struct {
	name   string
	change func(root, ada, bob *person, room, other chat.RoomID)
	seen   func(follows, watches *tab, room, other chat.RoomID)
}{
	{
		"a removal",
		func(_, ada, bob *person, room, _ chat.RoomID) { ada.remove(room, bob) },
		func(follows, watches *tab, room, _ chat.RoomID) {
			follows.gone(room, chat.GoneRemoved)
			watches.gone(room, chat.GoneRemoved)
		},
	},
	{
		"a ban from a room of which one is a member",
		func(_, ada, bob *person, room, _ chat.RoomID) { ada.ban(room, bob) },
		func(follows, watches *tab, room, _ chat.RoomID) {
			follows.gone(room, chat.GoneBanned)
			watches.gone(room, chat.GoneBanned)
		},
	},
	{
		"a ban from a room into which one looks",
		func(_, ada, bob *person, _, other chat.RoomID) { ada.ban(other, bob) },
		func(_, watches *tab, _, other chat.RoomID) { watches.gone(other, chat.GoneBanned) },
	},
}

func TestA7_WhatNobodyHeardOfIsFound(t *testing.T) {
	for _, way := range []struct {
		name   string
		change func(*gateway.Options)
		lose   func(s *server)
		heal   func(s *server, user chat.UserID)
	}{
		{
			"when the broker says that it has missed events", soon,
			func(s *server) { s.broker.loseAll() },
			func(s *server, user chat.UserID) { s.broker.heal(s.t, chat.Topic{User: user}) },
		},
		{ // its node has died between the commit and telling of it
			"in time", func(o *gateway.Options) { o.HeadsInterval = 20 * time.Millisecond },
			func(s *server) { s.broker.loseAll() },
			func(s *server, _ chat.UserID) { s.broker.meddle(nil) },
		},
		{
			"while nothing is heard of other nodes", func(o *gateway.Options) { o.HeadsInterval = 20 * time.Millisecond },
			func(s *server) { s.broker.cutOff() },
			func(*server, chat.UserID) {},
		},
	} {
		for _, test := range lostChanges {
			t.Run(way.name+", "+test.name, func(t *testing.T) {
				s := newServer(t, way.change)
				s.run()
				root, ada, bob := s.signUp("root"), s.signUp("ada"), s.signUp("bob")
				room, other := ada.room("den", chat.RoomPublic), ada.room("hall", chat.RoomPublic)
				bob.subscribe(room)
				follows, watches := bob.connect(), bob.connect()
				watches.look(other)
				way.lose(s)
				test.change(root, ada, bob, room, other)
				way.heal(s, bob.ID)
				test.seen(follows, watches, room, other)
				s.balanced(follows, watches)
			})
		}
		t.Run(way.name+", a ban from the server", func(t *testing.T) {
			s := newServer(t, way.change)
			s.run()
			root, ada, bob := s.signUp("root"), s.signUp("ada"), s.signUp("bob")
			there, tabs := ada.connect(), []*tab{bob.connect(), s.connect(s.logIn(bob.User), true)}
			way.lose(s)
			root.ban(0, bob)
			way.heal(s, bob.ID)
			for _, tab := range tabs {
				tab.cut(chat.EndBanned)
			}
			if a := there.do("message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: "00000000-0000-4000-8000-000000000001", Body: "still here"}); !a.OK {
				t.Errorf("another user: got %+v, want it to go on", a.Error)
			}
			s.balanced(there)
		})
	}
}
