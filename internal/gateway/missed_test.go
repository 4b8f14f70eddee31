package gateway_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/wire"
)

// lose drops the events for which the function says so.
func (b *tamper) lose(event func(chat.Event) bool) {
	b.meddle(func(e chat.Event, publish func(chat.Event) error) error {
		if event(e) {
			return nil
		}
		return publish(e)
	})
}

// loseAll drops every event until the broker is healed.
func (b *tamper) loseAll() { b.lose(func(chat.Event) bool { return true }) }

// heal ends the loss, and says of which topics events have been lost.
func (b *tamper) heal(t *testing.T, topics ...chat.Topic) {
	t.Helper()
	b.meddle(nil)
	for _, topic := range topics {
		if err := b.Publish(t.Context(), chat.Missed{Of: topic}); err != nil {
			t.Fatal(err)
		}
	}
}

// soon lets catching up begin at once.
func soon(o *gateway.Options) {
	o.CatchUpWithin, o.HoleRetry, o.HoleGrace = time.Millisecond, 5*time.Millisecond, 5*time.Millisecond
}

// countingRooms counts the questions for more than one room.
type countingRooms struct {
	gateway.Store
	asked, failures atomic.Int64
}

func (s *countingRooms) Heads(ctx context.Context, ids []chat.RoomID) ([]chat.Head, error) {
	if len(ids) > 1 {
		s.asked.Add(1)
		if s.failures.Add(-1) >= 0 {
			return nil, chat.Errorf(chat.CodeUnavailable, "The store is away.")
		}
	}
	return s.Store.Heads(ctx, ids)
}

func TestMessagesThatTheBrokerMissedAreFoundWithOneQuestionForManyRooms(t *testing.T) {
	const rooms = 60
	store := &countingRooms{}
	s := newServer(t, func(o *gateway.Options) {
		store.Store, o.Store = o.Store, store
		o.CatchUpWithin = 500 * time.Millisecond // within which all events have been handled
	})
	ada := s.signUp("ada")
	topics := []chat.Topic{}
	for i := range rooms {
		topics = append(topics, chat.Topic{Room: ada.room(fmt.Sprintf("room %d", i), chat.RoomPublic)})
	}
	c, sender := ada.connect(), ada.connect()
	store.asked.Store(0)
	store.failures.Store(2)
	s.broker.loseAll()
	for _, topic := range topics {
		sender.send(topic.Room, "lost")
	}
	s.broker.heal(t, topics...)
	got := map[chat.RoomID]bool{}
	for range rooms {
		got[c.message().Room] = true
	}
	if len(got) != rooms {
		t.Errorf("got messages of %d rooms, want one of each of the %d", len(got), rooms)
	}
	if asked := store.asked.Load(); asked < 3 || asked > rooms/4 {
		t.Errorf("the store was asked %d times, want it asked again when it was away, and not for each room", asked)
	}
	for _, e := range c.settled().Pending() {
		if e.Name == "message:put" {
			t.Errorf("one too many: %s", e.Args[0])
		}
	}
}

func TestARoomChangedUnheardIsToldToAllWhoListenToIt(t *testing.T) {
	s := newServer(t, soon)
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	room := ada.room("old name", chat.RoomPublic)
	bob.subscribe(room)
	member, watcher := bob.connect(), eve.connect()
	watcher.do("room:watch", wire.RoomCommand{Room: room})
	s.broker.loseAll()
	name := "new name"
	if _, err := s.chat.Rooms.Change(t.Context(), ada.User, room, &name, nil); err != nil {
		t.Fatal(err)
	}
	s.broker.heal(t, chat.Topic{Room: room})
	for _, c := range []*tab{member, watcher} {
		var changed wire.RoomChanged
		c.await("room:changed", &changed)
		if changed.Room.Name != name || changed.Room.Members != 2 {
			t.Errorf("got %+v, want the room as it is now", changed.Room)
		}
	}
}

func TestMembersWhoCameAndWentUnheardAreToldOf(t *testing.T) {
	s := newServer(t, soon)
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	room := ada.room("den", chat.RoomPublic)
	eve.subscribe(room)
	c := ada.connect()
	s.broker.loseAll()
	bob.subscribe(room)
	ada.remove(room, eve)
	s.broker.heal(t, chat.Topic{Room: room})
	var came wire.MemberPut
	c.await("member:put", &came)
	var gone wire.MemberGone
	c.await("member:gone", &gone)
	if came.Room != room || came.Member.User.ID != bob.ID {
		t.Errorf("member:put: got %+v, want bob", came)
	}
	if gone.Room != room || gone.User != eve.ID || gone.Reason != chat.GoneRemoved {
		t.Errorf("member:gone: got %+v, want eve to have been removed", gone)
	}
}

func TestWhoHasLeftElsewhereHearsNoMoreThoughTheNodeIsCutOff(t *testing.T) {
	s := newServer(t, soon, func(o *gateway.Options) { o.HeadsInterval = 20 * time.Millisecond })
	ada, bob := s.signUp("ada"), s.signUp("bob")
	left, joined := ada.room("left", chat.RoomPublic), ada.room("joined", chat.RoomPublic)
	bob.subscribe(left)
	c := bob.connect()
	s.broker.cutOff()
	bob.unsubscribe(left)
	bob.subscribe(joined)
	say := func(rooms ...chat.RoomID) {
		for _, room := range rooms {
			if _, _, err := s.chat.Messages.Send(t.Context(), ada.User, chat.SendInput{
				Room: room, ClientID: uuid.NewString(), Body: "since then",
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	say(left)
	s.run()
	var put wire.RoomPut
	c.await("room:put", &put)
	if put.Subscription.ID != joined {
		t.Errorf("room:put: got %d, want the room that was joined", put.Subscription.ID)
	}
	var gone wire.RoomGone
	c.await("room:gone", &gone)
	if gone.Room != left {
		t.Errorf("room:gone: got %d, want the room that was left", gone.Room)
	}
	say(left, joined)
	if got := c.message(); got.Room != joined {
		t.Errorf("got %q of room %d, want only what is said in the room joined", got.Body, got.Room)
	}
	for _, e := range c.settled().Pending() {
		if e.Name == "message:put" {
			t.Errorf("one too many: %s", e.Args[0])
		}
	}
}

func TestA7_SocketsOfASessionThatEndedUnheardAreCut(t *testing.T) {
	s := newServer(t, soon)
	ada := s.signUp("ada")
	other := s.logIn(ada.User)
	gone, there := s.connect(other, false), ada.connect()
	s.broker.loseAll()
	s.logOut(other)
	s.broker.heal(t, chat.Topic{User: ada.ID})
	var ended wire.SessionEnded
	gone.await("session:ended", &ended)
	if ended.Reason != chat.EndLogOut {
		t.Errorf("reason: got %q, want log-out", ended.Reason)
	}
	if told, err := gone.AwaitClose(); err != nil || !told {
		t.Errorf("told not to come back: %t, %v, want true", told, err)
	}
	there.send(chat.MainRoom, "still here")
	if got := there.message().Body; got != "still here" {
		t.Errorf("the other session: got %q, want it to go on", got)
	}
}

func TestA7_SocketsOfASessionWhoseEndNobodyToldAreCut(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.TouchInterval = 5 * time.Millisecond })
	s.run()
	ada := s.signUp("ada")
	other := s.logIn(ada.User)
	gone, there := s.connect(other, false), ada.connect()
	s.broker.loseAll() // and says nothing of it: its node has died in between
	s.logOut(other)
	s.broker.meddle(nil)
	var ended wire.SessionEnded
	gone.await("session:ended", &ended)
	if ended.Reason != chat.EndLogOut {
		t.Errorf("reason: got %q, want log-out", ended.Reason)
	}
	if told, err := gone.AwaitClose(); err != nil || !told {
		t.Errorf("told not to come back: %t, %v, want true", told, err)
	}
	there.send(chat.MainRoom, "still here")
	if got := there.message().Body; got != "still here" {
		t.Errorf("the other session: got %q, want it to go on", got)
	}
}

func TestTheListIsPutRightByWhatWasMissed(t *testing.T) {
	s := newServer(t, soon)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	left, renamed, read := ada.room("left", chat.RoomPublic), ada.room("old name", chat.RoomPublic), ada.room("read", chat.RoomPublic)
	same, joined := ada.room("same", chat.RoomPublic), ada.room("joined", chat.RoomPublic)
	for _, room := range []chat.RoomID{left, renamed, read, same} {
		bob.subscribe(room)
	}
	ada.connect().send(read, "to be read")
	tabs := []*tab{bob.connect(), bob.connect()}

	s.broker.lose(func(e chat.Event) bool { _, ok := e.(chat.MessagePut); return !ok })
	bob.unsubscribe(left)
	bob.subscribe(joined)
	name := "new name"
	if _, err := s.chat.Rooms.Change(t.Context(), ada.User, renamed, &name, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.chat.Rooms.MarkRead(t.Context(), bob.User, read, 1_000, chat.AnyMark); err != nil {
		t.Fatal(err)
	}
	s.broker.heal(t, chat.Topic{User: bob.ID}, chat.Topic{Room: renamed})

	for _, c := range tabs {
		put := map[chat.RoomID]wire.Subscription{}
		for range 2 {
			var e wire.RoomPut
			c.await("room:put", &e)
			put[e.Subscription.ID] = e.Subscription
		}
		var gone wire.RoomGone
		c.await("room:gone", &gone)
		if gone.Room != left {
			t.Errorf("room:gone: got %d, want the room that was left", gone.Room)
		}
		if put[joined].Name != "joined" || put[read].Membership.ReadSeq != put[read].Seq {
			t.Errorf("room:put: got %+v, want the room joined and the one read", put)
		}
		var changed wire.RoomChanged
		c.await("room:changed", &changed)
		if changed.Room.ID != renamed || changed.Room.Name != name {
			t.Errorf("room:changed: got %+v, want the new name", changed.Room)
		}
	}
	s.broker.heal(t, chat.Topic{User: bob.ID}) // when nothing was missed, nothing is told
	ada.connect().send(joined, "welcome")
	for _, c := range tabs {
		for got := c.message(); got.Body != "welcome"; got = c.message() {
		}
		for _, e := range c.settled().Pending() {
			if e.Name == "room:put" || e.Name == "room:gone" {
				t.Errorf("one too many: %s %s", e.Name, e.Args[0])
			}
		}
	}
}

func TestAGuestWhoBecameAMemberUnheardIsToldSo(t *testing.T) {
	s := newServerOn(t, chat.Deps{Policy: chat.Policy{Guests: true, JoinPage: true}}, soon)
	user, _, err := s.chat.Invitations.Enter(t.Context(), chat.GuestInput{Username: "guest", Room: chat.MainRoom})
	if err != nil {
		t.Fatal(err)
	}
	c := s.connect(s.logIn(user), false)
	s.broker.loseAll()
	if _, err := s.chat.Users.SetPassword(t.Context(), user, password); err != nil {
		t.Fatal(err)
	}
	s.broker.heal(t, chat.Topic{User: user.ID})
	var put wire.UserPut
	c.await("user:put", &put)
	if put.User.Kind != chat.KindMember {
		t.Errorf("got %+v, want a member", put.User)
	}
}

func TestE1_PresenceThatTheBrokerMissedIsTold(t *testing.T) {
	s := newPresentServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	c := ada.connect()
	if there := c.watch(bob); len(there) != 0 {
		t.Fatalf("there: got %+v, want nobody", there)
	}
	s.broker.loseAll()
	bob.connect()
	s.broker.heal(t, chat.Topic{Presence: bob.ID})
	c.sees(bob, chat.PresenceOnline)
}

// forgetful are leases that lose everything, as Redis may, and have it again
// only when they are renewed.
type forgetful struct {
	chat.PresenceLeases
	lost atomic.Bool
}

func (f *forgetful) States(ctx context.Context, users []chat.UserID) ([]chat.Presence, error) {
	if f.lost.Load() {
		return nil, nil
	}
	return f.PresenceLeases.States(ctx, users)
}

func (f *forgetful) Renew(ctx context.Context) ([]chat.Presence, error) {
	f.lost.Store(false)
	return f.PresenceLeases.Renew(ctx)
}

func TestE1_NobodyIsShownOfflineBecauseLeasesWereLost(t *testing.T) {
	leases := &forgetful{PresenceLeases: local.NewPresence()}
	s := newPresentServerOn(t, chat.Deps{Presence: leases}, func(o *gateway.Options) { o.LeaseInterval = time.Hour })
	ada, bob, eve, fay := s.signUp("ada"), s.signUp("bob"), s.signUp("eve"), s.signUp("fay")
	c := ada.connect()
	bob.connect()
	c.watch(bob, eve, fay)
	fay.connect()
	c.sees(fay, chat.PresenceOnline) // and by then nothing is left to compare
	leases.lost.Store(true)
	s.broker.heal(t, chat.Topic{Presence: bob.ID}, chat.Topic{Presence: eve.ID})
	await(t, "the leases to be renewed", func() bool { return !leases.lost.Load() })
	eve.connect()
	for {
		var changes wire.PresenceChanges
		c.await("presence", &changes)
		for _, presence := range changes.Presence {
			if presence.State != chat.PresenceOnline {
				t.Errorf("got %+v, want nobody offline", presence)
			}
			if presence.User == eve.ID {
				return
			}
		}
	}
}

// await polls until the condition holds.
func await(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}
