package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/wire"
)

func TestB4_SubscribingAndUnsubscribingReachLiveSockets(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("garden", chat.RoomPublic)
	adaTab, bobTabs := ada.connect(), []*tab{bob.connect(), bob.connect()}

	bob.subscribe(room)
	for _, c := range bobTabs {
		var put wire.RoomPut
		c.await("room:put", &put)
		if put.Subscription.ID != room || put.Subscription.Membership.Role != chat.RoleMember {
			t.Errorf("room:put: got %+v, want garden as a member", put.Subscription)
		}
	}
	var came wire.MemberPut
	adaTab.await("member:put", &came)
	if came.Room != room || came.Member.User.Username != "bob" {
		t.Errorf("member:put: got %+v, want bob", came)
	}
	adaTab.send(room, "welcome")
	for _, c := range bobTabs {
		if got := c.message().Body; got != "welcome" {
			t.Errorf("got %q, want welcome", got)
		}
	}

	bob.unsubscribe(room)
	for _, c := range bobTabs {
		var gone wire.RoomGone
		c.await("room:gone", &gone)
		if gone.Room != room {
			t.Errorf("room:gone: got %d, want %d", gone.Room, room)
		}
	}
	var left wire.MemberGone
	adaTab.await("member:gone", &left)
	if left.Room != room || left.User != bob.ID {
		t.Errorf("member:gone: got %+v, want bob", left)
	}
	adaTab.send(room, "bye")
	adaTab.send(chat.MainRoom, "to all")
	for _, c := range bobTabs {
		if got := c.message().Body; got != "to all" {
			t.Errorf("after unsubscribing: got %q, want only what main says", got)
		}
	}
}

func TestANewRoomAppearsInAllTabsOfItsMaker(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	first, second := ada.connect(), ada.connect()
	room := ada.room("attic", chat.RoomPrivate)
	for _, c := range []*tab{first, second} {
		var put wire.RoomPut
		c.await("room:put", &put)
		if put.Subscription.ID != room || put.Subscription.Membership.Role != chat.RoleAdmin {
			t.Errorf("room:put: got %+v, want attic as its admin", put.Subscription)
		}
	}
	first.send(room, "anyone?")
	if got := second.message().Body; got != "anyone?" {
		t.Errorf("got %q", got)
	}
}

func TestReadPositionsReachTheOtherTabs(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	bob.connect().send(chat.MainRoom, "one")
	here, there := ada.connect(), ada.connect()
	if unread := here.ready.Subscriptions[0].Unread; unread != 1 {
		t.Errorf("unread: got %d, want 1", unread)
	}
	if a := here.do("room:read", wire.ReadCommand{Room: chat.MainRoom, Seq: 1}); !a.OK || a.ReadSeq != 1 {
		t.Errorf("got %+v, want readSeq 1", a)
	}
	var put wire.RoomPut
	there.await("room:put", &put)
	if put.Subscription.Membership.ReadSeq != 1 || put.Subscription.Unread != 0 {
		t.Errorf("room:put: got %+v, want everything read", put.Subscription)
	}
	if a := here.do("room:read", wire.ReadCommand{Room: chat.MainRoom, Seq: 0}); !a.OK || a.ReadSeq != 1 {
		t.Errorf("moving back: got %+v, want readSeq to stay 1", a)
	}
}

func TestH5_MarkingAsUnreadReachesAllTabsAndOutlastsLateReads(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	bob.connect().send(chat.MainRoom, "one")
	here, there := ada.connect(), ada.connect()
	here.do("room:read", wire.ReadCommand{Room: chat.MainRoom, Seq: 1})
	var put wire.RoomPut
	there.await("room:put", &put)
	known := put.Subscription.Membership.Marked

	if a := here.do("room:unread", wire.UnreadCommand{Room: chat.MainRoom, Seq: 1}); !a.OK || a.ReadSeq != 0 {
		t.Errorf("room:unread: got %+v, want readSeq 0", a)
	}
	if a := there.do("room:read", wire.ReadCommand{Room: chat.MainRoom, Seq: 1, Marked: &known}); !a.OK || a.ReadSeq != 0 {
		t.Errorf("a read from before the mark: got %+v, want readSeq to stay 0", a)
	}
	for _, c := range []*tab{here, there} {
		for put.Subscription.Membership.Marked == known {
			c.await("room:put", &put)
		}
		if put.Subscription.Membership.ReadSeq != 0 || put.Subscription.Unread != 1 || put.Subscription.Membership.Marked != put.Rev {
			t.Errorf("room:put: got %+v, want one unread, marked at its rev", put)
		}
		put = wire.RoomPut{}
	}
	known = ada.connect().ready.Rev
	if a := there.do("room:read", wire.ReadCommand{Room: chat.MainRoom, Seq: 1, Marked: &known}); !a.OK || a.ReadSeq != 1 {
		t.Errorf("reading again: got %+v, want readSeq 1", a)
	}
	if a := here.do("room:unread", wire.UnreadCommand{Room: chat.MainRoom}); a.OK || a.Error.Field != "seq" {
		t.Errorf("without a seq: got %+v, want an error on it", a)
	}
}

func TestAChangedRoomIsToldToItsMembersAndWatchers(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("garden", chat.RoomPublic)
	member, watcher := ada.connect(), bob.connect()
	if a := watcher.do("room:watch", wire.RoomCommand{Room: room}); !a.OK || a.Room.Name != "garden" {
		t.Fatalf("room:watch: got %+v, want garden", a)
	}
	topic := "what grows"
	if _, err := s.chat.Rooms.Change(t.Context(), ada.User, room, nil, &topic); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*tab{member, watcher} {
		var changed wire.RoomChanged
		c.await("room:changed", &changed)
		if changed.Room.ID != room || changed.Room.Topic != topic {
			t.Errorf("got %+v, want the topic %q", changed.Room, topic)
		}
	}
}

func TestWatchingARoomNeedsNoSubscription(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.Limits.WatchedRooms = 2 })
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("garden", chat.RoomPublic)
	adaTab, c := ada.connect(), bob.connect()
	watch := wire.RoomCommand{Room: room}

	c.do("room:watch", watch)
	adaTab.send(room, "seen")
	if got := c.message().Body; got != "seen" {
		t.Errorf("watching: got %q, want seen", got)
	}
	c.do("room:unwatch", watch)
	adaTab.send(room, "unseen")
	adaTab.send(chat.MainRoom, "to all")
	if got := c.message().Body; got != "to all" {
		t.Errorf("after unwatching: got %q, want only what main says", got)
	}

	t.Run("unwatching leaves a subscription alone", func(t *testing.T) {
		bob.subscribe(room)
		var put wire.RoomPut
		c.await("room:put", &put)
		c.do("room:watch", watch)
		c.do("room:unwatch", watch)
		adaTab.send(room, "still")
		if got := c.message().Body; got != "still" {
			t.Errorf("got %q, want still", got)
		}
	})
	t.Run("unsubscribing leaves a watch alone", func(t *testing.T) {
		c.do("room:watch", watch)
		bob.unsubscribe(room)
		var gone wire.RoomGone
		c.await("room:gone", &gone)
		adaTab.send(room, "and still")
		if got := c.message().Body; got != "and still" {
			t.Errorf("got %q, want and still", got)
		}
	})
	t.Run("a socket watches a bounded number of rooms", func(t *testing.T) {
		for _, name := range []string{"one", "two"} {
			a := c.do("room:watch", wire.RoomCommand{Room: ada.room(name, chat.RoomPublic)})
			if name == "one" && !a.OK || name == "two" && a.Error.Code != chat.CodeTooLarge {
				t.Errorf("room %s: got %+v, want the second of two allowed and the third refused", name, a)
			}
		}
	})
}

func TestB8_WhatHappensInAPrivateRoomStaysThere(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("attic", chat.RoomPrivate)
	adaTab, bobTab := ada.connect(), bob.connect()

	// An event of a time when bob was a member comes late.
	stale := chat.Subscription{Room: chat.Room{ID: room, Kind: chat.RoomPrivate, Name: "attic"}}
	if err := s.broker.Publish(t.Context(), chat.SubscriptionPut{User: bob.ID, Subscription: stale}); err != nil {
		t.Fatal(err)
	}
	adaTab.send(room, "secret")
	adaTab.send(chat.MainRoom, "public")
	if got := bobTab.message().Body; got != "public" {
		t.Errorf("bob got %q, want only what main says", got)
	}
	for _, e := range bobTab.settled().Pending() {
		t.Errorf("bob got %s, want nothing of the room", e.Name)
	}
}

func TestB8_WatchingAPrivateRoomEndsWithTheSubscription(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	room := ada.room("attic", chat.RoomPrivate)
	c := ada.connect()
	if a := c.do("room:watch", wire.RoomCommand{Room: room}); !a.OK || a.Room.ID != room {
		t.Fatalf("watching: got %+v, want the room", a)
	}
	ada.unsubscribe(room)
	var gone wire.RoomGone
	c.await("room:gone", &gone)
	secret := chat.RoomChanged{Room: chat.Room{ID: room, Topic: "secret"}}
	if err := s.broker.Publish(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	c.send(chat.MainRoom, "public")
	c.message()
	for _, e := range c.settled().Pending() {
		if e.Name == "room:changed" {
			t.Errorf("got %s, want nothing more of the room", e.Args[0])
		}
	}
}

func TestAMemberStaysOneWhenALateEventSaysOtherwise(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	c := ada.connect()
	if err := s.broker.Publish(t.Context(), chat.SubscriptionGone{User: ada.ID, Room: chat.MainRoom}); err != nil {
		t.Fatal(err)
	}
	c.send(chat.MainRoom, "here")
	if got := c.message().Body; got != "here" {
		t.Errorf("got %q, want here", got)
	}
}
