package gateway_test

import (
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestB8_AGuestWhoLosesAPublicRoomLooksIntoItNoMore(t *testing.T) {
	for _, loss := range losses {
		t.Run(loss.name, func(t *testing.T) {
			s := newServerOn(t, chat.Deps{Policy: chat.Policy{Guests: true}})
			s.signUp("root")
			ada, fay := s.signUp("ada"), s.signUp("fay")
			room, den := ada.room("park", chat.RoomPublic), ada.room("den", chat.RoomPrivate)
			gus := s.guest("gus", ada, room)
			invite, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{Room: den})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.chat.Invitations.Accept(t.Context(), gus.User, invite.Token); err != nil {
				t.Fatal(err)
			}
			c, guest := ada.connect(), gus.connect()
			fay.subscribe(room)
			guest.look(room)
			guest.watch(ada, fay)
			loss.lose(t, ada, room, gus)
			c.send(room, among)
			if got := c.message(); got.Body != among {
				t.Fatalf("got %q, want what was said in the room", got.Body)
			}
			guest.gone(room, loss.reason)
			c.send(den, "still here")
			if got := guest.message(); got.Room != den {
				t.Errorf("told %q of room %d, want only what is said where the guest still is", got.Body, got.Room)
			}
			await(t, "the end of the presence of whom the guest meets no more", func() bool {
				return !s.broker.hears(chat.Topic{Presence: fay.ID})
			})
			if !s.broker.hears(chat.Topic{Presence: ada.ID}) {
				t.Error("the presence of whom the guest still meets is heard no more")
			}
			s.balanced(c, guest)
		})
	}
}

// The user's own event travels by another way than what is said in the room.
func TestA7_ALookEndsBeforeWhatIsSaidAfterTheBanThoughTheUsersEventIsLate(t *testing.T) {
	s := newServer(t)
	ada, eve := s.signUp("ada"), s.signUp("eve")
	room := ada.room("park", chat.RoomPublic)
	c, stranger := ada.connect(), eve.connect()
	stranger.look(room)
	s.broker.lose(func(e chat.Event) bool { _, ok := e.(chat.SubscriptionGone); return ok })
	ada.ban(room, eve)
	c.send(room, among)
	if got := c.message(); got.Body != among {
		t.Fatalf("got %q, want what was said in the room", got.Body)
	}
	hearNothingOf(room, c, stranger)
	s.broker.heal(t, chat.Topic{User: eve.ID})
	stranger.gone(room, chat.GoneBanned)
	s.balanced(c, stranger)
}

func TestA7_WhatWaitsForItsTurnCountsNoMoreOnceTheUserIsBanned(t *testing.T) {
	s := newServer(t)
	root, bob := s.signUp("root"), s.signUp("bob")
	c, there := bob.connect(), root.connect()
	s.broker.meddle(func(event chat.Event, publish func(chat.Event) error) error {
		put, ok := event.(chat.MessagePut)
		if !ok || put.Message.Body != "first" {
			return publish(event)
		}
		s.broker.meddle(nil)
		root.ban(0, bob)
		c.cut(chat.EndBanned) // while the first command is under way, and others wait for it
		return publish(event)
	})
	for _, body := range []string{"first", "second", "third"} {
		command := wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: body}
		if err := c.Emit("message:send", command); err != nil {
			t.Fatal(err)
		}
	}
	if got := there.message(); got.Body != "first" {
		t.Errorf("got %q, want what was under way", got.Body)
	}
	there.send(chat.MainRoom, "last")
	if got := there.message(); got.Body != "last" {
		t.Errorf("got %q by who is banned, want nothing of it", got.Body)
	}
	s.balanced(there)
}

func TestABanFromTheServerThatIsLiftedBeforeItIsHeardOfChangesNothing(t *testing.T) {
	s := newServer(t)
	root, bob := s.signUp("root"), s.signUp("bob")
	c := bob.connect()
	s.broker.meddle(func(event chat.Event, publish func(chat.Event) error) error {
		if _, ok := event.(chat.UserBanned); ok {
			if err := s.chat.Users.Unban(t.Context(), root.User, bob.ID); err != nil {
				t.Error(err)
			}
		}
		return publish(event)
	})
	root.ban(0, bob)
	c.send(chat.MainRoom, "still here")
	if got := c.message(); got.Body != "still here" {
		t.Errorf("got %q, want it to go on", got.Body)
	}
	s.balanced(c)
}
