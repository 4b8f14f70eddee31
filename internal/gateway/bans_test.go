package gateway_test

import (
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// losses are the ways in which a member loses a room.
var losses = []struct {
	name   string
	reason chat.GoneReason
	lose   func(t *testing.T, admin *person, room chat.RoomID, user *person)
}{
	{"put out", chat.GoneRemoved, func(_ *testing.T, admin *person, room chat.RoomID, user *person) { admin.remove(room, user) }},
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

// bustle lets everything happen in the room of the tab's user of which its
// members are told, and returns when the room's sockets have been told.
func (s *server) bustle(c *tab, room chat.RoomID, newcomer *person) {
	s.t.Helper()
	c.send(room, among)
	c.do("typing:start", wire.RoomCommand{Room: room})
	newcomer.subscribe(room)
	newcomer.unsubscribe(room)
	want, err := s.chat.Rooms.Change(s.t.Context(), chat.User(c.ready.User), room, nil, new("another topic"))
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

func TestA7_WhoLosesARoomHearsNoMoreOfItInAnyTab(t *testing.T) {
	for _, test := range losses {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			s.signUp("root")
			ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
			room := ada.room("den", chat.RoomPublic)
			bob.subscribe(room)
			c := ada.connect()
			tabs := []*tab{bob.connect(), bob.connect(), s.connect(s.logIn(bob.User), true)}
			tabs[1].do("typing:start", wire.RoomCommand{Room: room})
			if got := c.typing(); got.User.ID != bob.ID || got.ForMs == 0 {
				t.Errorf("room:typing: got %+v, want bob to type", got)
			}
			test.lose(t, ada, room, bob)
			s.bustle(c, room, eve) // begins before anybody has been told
			if got := c.typing(); got.User.ID != bob.ID || got.ForMs != 0 {
				t.Errorf("room:typing: got %+v, want bob to type no more", got)
			}
			var left wire.MemberGone
			c.await("member:gone", &left)
			if left.Room != room || left.User != bob.ID {
				t.Errorf("member:gone: got %+v, want bob", left)
			}
			for _, tab := range tabs {
				tab.gone(room, test.reason)
			}
			hearNothingOf(room, c, tabs...)
			if a := tabs[0].do("message:send", wire.SendCommand{Room: room, ClientID: "00000000-0000-4000-8000-000000000001", Body: "hello?"}); a.Error.Code != chat.CodeForbidden {
				t.Errorf("sending: got %+v, want forbidden", a)
			}
			s.balanced(append(tabs, c)...)
		})
	}
}

func TestA7_ABanEndsTheLookIntoAPublicRoomAndMereRemovalDoesNot(t *testing.T) {
	s := newServer(t)
	s.signUp("root")
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	room := ada.room("den", chat.RoomPublic)
	bob.subscribe(room)
	c, follows, watches := ada.connect(), bob.connect(), bob.connect()
	stranger, other := eve.connect(), eve.connect()
	for _, tab := range []*tab{watches, stranger} {
		tab.look(room)
	}
	ada.remove(room, bob)
	ada.remove(room, eve) // who is no member
	follows.gone(room, chat.GoneRemoved)
	watches.gone(room, chat.GoneRemoved) // from the list, which all tabs show
	c.send(room, "to those who look on")
	for _, tab := range []*tab{watches, stranger} {
		if got := tab.message(); got.Body != "to those who look on" {
			t.Errorf("got %q, want what is said in a public room", got.Body)
		}
	}
	ada.ban(room, bob)
	ada.ban(room, eve)
	s.bustle(c, room, s.signUp("fay"))
	for _, tab := range []*tab{watches, stranger} {
		tab.gone(room, chat.GoneBanned)
	}
	all := []*tab{follows, watches, stranger, other}
	hearNothingOf(room, c, all...)
	for _, tab := range all {
		if a := tab.do("room:watch", wire.RoomCommand{Room: room}); a.Error.Code != chat.CodeForbidden || a.Error.Field != "room" {
			t.Errorf("room:watch: got %+v, want forbidden", a)
		}
		if a := tab.do("room:sync", wire.SyncCommand{Room: room}); a.Error.Code != chat.CodeForbidden {
			t.Errorf("room:sync: got %+v, want forbidden", a)
		}
	}
	s.balanced(c, follows, watches, stranger, other)
}

func TestA7_WhoIsBannedWhileConnectingIsNotLetIntoTheRoom(t *testing.T) {
	s := newServer(t)
	s.signUp("root")
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("den", chat.RoomPublic)
	bob.subscribe(room)
	var once sync.Once
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room == room {
			once.Do(func() { ada.ban(room, bob) })
		}
		return nil
	})
	tab := bob.connect()
	s.broker.before(nil)
	for _, sub := range tab.ready.Subscriptions {
		if sub.ID == room {
			t.Error("ready tells of a room that is gone")
		}
	}
	c := ada.connect()
	s.bustle(c, room, s.signUp("fay"))
	hearNothingOf(room, c, tab)
	s.balanced(c, tab)
}

func TestA7_ABanWhileARoomBeginsToBeWatchedIsSeen(t *testing.T) {
	s := newServer(t)
	s.signUp("root")
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("den", chat.RoomPublic)
	c, tab := ada.connect(), bob.connect()
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room == room {
			ada.ban(room, bob)
		}
		return nil
	})
	if a := tab.do("room:watch", wire.RoomCommand{Room: room}); a.Error.Code != chat.CodeForbidden {
		t.Errorf("room:watch: got %+v, want forbidden", a)
	}
	s.broker.before(nil)
	s.bustle(c, room, s.signUp("fay"))
	hearNothingOf(room, c, tab)
	s.balanced(c, tab)
}

func TestABanThatIsLiftedBeforeItIsHeardOfLetsTheUserComeBack(t *testing.T) {
	s := newServer(t)
	s.signUp("root")
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	room := ada.room("den", chat.RoomPublic)
	bob.subscribe(room)
	c, member, watcher := ada.connect(), bob.connect(), eve.connect()
	watcher.look(room)
	for _, user := range []*person{bob, eve} {
		s.broker.meddle(func(event chat.Event, publish func(chat.Event) error) error {
			switch event.(type) {
			case chat.SubscriptionGone, chat.MemberGone: // which is published when all is over
				s.broker.meddle(nil)
				ada.unban(room, user)
				if user == bob {
					bob.subscribe(room)
				}
			}
			return publish(event)
		})
		ada.ban(room, user)
	}
	var put wire.RoomPut
	for put.Subscription.ID != room {
		member.await("room:put", &put)
	}
	watcher.gone(room, chat.GoneBanned)
	watcher.look(room)
	c.send(room, "welcome back")
	for name, tab := range map[string]*tab{"the member": member, "who looks on": watcher} {
		if got := tab.message(); got.Body != "welcome back" {
			t.Errorf("%s: got %q, want what is said after the return", name, got.Body)
		}
	}
	s.balanced(c, member, watcher)
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

func TestA7_ABanFromTheServerCutsAllSocketsOfAllSessions(t *testing.T) {
	s := newServer(t)
	root, ada, bob := s.signUp("root"), s.signUp("ada"), s.signUp("bob")
	there := ada.connect()
	tabs := []*tab{bob.connect(), bob.connect(), s.connect(s.logIn(bob.User), false), s.connect(s.logIn(bob.User), true)}
	root.ban(0, bob)
	for _, tab := range tabs {
		tab.cut(chat.EndBanned)
	}
	there.send(chat.MainRoom, "still here")
	if got := there.message().Body; got != "still here" {
		t.Errorf("another user: got %q, want it to go on", got)
	}
	for _, polling := range []bool{false, true} {
		_, err := sioclient.Dial(s.url, sioclient.Options{Polling: polling, Auth: map[string]any{"protocol": 1, "token": bob.token}})
		if err == nil {
			t.Error("who is banned was let in again")
		}
	}
	if err := s.chat.Users.Unban(t.Context(), root.User, bob.ID); err != nil {
		t.Fatal(err)
	}
	again := bob.connect()
	again.send(chat.MainRoom, "back")
	s.balanced(there, again)
}

func TestA7_ABanFromTheServerWhileConnectingIsSeen(t *testing.T) {
	s := newServer(t)
	root, bob := s.signUp("root"), s.signUp("bob")
	s.broker.before(func(topic chat.Topic) error {
		if topic.User == bob.ID {
			root.ban(0, bob) // and nobody hears of it yet
		}
		return nil
	})
	client, err := sioclient.Dial(s.url, sioclient.Options{Auth: map[string]any{"protocol": 1, "token": bob.token}})
	if err != nil {
		t.Fatal(err)
	}
	c := &tab{Client: client, t: t}
	c.cut(chat.EndBanned)
	for _, e := range c.Pending() {
		t.Errorf("told %s %s, want nothing but the end", e.Name, e.Args)
	}
	s.balanced(c)
}

// unheard are changes of which no event arrives. What is told then is seen on a
// socket of bob's, who is a member of the room, and on one of his that only looks
// into the other room.
var unheard = []struct {
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
		for _, test := range unheard {
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
