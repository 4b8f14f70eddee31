package gateway_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/wire"
)

// newPresentServer is a server whose gateway runs, with everything about
// presence as fast as it goes.
func newPresentServer(t *testing.T, change ...func(*gateway.Options)) *server {
	t.Helper()
	return newPresentServerOn(t, chat.Deps{}, change...)
}

func newPresentServerOn(t *testing.T, deps chat.Deps, change ...func(*gateway.Options)) *server {
	t.Helper()
	var running sync.WaitGroup
	t.Cleanup(running.Wait)
	s := newServerOn(t, deps, append([]func(*gateway.Options){func(o *gateway.Options) {
		o.PresenceInterval, o.PresenceGrace, o.LeaseInterval = time.Millisecond, time.Nanosecond, time.Millisecond
	}}, change...)...)
	running.Go(func() { s.gateway.Run(t.Context()) })
	return s
}

// watch asks for the presence of people and gives the states of those who are there.
func (c *tab) watch(people ...*person) []wire.Presence {
	c.t.Helper()
	var ids []chat.UserID
	for _, p := range people {
		ids = append(ids, p.ID)
	}
	var answer wire.PresenceAnswer
	raw, err := c.Command("presence:watch", wire.PresenceWatchCommand{Users: ids})
	if err != nil {
		c.t.Fatal(err)
	}
	decode(c.t, raw, &answer)
	if !answer.OK {
		c.t.Fatalf("presence:watch: got %s", raw)
	}
	return answer.Presence
}

// sees awaits events until the person is told to be in the state.
func (c *tab) sees(p *person, state chat.PresenceState) {
	c.t.Helper()
	for {
		var e wire.PresenceChanges
		c.await("presence", &e)
		if slices.Contains(e.Presence, wire.Presence{User: p.ID, State: state}) {
			return
		}
	}
}

func TestE1_PresenceIsToldToThoseWhoWatch(t *testing.T) {
	s := newPresentServer(t)
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	a := ada.connect()
	if there := a.watch(bob, cid); len(there) != 0 {
		t.Errorf("at first: got %v, want nobody", there)
	}
	b := bob.connect()
	a.sees(bob, chat.PresenceOnline)
	b2 := bob.connect()
	if a := b.do("presence:set", wire.PresenceSetCommand{State: chat.PresenceAway}); !a.OK {
		t.Errorf("presence:set: %+v", a.Error)
	}
	b2.do("presence:set", wire.PresenceSetCommand{State: chat.PresenceAway})
	a.sees(bob, chat.PresenceAway)
	b2.do("presence:set", wire.PresenceSetCommand{State: chat.PresenceOnline})
	a.sees(bob, chat.PresenceOnline)
	if there := a.watch(bob, cid); !slices.Equal(there, []wire.Presence{{User: bob.ID, State: chat.PresenceOnline}}) {
		t.Errorf("asked again: got %v, want bob online", there)
	}
	b.Close()
	b2.Close()
	a.sees(bob, chat.PresenceOffline)
}

func TestAReloadIsNotSeen(t *testing.T) {
	s := newPresentServer(t, func(o *gateway.Options) { o.PresenceGrace = time.Hour })
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	a := ada.connect()
	a.watch(bob, cid)
	b := bob.connect()
	a.sees(bob, chat.PresenceOnline)
	b.Close()
	if _, err := b.AwaitClose(); err != nil {
		t.Fatal(err)
	}
	bob.connect()
	cid.connect()
	var e wire.PresenceChanges
	a.await("presence", &e)
	if !slices.Equal(e.Presence, []wire.Presence{{User: cid.ID, State: chat.PresenceOnline}}) {
		t.Errorf("after a reload: got %v, want nothing but that cid has come", e.Presence)
	}
}

func TestThePeersOfConversationsAreWatchedWithoutAsking(t *testing.T) {
	s := newPresentServer(t)
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	ada.converse(bob)
	b := bob.connect()
	await(t, "bob to be online", func() bool { // which is said after ready
		there, err := s.chat.Presences.States(t.Context(), []chat.UserID{bob.ID})
		return err == nil && len(there) == 1
	})
	a := ada.connect()
	if !slices.Equal(a.ready.Presence, []wire.Presence{{User: bob.ID, State: chat.PresenceOnline}}) {
		t.Errorf("ready: got %v, want bob online", a.ready.Presence)
	}
	b.Close()
	a.sees(bob, chat.PresenceOffline)
	ada.converse(cid)
	cid.connect()
	a.sees(cid, chat.PresenceOnline)
}

func TestCommandsOfPresenceThatAreWrong(t *testing.T) {
	a := newServer(t).signUp("ada").connect()
	for _, test := range []struct {
		command, field string
		argument       any
		code           chat.Code
	}{
		{"presence:set", "state", map[string]any{"state": "offline"}, chat.CodeInvalid},
		{"presence:set", "state", map[string]any{}, chat.CodeInvalid},
		{"presence:watch", "users", wire.PresenceWatchCommand{Users: make([]chat.UserID, 501)}, chat.CodeTooLarge},
	} {
		if got := a.do(test.command, test.argument); got.OK || got.Error.Code != test.code || got.Error.Field != test.field {
			t.Errorf("%s %v: got %+v, want %s on %s", test.command, test.argument, got, test.code, test.field)
		}
	}
}

// converse opens a conversation.
func (p *person) converse(with *person) chat.RoomID {
	p.s.t.Helper()
	sub, _, err := p.s.chat.Rooms.Converse(p.s.t.Context(), p.User, with.ID)
	if err != nil {
		p.s.t.Fatalf("%s opening a conversation: %v", p.Username, err)
	}
	return sub.ID
}

func TestC2_AConversationReachesTheOtherWithItsFirstMessage(t *testing.T) {
	s := newServer(t)
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	a, b, c := ada.connect(), bob.connect(), cid.connect()
	room := ada.converse(bob)
	var put wire.RoomPut
	a.await("room:put", &put)
	if put.Subscription.ID != room || put.Subscription.Peer == nil || put.Subscription.Peer.ID != bob.ID {
		t.Errorf("room:put of the one who opens it: got %+v, want the conversation with bob", put.Subscription)
	}
	if pending := b.settled().Pending(); len(pending) != 0 {
		t.Errorf("the other heard %v before there was a message", pending)
	}
	a.send(room, "hello")
	b.await("room:put", &put)
	if put.Subscription.ID != room || put.Subscription.Peer.ID != ada.ID || put.Subscription.Unread != 1 || put.Subscription.Last.Body != "hello" {
		t.Errorf("room:put of the other: got %+v, want the conversation with ada and its message", put.Subscription)
	}
	b.send(room, "hi")
	for _, side := range []*tab{a, b} {
		for side.message().Body != "hi" {
		}
	}
	for _, event := range c.settled().Pending() {
		t.Errorf("somebody else has heard %s", event.Name)
	}

	bob.unsubscribe(room)
	var gone wire.RoomGone
	b.await("room:gone", &gone)
	if again := bob.connect(); len(again.ready.Subscriptions) != 1 {
		t.Errorf("a conversation that was left is in the list of %d rooms", len(again.ready.Subscriptions))
	}
	a.send(room, "still there?")
	b.await("room:put", &put)
	if put.Subscription.Last.Body != "still there?" {
		t.Errorf("room:put after the next message: got %+v", put.Subscription)
	}
}

func TestE2_TypingIsToldToTheOthersOnly(t *testing.T) {
	s := newServer(t)
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	room := ada.room("den", chat.RoomPublic)
	bob.subscribe(room)
	a, a2, b, c := ada.connect(), ada.connect(), bob.connect(), cid.connect()
	start := func() {
		t.Helper()
		if got := a.do("typing:start", wire.RoomCommand{Room: room}); !got.OK {
			t.Errorf("typing:start: %+v", got.Error)
		}
	}
	typing := func(wantOn bool) {
		t.Helper()
		var e wire.RoomTyping
		b.await("room:typing", &e)
		if e.Room != room || e.User.Username != "ada" || (e.ForMs > 0) != wantOn {
			t.Errorf("room:typing: got %+v, want ada, on: %v", e, wantOn)
		}
	}
	start()
	typing(true)
	start() // again at once: passed on to nobody
	a.do("typing:stop", wire.RoomCommand{Room: room})
	typing(false)
	start()
	typing(true)
	a.send(room, "done")
	typing(false)
	start()
	typing(true)
	ada.unsubscribe(room)
	typing(false)
	ada.subscribe(room)
	a.await("room:put", &wire.RoomPut{})
	start()
	typing(true)
	a.Close()
	typing(false)
	for _, side := range []*tab{a2, c} {
		for _, event := range side.settled().Pending() {
			if event.Name == "room:typing" {
				t.Error("one's own tab or a stranger was told of typing")
			}
		}
	}
	if page, err := s.chat.Messages.Page(t.Context(), bob.User, room, chat.MessagePage{}); err != nil || page.Seq != int64(len(page.Messages)) || page.Seq == 0 {
		t.Errorf("timeline: got %+v, %v, want messages only", page, err)
	}
	if got := c.do("typing:start", wire.RoomCommand{Room: room}); got.Error.Code != chat.CodeForbidden {
		t.Errorf("typing in a room that one is not in: got %+v, want forbidden", got)
	}
	if got := c.do("typing:stop", wire.RoomCommand{Room: room}); !got.OK {
		t.Errorf("stopping what was not started: got %+v, want ok", got)
	}
}

func TestWhoTypesWithoutEndIsNotPassedOnWithoutEnd(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	a, b := ada.connect(), bob.connect()
	const times = 100
	for range times {
		a.do("typing:start", wire.RoomCommand{Room: chat.MainRoom})
		a.do("typing:stop", wire.RoomCommand{Room: chat.MainRoom})
	}
	told := 0
	for _, event := range b.settled().Pending() {
		if event.Name == "room:typing" {
			told++
		}
	}
	if told == 0 || told >= times {
		t.Errorf("of %d starts and stops %d events were passed on, want some and far from all", times, told)
	}
}
