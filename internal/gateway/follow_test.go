package gateway_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// sendBeforeHearing has the person send a message while this node is about to
// hear the room: another node has told all that it knew of by then.
func (s *server) sendBeforeHearing(by *person, room chat.RoomID, body string) {
	var once sync.Once
	s.broker.before(func(topic chat.Topic) (err error) {
		if topic.Room != room {
			return nil
		}
		once.Do(func() {
			_, _, err = s.chat.Messages.Send(s.t.Context(), by.User, chat.SendInput{
				Room: room, ClientID: uuid.NewString(), Body: body,
			})
		})
		return err
	})
}

func TestA7_AMessageThatComesWhileASocketBeginsToFollowIsTold(t *testing.T) {
	s := newServer(t, soon)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("quiet", chat.RoomPublic)
	c := bob.connect()
	s.sendBeforeHearing(ada, room, "hello bob")
	bob.subscribe(room)
	if got := c.message(); got.Room != room || got.Body != "hello bob" {
		t.Errorf("got %q in room %d, want what was said in between", got.Body, got.Room)
	}
}

func TestA7_AMessageThatComesWhileARoomBeginsToBeHeardIsHandedOver(t *testing.T) {
	s := newServer(t, soon)
	heard := make(chan chat.Message, 10)
	s.gateway.Streams().Handle(func(e chat.Revised) {
		if put, ok := e.(chat.MessagePut); ok {
			heard <- *put.Message
		}
	})
	ada := s.signUp("ada")
	room := ada.room("quiet", chat.RoomPublic)
	s.sendBeforeHearing(ada, room, "hello all")
	if err := s.gateway.Streams().FollowRoomFromHead(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	defer s.gateway.Streams().Unfollow(chat.Topic{Room: room})
	if got := <-heard; got.Body != "hello all" {
		t.Errorf("got %q, want what was said in between", got.Body)
	}
}

// The second of two sockets here begins to hear a room in which the first has
// been told more than the event knows that brings the second there.
func TestA7_WhatOthersWereToldBeforeASocketBeganToFollowIsToldToItToo(t *testing.T) {
	s := newServer(t, soon)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	room := ada.room("quiet", chat.RoomPublic)
	first, second := ada.connect(), bob.connect()
	var once sync.Once
	s.broker.before(func(topic chat.Topic) (err error) {
		if topic.Room == room {
			once.Do(func() {
				_, _, err = s.chat.Messages.Send(t.Context(), ada.User, chat.SendInput{
					Room: room, ClientID: uuid.NewString(), Body: "hello bob",
				})
				for first.message().Body != "hello bob" {
				}
			})
		}
		return err
	})
	bob.subscribe(room)
	for got := second.message(); got.Body != "hello bob"; got = second.message() {
		if got.Room != room {
			t.Fatalf("got %q in room %d, want what ada had been told before", got.Body, got.Room)
		}
	}
}

// heardOf takes events until a message of each of the rooms has come. Known are the
// rooms that are in the list before.
func (c *tab) heardOf(rooms []chat.RoomID, known map[chat.RoomID]bool) {
	c.t.Helper()
	waiting := make(map[chat.RoomID]bool)
	for _, room := range rooms {
		waiting[room] = true
	}
	for len(waiting) > 0 {
		e, err := c.Next()
		if err != nil {
			c.t.Fatalf("of the rooms %v: %v", slices.Collect(maps.Keys(waiting)), err)
		}
		switch e.Name {
		case "room:put":
			var put wire.RoomPut
			decode(c.t, e.Args[0], &put)
			known[put.Subscription.ID] = true
		case "message:put":
			var put wire.MessagePut
			decode(c.t, e.Args[0], &put)
			if !known[put.Message.Room] {
				c.t.Errorf("a message of room %d came before the room", put.Message.Room)
			}
			if put.Message.Kind != chat.MessageNotice {
				delete(waiting, put.Message.Room)
			}
		}
	}
}

func TestD3_ARoomComesIntoTheListBeforeItsMessages(t *testing.T) {
	s := newServer(t, soon)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	var rooms []chat.RoomID
	for i := range 9 {
		rooms = append(rooms, ada.room(fmt.Sprintf("room %d", i), chat.RoomPublic))
	}
	writer := ada.connect()
	say := func(room chat.RoomID) {
		sent := writer.send(room, "hello bob")
		for writer.message().Rev != sent.Rev { // until others here have been told
		}
	}
	known := map[chat.RoomID]bool{chat.MainRoom: true}

	live := bob.connect()
	var once sync.Once
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room == rooms[0] {
			once.Do(func() { say(rooms[0]) })
		}
		return nil
	})
	bob.subscribe(rooms[0])
	live.heardOf(rooms[:1], maps.Clone(known))
	live.Close()
	await(t, "the socket to have gone", func() bool { return !s.broker.hears(chat.Topic{User: bob.ID}) })

	known[rooms[0]] = true
	var connecting sync.Once
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room != 0 {
			connecting.Do(func() { // the list has been read
				for _, room := range rooms[1:] {
					bob.subscribe(room)
					say(room)
				}
			})
		}
		return nil
	})
	bob.connect().heardOf(rooms[1:], known)
}
