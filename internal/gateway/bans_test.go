package gateway_test

import (
	"sync"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

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
