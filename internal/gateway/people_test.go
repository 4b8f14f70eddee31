package gateway_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func TestB7_WhoIsInvitedIsToldAtOnce(t *testing.T) {
	s := newServer(t)
	ada, bob, cid := s.signUp("ada"), s.signUp("bob"), s.signUp("cid")
	den := ada.room("den", chat.RoomPrivate)
	b, c := bob.connect(), cid.connect()
	for _, room := range []chat.RoomID{den, 0} {
		invite, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{Room: room, User: bob.ID})
		if err != nil || !invite.Told {
			t.Fatalf("invitation: got %+v, %v, want one that was told", invite, err)
		}
		var e wire.Invited
		b.await("invitation", &e)
		if e.Token != invite.Token || e.Path != "/join/"+invite.Token || e.By.Username != "ada" || (e.Room != nil) != (room != 0) {
			t.Errorf("invitation: got %+v, want the link of ada", e)
		}
		if room != 0 && e.Room.Name != "den" {
			t.Errorf("invitation: got %+v, want into the den", e.Room)
		}
	}
	for _, event := range c.settled().Pending() {
		t.Errorf("somebody else heard %s", event.Name)
	}
	b.Close()
	if _, err := b.AwaitClose(); err != nil {
		t.Fatal(err)
	}
	if invite, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{User: cid.ID}); err != nil || !invite.Told {
		t.Errorf("invitation of one who is there: got %+v, %v", invite, err)
	}
	dan := s.signUp("dan")
	if invite, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{User: dan.ID}); err != nil || invite.Told {
		t.Errorf("invitation of one who is not there: got %+v, %v, want that nobody was told", invite, err)
	}
}

func TestWhoWasInvitedWhileOfflineIsToldOnConnecting(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	den := ada.room("den", chat.RoomPrivate)
	invite, err := s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{Room: den, User: bob.ID})
	if err != nil {
		t.Fatal(err)
	}
	var e wire.Invited
	b := bob.connect()
	b.await("invitation", &e)
	if e.ID != invite.Invitation.ID || e.Token != "" || e.Path != "" || e.By.Username != "ada" || e.Room == nil || e.Room.Name != "den" {
		t.Errorf("got %+v, want ada's invitation into the den, without the link, which nobody keeps", e)
	}
	if _, _, err := s.chat.Invitations.AcceptByID(t.Context(), ada.User, e.ID); chat.CodeOf(err) != chat.CodeNotFound {
		t.Errorf("accepted by somebody else: got %v, want not found", err)
	}
	sub, created, err := s.chat.Invitations.AcceptByID(t.Context(), bob.User, e.ID)
	if err != nil || !created || sub.ID != den {
		t.Errorf("got %+v, %v, %v; want bob to be in the den", sub, created, err)
	}
	for _, event := range bob.connect().settled().Pending() {
		if event.Name == "invitation" {
			t.Error("an invitation that was accepted came again")
		}
	}
	if invite, err = s.chat.Invitations.Make(t.Context(), ada.User, chat.InviteInput{User: bob.ID}); err != nil {
		t.Fatal(err)
	}
	if err := s.chat.Invitations.Revoke(t.Context(), bob.User, invite.Invitation.ID); err != nil {
		t.Errorf("declined: %v", err)
	}
	for _, event := range bob.connect().settled().Pending() {
		if event.Name == "invitation" {
			t.Error("an invitation that was declined came again")
		}
	}
}

// guest lets someone in by a name alone.
func (s *server) guest(name string, by *person, room chat.RoomID) *person {
	s.t.Helper()
	invite, err := s.chat.Invitations.Make(s.t.Context(), by.User, chat.InviteInput{Room: room, Guests: true})
	if err != nil {
		s.t.Fatalf("invitation: %v", err)
	}
	user, _, err := s.chat.Invitations.Enter(s.t.Context(), chat.GuestInput{Username: name, Token: invite.Token})
	if err != nil {
		s.t.Fatalf("entering: %v", err)
	}
	p := &person{User: user, s: s}
	p.token = s.logIn(user)
	return p
}

func TestA8_AGuestSeesItsRoomAndBecomesAMember(t *testing.T) {
	s := newServerOn(t, chat.Deps{Policy: chat.Policy{Guests: true}})
	ada, bob := s.signUp("ada"), s.signUp("bob")
	den, garden := ada.room("den", chat.RoomPrivate), ada.room("garden", chat.RoomPublic)
	a := ada.connect()
	gwen := s.guest("gwen", ada, den)
	var came wire.MemberPut
	a.await("member:put", &came)
	if came.Room != den || came.Member.User.Username != "gwen" || came.Member.User.Kind != chat.KindGuest {
		t.Errorf("member:put: got %+v, want the guest", came)
	}
	var put wire.MessagePut
	a.await("message:put", &put)
	if n := put.Message.Notice; n == nil || n.Kind != chat.NoticeJoined || n.User.Username != "gwen" {
		t.Errorf("notice: got %+v, want that gwen has joined", put.Message)
	}

	g := gwen.connect()
	if subs := g.ready.Subscriptions; len(subs) != 1 || subs[0].ID != den {
		t.Errorf("rooms of the guest: got %+v, want the den", subs)
	}
	g.send(den, "hello")
	if got := a.message().Body; got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
	if got := g.do("room:watch", wire.RoomCommand{Room: garden}); got.Error.Code != chat.CodeNotFound {
		t.Errorf("a guest watches a public room: got %+v, want that there is none", got)
	}
	if there := g.watch(ada, bob); len(there) != 1 || there[0].User != ada.ID {
		t.Errorf("a guest watches people: got %v, want only of its room", there)
	}

	if _, err := s.chat.Users.SetPassword(t.Context(), gwen.User, password); err != nil {
		t.Fatal(err)
	}
	var user wire.UserPut
	g.await("user:put", &user)
	if user.User.ID != gwen.ID || user.User.Kind != chat.KindMember {
		t.Errorf("user:put: got %+v, want a member", user.User)
	}
	var main wire.RoomPut
	g.await("room:put", &main)
	if main.Subscription.ID != chat.MainRoom {
		t.Errorf("room:put: got %+v, want main", main.Subscription)
	}
	if got := g.do("room:watch", wire.RoomCommand{Room: garden}); !got.OK {
		t.Errorf("the same socket as a member: got %+v, want ok", got.Error)
	}
}

func TestD7_ALocationIsForEveryoneInTheRoom(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	a, b := ada.connect(), bob.connect()
	command := map[string]any{
		"room": chat.MainRoom, "clientId": "00000000-0000-4000-8000-000000000001", "kind": "location", "body": "",
		"location": map[string]any{"latitude": 52.52, "longitude": 13.4, "accuracy": 20, "time": "2026-01-02T03:04:05Z"},
	}
	if got := a.do("message:send", command); !got.OK {
		t.Fatalf("message:send: %+v", got.Error)
	}
	got := b.message()
	if l := got.Location; got.Kind != chat.MessageLocation || l == nil || l.Latitude != 52.52 || l.Longitude != 13.4 || *l.Accuracy != 20 || l.Time.Year() != 2026 {
		t.Errorf("got %+v, want the location", got)
	}
	command["location"] = map[string]any{"latitude": 152.52, "longitude": 13.4, "time": "2026-01-02T03:04:05Z"}
	command["clientId"] = "00000000-0000-4000-8000-000000000002"
	if got := a.do("message:send", command); got.Error.Code != chat.CodeInvalid || got.Error.Field != "location.latitude" {
		t.Errorf("a place that is nowhere: got %+v, want invalid", got.Error)
	}
}
