package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// late hands an event over as another node's would come: at any time, of any age.
func (s *server) late(event chat.Event) {
	s.t.Helper()
	if err := s.broker.Publish(s.t.Context(), event); err != nil {
		s.t.Fatal(err)
	}
}

func TestAnOlderReadPositionIsNotTold(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender, c := bob.connect(), ada.connect()
	for range 3 {
		sender.send(chat.MainRoom, "…")
	}
	var events []chat.SubscriptionPut
	for seq := range int64(3) {
		s.broker.loseAll()
		if _, err := s.chat.Rooms.MarkRead(t.Context(), ada.User, chat.MainRoom, seq+1, chat.AnyMark); err != nil {
			t.Fatal(err)
		}
		sub, err := s.store.Subscription(t.Context(), chat.MainRoom, ada.ID)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, chat.SubscriptionPut{User: ada.ID, Rev: sub.Membership.Rev, Subscription: sub})
	}
	s.broker.meddle(nil)
	for _, i := range []int{1, 0, 2, 0, 1} {
		s.late(events[i])
	}
	for _, want := range []int64{1, 2, 3} {
		var put wire.RoomPut
		c.await("room:put", &put)
		if got := put.Subscription.Membership.ReadSeq; got != want {
			t.Errorf("read position: got %d, want %d", got, want)
		}
	}
	for _, e := range c.passed(ada) {
		if e.Name == "room:put" {
			t.Errorf("one too many: %s", e.Args[0])
		}
	}
}

// passed makes one more change for the tab's user, and gives the events that came
// before it.
func (c *tab) passed(user *person) []sioclient.Event {
	c.t.Helper()
	room := user.room("the end", chat.RoomPrivate)
	var before []sioclient.Event
	for {
		e := c.next()
		var put wire.RoomPut
		if e.Name == "room:put" {
			decode(c.t, e.Args[0], &put)
		}
		if put.Subscription.ID == room {
			return before
		}
		before = append(before, e)
	}
}

func TestARoomThatWasLeftStaysOutOfTheListWhateverComesLate(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	room := ada.room("attic", chat.RoomPrivate)
	sub, err := s.store.Subscription(t.Context(), room, ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	c := ada.connect()
	ada.unsubscribe(room)
	c.await("room:gone", &wire.RoomGone{})
	s.late(chat.SubscriptionPut{User: ada.ID, Rev: sub.Membership.Rev, Subscription: sub})
	s.late(chat.SubscriptionPut{User: ada.ID, Subscription: sub}) // as nodes of an older version tell
	for _, e := range c.passed(ada) {
		if e.Name == "room:put" {
			t.Errorf("got %s, want nothing", e.Args[0])
		}
	}
}

func TestTheLastChangeOfARoomIsToldLastInWhateverOrderTheyCome(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	room := ada.room("attic", chat.RoomPrivate)
	c := ada.connect()
	s.broker.loseAll()
	var events []chat.Event
	for _, name := range []string{"first", "second"} {
		changed, err := s.chat.Rooms.Change(t.Context(), ada.User, room, &name, nil)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, chat.RoomChanged{Rev: changed.Rev, Room: changed})
	}
	s.broker.meddle(nil)
	s.late(events[1])
	s.late(events[0])
	for _, want := range []string{"first", "second"} {
		var changed wire.RoomChanged
		c.await("room:changed", &changed)
		if changed.Room.Name != want {
			t.Errorf("got %q, want %q", changed.Room.Name, want)
		}
	}
}

func TestMembersAreToldAsTheyAreWhateverComesLate(t *testing.T) {
	s := newServer(t)
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	room := ada.room("garden", chat.RoomPublic)
	c := ada.connect()
	came := func(p *person) chat.Event {
		return chat.MemberPut{Room: room, Member: chat.Member{User: p.User, Role: chat.RoleMember}}
	}
	went := func(p *person) chat.Event { return chat.MemberGone{Room: room, User: p.ID} }
	s.broker.loseAll()
	bob.subscribe(room) // and leaves, and comes again
	eve.subscribe(room)
	eve.unsubscribe(room)
	s.broker.meddle(nil)
	for _, event := range []chat.Event{came(bob), came(bob), went(bob), went(eve), came(eve)} {
		s.late(event) // as nodes of an older version tell
	}
	name := "the end"
	if _, err := s.chat.Rooms.Change(t.Context(), ada.User, room, &name, nil); err != nil {
		t.Fatal(err)
	}
	inside := map[chat.UserID]bool{}
	for end := false; !end; {
		e, err := c.Next()
		if err != nil {
			t.Fatal(err)
		}
		switch e.Name {
		case "member:put":
			var put wire.MemberPut
			decode(t, e.Args[0], &put)
			inside[put.Member.User.ID] = true
		case "member:gone":
			var gone wire.MemberGone
			decode(t, e.Args[0], &gone)
			delete(inside, gone.User)
			if gone.User == bob.ID {
				t.Error("told that bob has gone, who is there")
			}
		case "room:changed":
			end = true
		}
	}
	if len(inside) != 1 || !inside[bob.ID] {
		t.Errorf("by what was told %v are inside, want bob alone", inside)
	}
}
