package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// letGuestsIn allows guests everywhere.
func letGuestsIn(s *setup) { s.policy = chat.Policy{Guests: true, JoinPage: true} }

func (c *client) invite(input wire.NewInvitation) wire.NewInvitationAnswer {
	c.t.Helper()
	return want[wire.NewInvitationAnswer](c, http.MethodPost, "/invitations", input, http.StatusCreated)
}

// enter makes the client a guest through a link.
func (c *client) enter(name, token string) wire.Subscription {
	c.t.Helper()
	answer := want[wire.GuestAnswer](c, http.MethodPost, "/guests", wire.NewGuest{Username: name, Invitation: token}, http.StatusCreated)
	c.me = answer.User
	return answer.Subscription
}

func TestB7_OpeningALinkJoins(t *testing.T) {
	s := newServer(t)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	den := anna.room("den", chat.RoomPrivate).ID
	link := anna.invite(wire.NewInvitation{Room: den})
	if link.Path != "/join/"+link.Token || link.Invitation.Room != den || link.Invitation.By.Username != "anna" {
		t.Errorf("got %+v, want a link of anna's into the den", link)
	}
	for name, c := range map[string]*client{"signed out": s.client(t), "signed in": ben} {
		got := want[wire.JoinAnswer](c, http.MethodGet, "/invitations/"+link.Token, nil, http.StatusOK)
		if got.Room == nil || got.Room.Name != "den" || got.Room.Members != 1 || got.By.Username != "anna" || got.Guests || got.Subscription != nil {
			t.Errorf("%s: got %+v, want that it leads into the den", name, got)
		}
	}
	sub := want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+link.Token, nil, http.StatusCreated).Subscription
	if sub.ID != den || sub.Members != 2 {
		t.Errorf("got %+v, want a subscription to the den", sub)
	}
	want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+link.Token, nil, http.StatusOK)
	if got := want[wire.JoinAnswer](ben, http.MethodGet, "/invitations/"+link.Token, nil, http.StatusOK); got.Subscription == nil {
		t.Error("who is there already is not told so")
	}
	links := want[wire.InvitationList](anna, http.MethodGet, fmt.Sprintf("/invitations?room=%d", den), nil, http.StatusOK).Invitations
	if len(links) != 1 || links[0].Uses != 1 || links[0].ID != link.Invitation.ID {
		t.Errorf("links of the den: got %+v, want one that was used once", links)
	}
	if body := anna.call(http.MethodGet, fmt.Sprintf("/invitations?room=%d", den), nil).body; strings.Contains(string(body), link.Token) {
		t.Error("the list tells the token")
	}
	page := want[wire.Page](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/messages", den), nil, http.StatusOK)
	if n := len(page.Messages); n != 1 || page.Messages[0].Notice.Kind != chat.NoticeJoined || page.Messages[0].Author.Username != "ben" {
		t.Errorf("timeline: got %+v, want that ben has joined", page.Messages)
	}
}

func TestB7_LinkNamesAFewMembers(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	den := anna.room("den", chat.RoomPrivate).ID
	link := anna.invite(wire.NewInvitation{Room: den})
	for _, name := range []string{"ben", "carl", "dora", "emil", "finn"} {
		want[wire.SubscriptionAnswer](s.member(t, name), http.MethodPost, "/invitations/"+link.Token, nil, http.StatusCreated)
	}
	got := want[wire.JoinAnswer](s.client(t), http.MethodGet, "/invitations/"+link.Token, nil, http.StatusOK)
	if names := strings.Join(got.Members, " "); names != "anna ben carl dora emil" || got.Room.Members != 6 {
		t.Errorf("inside: got %q of %d, want the first five of 6", names, got.Room.Members)
	}
	toAnna := anna.invite(wire.NewInvitation{})
	if got := want[wire.JoinAnswer](s.client(t), http.MethodGet, "/invitations/"+toAnna.Token, nil, http.StatusOK); got.Members != nil {
		t.Errorf("a link to a conversation: got %v inside, want nobody", got.Members)
	}
	anna.call(http.MethodDelete, fmt.Sprintf("/invitations/%d", link.Invitation.ID), nil)
	wantError(t, s.client(t).call(http.MethodGet, "/invitations/"+link.Token, nil), http.StatusNotFound, chat.CodeNotFound, "invitation")
}

func TestWhenALinkIsNoLongerValid(t *testing.T) {
	s := newServer(t)
	anna, ben, carl := s.member(t, "anna"), s.member(t, "ben"), s.member(t, "carl")
	den := anna.room("den", chat.RoomPrivate).ID
	used := anna.invite(wire.NewInvitation{Room: den, Uses: 1})
	want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+used.Token, nil, http.StatusCreated)
	want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+used.Token, nil, http.StatusOK)
	brief := anna.invite(wire.NewInvitation{Room: den, ExpiresIn: 60})
	s.clock.advance(time.Minute)
	revoked := anna.invite(wire.NewInvitation{Room: den})
	id := fmt.Sprintf("/invitations/%d", revoked.Invitation.ID)
	wantError(t, carl.call(http.MethodDelete, id, nil), http.StatusNotFound, chat.CodeNotFound, "invitation")
	wantError(t, anna.call(http.MethodDelete, "/invitations/"+revoked.Token, nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "invitation")
	want[any](anna, http.MethodDelete, id, nil, http.StatusNoContent)
	forBen := anna.invite(wire.NewInvitation{User: ben.me.ID})
	for name, token := range map[string]string{
		"used up": used.Token, "expired": brief.Token, "revoked": revoked.Token, "for another": forBen.Token, "made up": "x",
	} {
		a := carl.call(http.MethodPost, "/invitations/"+token, nil)
		if a.status != http.StatusNotFound {
			t.Errorf("accepting one %s: got %d %s, want 404", name, a.status, a.body)
		}
		if a := carl.call(http.MethodGet, "/invitations/"+token, nil); a.status != http.StatusNotFound {
			t.Errorf("looking at one %s: got %d %s, want 404", name, a.status, a.body)
		}
	}
}

// The classic events join a room by its name. Only they do: the name is not a valid link token.
func TestRoomNameIsNotALink(t *testing.T) {
	s := newServer(t)
	anna, carl := s.member(t, "anna"), s.member(t, "carl")
	if _, err := s.chat.Classic.Join(t.Context(), chat.User{ID: anna.me.ID, Kind: anna.me.Kind, Role: anna.me.Role}, "hidden place"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*client{carl, s.client(t)} {
		for _, token := range []string{"name:hidden place", "hidden place"} {
			path := "/invitations/" + url.PathEscape(token)
			wantError(t, c.call(http.MethodGet, path, nil), http.StatusNotFound, chat.CodeNotFound, "invitation")
		}
	}
	wantError(t, carl.call(http.MethodPost, "/invitations/"+url.PathEscape("name:hidden place"), nil),
		http.StatusNotFound, chat.CodeNotFound, "invitation")
}

func TestUsedUpLinksAreNeitherListedNorCounted(t *testing.T) {
	s := newServer(t)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	den := anna.room("den", chat.RoomPrivate).ID
	used := anna.invite(wire.NewInvitation{Room: den, Uses: 1})
	open := anna.invite(wire.NewInvitation{Room: den})
	want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+used.Token, nil, http.StatusCreated)
	list := want[wire.InvitationList](anna, http.MethodGet, fmt.Sprintf("/invitations?room=%d", den), nil, http.StatusOK)
	if len(list.Invitations) != 1 || list.Invitations[0].ID != open.Invitation.ID {
		t.Errorf("got %+v, want the open link alone", list.Invitations)
	}
}

func TestLastUseOfALinkIsTakenOnce(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	link := anna.invite(wire.NewInvitation{Room: anna.room("den", chat.RoomPrivate).ID, Uses: 1, Guests: true})
	var group sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		if i%2 == 0 {
			c := s.member(t, fmt.Sprint("user", i))
			group.Go(func() { statuses[i] = c.call(http.MethodPost, "/invitations/"+link.Token, nil).status })
			continue
		}
		c := s.client(t)
		group.Go(func() {
			statuses[i] = c.call(http.MethodPost, "/guests", wire.NewGuest{Username: fmt.Sprint("guest", i), Invitation: link.Token}).status
		})
	}
	group.Wait()
	won := 0
	for _, status := range statuses {
		switch status {
		case http.StatusCreated:
			won++
		case http.StatusNotFound:
		default:
			t.Errorf("got status %d, want 201 or 404", status)
		}
	}
	if won != 1 {
		t.Errorf("%d have joined by the last use, want one", won)
	}
}

func TestA8_GuestEntersWithANameAndALink(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	den := anna.room("den", chat.RoomPrivate).ID
	link := anna.invite(wire.NewInvitation{Room: den, Guests: true})
	garden := anna.room("garden", "").ID

	gwen := s.client(t)
	if !want[wire.JoinAnswer](gwen, http.MethodGet, "/invitations/"+link.Token, nil, http.StatusOK).Guests {
		t.Error("the link does not say that it lets guests in")
	}
	if sub := gwen.enter("Gwen", link.Token); sub.ID != den || gwen.me.Kind != chat.KindGuest {
		t.Errorf("got %+v in %+v, want a guest in the den", gwen.me, sub)
	}
	wantError(t, s.client(t).call(http.MethodPost, "/guests", wire.NewGuest{Username: "GWEN", Invitation: link.Token}),
		http.StatusConflict, chat.CodeTaken, "username")
	wantError(t, s.client(t).call(http.MethodPost, "/session", wire.Credentials{Username: "gwen", Password: password}),
		http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	gwen.say(den, "hello")

	for path, what := range map[string]struct {
		method string
		body   any
		status int
	}{
		fmt.Sprintf("/rooms/%d", garden):                   {http.MethodGet, nil, http.StatusNotFound},
		fmt.Sprintf("/rooms/%d/members", garden):           {http.MethodGet, nil, http.StatusNotFound},
		fmt.Sprintf("/subscriptions/%d", garden):           {http.MethodPut, nil, http.StatusNotFound},
		"/users":                                           {http.MethodGet, nil, http.StatusForbidden},
		"/rooms":                                           {http.MethodPost, wire.NewRoom{Name: "mine"}, http.StatusForbidden},
		fmt.Sprintf("/conversations/%d", anna.me.ID):       {http.MethodPut, nil, http.StatusForbidden},
		"/invitations":                                     {http.MethodPost, wire.NewInvitation{Room: den}, http.StatusForbidden},
		fmt.Sprintf("/users/%d", s.member(t, "ben").me.ID): {http.MethodGet, nil, http.StatusNotFound},
		fmt.Sprintf("/users/%d", anna.me.ID):               {http.MethodGet, nil, http.StatusOK},
	} {
		if a := gwen.call(what.method, path, what.body); a.status != what.status {
			t.Errorf("%s %s by a guest: got %d %s, want %d", what.method, path, a.status, a.body, what.status)
		}
	}
	if rooms := want[wire.RoomList](gwen, http.MethodGet, "/rooms", nil, http.StatusOK).Rooms; len(rooms) != 1 || rooms[0].ID != den {
		t.Errorf("rooms that a guest finds: got %+v, want the den", rooms)
	}

	wantError(t, gwen.call(http.MethodPatch, "/users/me", wire.UserChange{Password: "short"}), http.StatusUnprocessableEntity, chat.CodeInvalid, "password")
	user := want[wire.UserAnswer](gwen, http.MethodPatch, "/users/me", wire.UserChange{Password: password}, http.StatusOK).User
	if user.ID != gwen.me.ID || user.Kind != chat.KindMember || user.Username != "Gwen" {
		t.Errorf("with a password: got %+v, want Gwen as a member", user)
	}
	wantError(t, gwen.call(http.MethodPatch, "/users/me", wire.UserChange{Password: password}), http.StatusUnprocessableEntity, chat.CodeInvalid, "current")
	subs := want[wire.SubscriptionList](gwen, http.MethodGet, "/subscriptions", nil, http.StatusOK).Subscriptions
	if len(subs) != 2 {
		t.Errorf("rooms with a password: got %d, want the den and main", len(subs))
	}
	want[wire.Account](s.client(t), http.MethodPost, "/session", wire.Credentials{Username: "gwen", Password: password}, http.StatusOK)
}

func TestOneOfManyGuestsGetsTheName(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	link := anna.invite(wire.NewInvitation{Room: anna.room("den", chat.RoomPrivate).ID, Guests: true})
	var group sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		c := s.client(t)
		group.Go(func() {
			statuses[i] = c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Invitation: link.Token}).status
		})
	}
	group.Wait()
	won := 0
	for _, status := range statuses {
		if status == http.StatusCreated {
			won++
		} else if status != http.StatusConflict {
			t.Errorf("got status %d, want 201 or 409", status)
		}
	}
	if won != 1 {
		t.Errorf("%d guests got the name, want one", won)
	}
	if links := want[wire.InvitationList](anna, http.MethodGet, fmt.Sprintf("/invitations?room=%d", link.Invitation.Room), nil, http.StatusOK); links.Invitations[0].Uses != 1 {
		t.Errorf("the link was used %d times, want once: refused guests do not count", links.Invitations[0].Uses)
	}
}

func TestA9_JoinPageOffersPublicRooms(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna := s.member(t, "anna")
	garden, den := anna.room("garden", "").ID, anna.room("den", chat.RoomPrivate).ID
	c := s.client(t)
	if got := want[wire.ServerAnswer](c, http.MethodGet, "/server", nil, http.StatusOK); !got.Guests || !got.JoinPage {
		t.Errorf("got %+v, want that there are guests and a join page", got)
	}
	rooms := want[wire.JoinRoomList](c, http.MethodGet, "/join?text=GAR", nil, http.StatusOK).Rooms
	if len(rooms) != 1 || rooms[0].ID != garden {
		t.Errorf("got %+v, want the garden", rooms)
	}
	wantError(t, c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Room: den}), http.StatusNotFound, chat.CodeNotFound, "room")
	answer := want[wire.GuestAnswer](c, http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Room: garden}, http.StatusCreated)
	if answer.Subscription.ID != garden {
		t.Errorf("got %+v, want the garden", answer.Subscription)
	}
	if a := c.send(http.MethodGet, "/join", nil); a.status != http.StatusOK {
		t.Errorf("the page: got %d, want 200", a.status)
	}
	if a := c.send(http.MethodGet, "/join/token", nil); a.status != http.StatusOK {
		t.Errorf("the page of a link: got %d, want 200", a.status)
	}
}

func TestOperatorCanDisableGuests(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	garden := anna.room("garden", "").ID
	link := anna.invite(wire.NewInvitation{Room: garden})
	c := s.client(t)
	wantError(t, anna.call(http.MethodPost, "/invitations", wire.NewInvitation{Room: garden, Guests: true}), http.StatusUnprocessableEntity, chat.CodeInvalid, "guests")
	for _, guest := range []wire.NewGuest{{Username: "gwen", Invitation: link.Token}, {Username: "gwen", Room: garden}} {
		wantError(t, c.call(http.MethodPost, "/guests", guest), http.StatusForbidden, chat.CodeForbidden, "")
	}
	wantError(t, c.call(http.MethodGet, "/join", nil), http.StatusNotFound, chat.CodeNotFound, "")
}

func TestGuestsNeedALinkThatAllowsGuests(t *testing.T) {
	s := newServer(t, func(s *setup) { s.policy = chat.Policy{Guests: true} })
	anna := s.member(t, "anna")
	garden := anna.room("garden", "").ID
	link := anna.invite(wire.NewInvitation{Room: garden})
	c := s.client(t)
	wantError(t, c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Invitation: link.Token}), http.StatusForbidden, chat.CodeForbidden, "")
	wantError(t, c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Room: garden}), http.StatusUnprocessableEntity, chat.CodeInvalid, "invitation")
	wantError(t, c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "gwen", Invitation: link.Token, Room: garden}), http.StatusUnprocessableEntity, chat.CodeInvalid, "room")
	forGuests := anna.invite(wire.NewInvitation{Room: garden, Guests: true})
	wantError(t, c.call(http.MethodPost, "/guests", wire.NewGuest{Username: "!", Invitation: forGuests.Token}), http.StatusUnprocessableEntity, chat.CodeInvalid, "username")
}

func TestLinkIntoAConversation(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	link := anna.invite(wire.NewInvitation{Guests: true})
	if got := want[wire.JoinAnswer](s.client(t), http.MethodGet, "/invitations/"+link.Token, nil, http.StatusOK); got.Room != nil || got.By.Username != "anna" {
		t.Errorf("got %+v, want that it leads to anna", got)
	}
	sub := want[wire.SubscriptionAnswer](ben, http.MethodPost, "/invitations/"+link.Token, nil, http.StatusCreated).Subscription
	if sub.Kind != chat.RoomDirect || sub.Peer.Username != "anna" {
		t.Errorf("got %+v, want a conversation with anna", sub)
	}
	if again := ben.converse(anna, http.StatusOK); again.ID != sub.ID {
		t.Error("there are two conversations of the same two")
	}
	gwen := s.client(t)
	if talk := gwen.enter("gwen", link.Token); talk.Peer == nil || talk.Peer.Username != "anna" {
		t.Errorf("got %+v, want a conversation of the guest with anna", talk)
	}
	subs := want[wire.SubscriptionList](anna, http.MethodGet, "/subscriptions", nil, http.StatusOK).Subscriptions
	if len(subs) != 3 {
		t.Errorf("anna has %d rooms, want main and both conversations", len(subs))
	}
	wantError(t, anna.call(http.MethodPost, "/invitations/"+link.Token, nil), http.StatusNotFound, chat.CodeNotFound, "invitation")
	links := want[wire.InvitationList](anna, http.MethodGet, "/invitations", nil, http.StatusOK).Invitations
	if len(links) != 1 || links[0].Uses != 2 {
		t.Errorf("links to anna: got %+v, want one that was used twice", links)
	}
}

func TestInvitationsThatCannotBeCreated(t *testing.T) {
	s := newServer(t, letGuestsIn)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	den, garden := anna.room("den", chat.RoomPrivate).ID, anna.room("garden", "").ID
	talk := anna.converse(ben, http.StatusCreated).ID
	for _, test := range []struct {
		name   string
		by     *client
		input  wire.NewInvitation
		status int
		field  string
	}{
		{"into a room that one does not see", ben, wire.NewInvitation{Room: den}, http.StatusNotFound, "room"},
		{"into a room that one is not in", ben, wire.NewInvitation{Room: garden}, http.StatusForbidden, ""},
		{"a third into a conversation", anna, wire.NewInvitation{Room: talk}, http.StatusUnprocessableEntity, "room"},
		{"oneself", anna, wire.NewInvitation{Room: den, User: anna.me.ID}, http.StatusUnprocessableEntity, "user"},
		{"nobody", anna, wire.NewInvitation{Room: den, User: 99}, http.StatusNotFound, "user"},
		{"who is there already", anna, wire.NewInvitation{Room: chat.MainRoom, User: ben.me.ID}, http.StatusUnprocessableEntity, "user"},
		{"into the past", anna, wire.NewInvitation{Room: den, ExpiresIn: -1}, http.StatusUnprocessableEntity, "expiresIn"},
		{"for ever and ever", anna, wire.NewInvitation{Room: den, ExpiresIn: 1 << 62}, http.StatusUnprocessableEntity, "expiresIn"},
		{"no times", anna, wire.NewInvitation{Room: den, Uses: -1}, http.StatusUnprocessableEntity, "uses"},
		{"one user as a guest", anna, wire.NewInvitation{Room: den, User: ben.me.ID, Guests: true}, http.StatusUnprocessableEntity, "guests"},
	} {
		a := test.by.call(http.MethodPost, "/invitations", test.input)
		if a.status != test.status {
			t.Errorf("%s: got %d %s, want %d", test.name, a.status, a.body, test.status)
			continue
		}
		var body wire.ErrorBody
		if err := json.Unmarshal(a.body, &body); err != nil || body.Error.Field != test.field {
			t.Errorf("%s: got %s, %v, want the field %q", test.name, a.body, err, test.field)
		}
	}
}

func TestLinkIsNotLogged(t *testing.T) {
	for path, want := range map[string]string{
		"/join/secret": "/join/…", "/api/v1/invitations/secret": "/api/v1/invitations/…", "/join": "/join", "/home/1": "/home/1",
	} {
		if got := shownPath(path); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
