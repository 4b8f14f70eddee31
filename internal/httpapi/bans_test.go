package httpapi

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/wire"
)

func (c *client) joins(room chat.RoomID) {
	c.t.Helper()
	want[wire.SubscriptionAnswer](c, http.MethodPut, fmt.Sprintf("/subscriptions/%d", room), nil, http.StatusCreated)
}

func bannedFrom(room chat.RoomID, user wire.User) string {
	return fmt.Sprintf("/rooms/%d/bans/%d", room, user.ID)
}

func TestAdminRemovesAMemberFromARoom(t *testing.T) {
	s := newServer(t)
	s.member(t, "root")
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	bert.joins(room)
	path := fmt.Sprintf("/rooms/%d/members/%d", room, bert.me.ID)
	for range 2 {
		want[struct{}](anna, http.MethodDelete, path, nil, http.StatusNoContent)
	}
	wantNames(t, "bert's rooms", bert.subscriptions(), []string{"main"})
	bert.joins(room)
}

func TestUserIsBannedFromARoomUntilTheBanIsLifted(t *testing.T) {
	s := newServer(t)
	root := s.member(t, "root")
	anna, bert, cara := s.member(t, "anna"), s.member(t, "bert"), s.member(t, "cara")
	room := anna.room("Gardening", "").ID
	link := want[wire.NewInvitationAnswer](anna, http.MethodPost, "/invitations", wire.NewInvitation{Room: room}, http.StatusCreated)
	bert.joins(room)
	bert.say(room, "weeds")
	for _, status := range []int{http.StatusCreated, http.StatusOK} {
		got := want[wire.BanAnswer](anna, http.MethodPut, bannedFrom(room, bert.me), nil, status).Ban
		if got.User.ID != bert.me.ID || got.By.ID != anna.me.ID || !got.At.Equal(s.clock.Now()) {
			t.Errorf("got %+v, want anna's ban of bert", got)
		}
	}
	want[wire.BanAnswer](root, http.MethodPut, bannedFrom(room, cara.me), nil, http.StatusCreated)

	var names []string
	all(t, func(after string) string {
		page := want[wire.BanList](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/bans?limit=1&after=%s", room, after), nil, http.StatusOK)
		if len(page.Bans) != 1 {
			t.Errorf("a page: got %+v, want one ban", page)
		}
		for _, ban := range page.Bans {
			names = append(names, ban.User.Username)
		}
		return page.Next
	})
	wantNames(t, "who is banned", names, []string{"bert", "cara"})

	wantNames(t, "rooms that bert finds", bert.search("garden"), []string{"Gardening"})
	for _, path := range []string{"", "/members", "/messages", "/bans"} {
		wantError(t, bert.call(http.MethodGet, fmt.Sprintf("/rooms/%d%s", room, path), nil), http.StatusForbidden, chat.CodeForbidden, "room")
	}
	wantError(t, bert.call(http.MethodGet, fmt.Sprintf("/invitations?room=%d", room), nil), http.StatusForbidden, chat.CodeForbidden, "room")
	for method, path := range map[string]string{
		http.MethodPut: fmt.Sprintf("/subscriptions/%d", room), http.MethodDelete: fmt.Sprintf("/subscriptions/%d", room),
		http.MethodPost: "/invitations/" + link.Token, http.MethodGet: "/invitations/" + link.Token,
	} {
		e := wantError(t, bert.call(method, path, nil), http.StatusForbidden, chat.CodeForbidden, "room")
		if e.Message != "You are banned from this room. Its admins can let you back in." {
			t.Errorf("%s %s: got %q, want the sentence about the ban", method, path, e.Message)
		}
	}
	wantError(t, anna.call(http.MethodPost, "/invitations", wire.NewInvitation{Room: room, User: bert.me.ID}), http.StatusForbidden, chat.CodeForbidden, "user")

	for range 2 {
		want[struct{}](anna, http.MethodDelete, bannedFrom(room, bert.me), nil, http.StatusNoContent)
	}
	bert.joins(room)
}

func TestUserIsBannedFromTheServerUntilTheBanIsLifted(t *testing.T) {
	s := newServer(t)
	root, anna := s.member(t, "root"), s.member(t, "anna")
	program := s.client(t)
	program.token = want[wire.Account](program, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password, Token: true}, http.StatusOK).Token
	ban := fmt.Sprintf("/bans/%d", anna.me.ID)
	for _, status := range []int{http.StatusCreated, http.StatusOK} {
		got := want[wire.BanAnswer](root, http.MethodPut, ban, nil, status).Ban
		if got.User.ID != anna.me.ID || !got.User.Banned || got.By.ID != root.me.ID {
			t.Errorf("got %+v, want root's ban of anna", got)
		}
	}
	if got := want[wire.BanList](root, http.MethodGet, "/bans", nil, http.StatusOK); len(got.Bans) != 1 || got.Bans[0].User.ID != anna.me.ID || got.Next != "" {
		t.Errorf("got %+v, want the ban of anna", got)
	}
	if got := want[wire.UserAnswer](root, http.MethodGet, fmt.Sprintf("/users/%d", anna.me.ID), nil, http.StatusOK).User; !got.Banned {
		t.Errorf("got %+v, want it to say that anna is banned", got)
	}

	cookie := anna.cookie().Value
	for _, c := range []*client{anna, program} {
		for _, path := range []string{"/session", "/rooms", "/subscriptions"} {
			wantError(t, c.call(http.MethodGet, path, nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
		}
		wantError(t, c.call(http.MethodDelete, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	}
	if a := anna.send(http.MethodGet, "/home", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/" {
		t.Errorf("/home: got %d to %q, want a redirect to /", a.status, a.header.Get("Location"))
	}
	if a := anna.send(http.MethodGet, "/login", nil); a.status != http.StatusOK {
		t.Errorf("/login: got %d, want the page", a.status)
	}
	e := wantError(t, s.client(t).call(http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}), http.StatusForbidden, chat.CodeForbidden, "")
	if e.Message != "You are banned from this server. Its admins can let you back in." {
		t.Errorf("logging in: got %q, want the sentence about the ban", e.Message)
	}
	wantError(t, s.client(t).call(http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: "a guess"}), http.StatusUnauthorized, chat.CodeUnauthenticated, "")

	for range 2 {
		want[struct{}](root, http.MethodDelete, ban, nil, http.StatusNoContent)
	}
	if got := anna.cookie(); got == nil || got.Value != cookie {
		t.Errorf("the cookie: got %v, want the one from before the ban", got)
	}
	for _, c := range []*client{anna, program} {
		if me := want[wire.Account](c, http.MethodGet, "/session", nil, http.StatusOK); me.User.ID != anna.me.ID {
			t.Errorf("got %+v, want anna's session from before the ban", me)
		}
	}
	wantNames(t, "anna's rooms", anna.subscriptions(), []string{"main"})
}

func TestSessionThatExpiredDuringABanHasEnded(t *testing.T) {
	s := newServer(t)
	root, anna := s.member(t, "root"), s.member(t, "anna")
	ban := fmt.Sprintf("/bans/%d", anna.me.ID)
	want[wire.BanAnswer](root, http.MethodPut, ban, nil, http.StatusCreated)
	for range 4 { // while the admin is active
		s.clock.advance(10 * time.Minute)
		want[wire.Account](root, http.MethodGet, "/session", nil, http.StatusOK)
		wantError(t, anna.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	}
	want[struct{}](root, http.MethodDelete, ban, nil, http.StatusNoContent)
	wantError(t, anna.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
}

func TestErrorsForUsersWhoMayNotBan(t *testing.T) {
	s := newServer(t)
	root, anna, bert, cara := s.member(t, "root"), s.member(t, "anna"), s.member(t, "bert"), s.member(t, "cara")
	room, secret := anna.room("Gardening", "").ID, anna.room("Secret", chat.RoomPrivate).ID
	bert.joins(room)
	cara.joins(room)
	nobody := wire.User{ID: 99}
	member := func(room chat.RoomID, user wire.User) string {
		return fmt.Sprintf("/rooms/%d/members/%d", room, user.ID)
	}
	bans := func(room chat.RoomID) string { return fmt.Sprintf("/rooms/%d/bans", room) }
	server := func(user wire.User) string { return fmt.Sprintf("/bans/%d", user.ID) }
	for _, test := range []struct {
		name         string
		by           *client
		method, path string
		status       int
		code         chat.Code
		field        string
	}{
		{"a member puts another one out", bert, http.MethodDelete, member(room, cara.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a member bans another one", bert, http.MethodPut, bannedFrom(room, cara.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a member lifts a ban", bert, http.MethodDelete, bannedFrom(room, cara.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a member lists the bans", bert, http.MethodGet, bans(room), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a room's admin puts the server's out", anna, http.MethodDelete, member(room, root.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"an admin puts herself out", anna, http.MethodDelete, member(room, anna.me), http.StatusUnprocessableEntity, chat.CodeInvalid, "user"},
		{"an admin bans herself", anna, http.MethodPut, bannedFrom(room, anna.me), http.StatusUnprocessableEntity, chat.CodeInvalid, "user"},
		{"an admin puts nobody out", anna, http.MethodDelete, member(room, nobody), http.StatusNotFound, chat.CodeNotFound, "user"},
		{"an admin bans nobody", anna, http.MethodPut, bannedFrom(room, nobody), http.StatusNotFound, chat.CodeNotFound, "user"},
		{"a negative page", anna, http.MethodGet, bans(room) + "?limit=-1", http.StatusUnprocessableEntity, chat.CodeInvalid, "limit"},
		{"an outsider puts out of a private room", bert, http.MethodDelete, member(secret, anna.me), http.StatusNotFound, chat.CodeNotFound, "room"},
		{"the server's admin bans from a private room of others", root, http.MethodPut, bannedFrom(secret, bert.me), http.StatusNotFound, chat.CodeNotFound, "room"},
		{"an outsider lifts a ban from a private room", bert, http.MethodDelete, bannedFrom(secret, cara.me), http.StatusNotFound, chat.CodeNotFound, "room"},
		{"an outsider lists the bans of a private room", bert, http.MethodGet, bans(secret), http.StatusNotFound, chat.CodeNotFound, "room"},
		{"an unknown room", anna, http.MethodPut, bannedFrom(99, bert.me), http.StatusNotFound, chat.CodeNotFound, "room"},
		{"a member bans from the server", anna, http.MethodPut, server(bert.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a member lifts a ban from the server", anna, http.MethodDelete, server(bert.me), http.StatusForbidden, chat.CodeForbidden, ""},
		{"a member lists the bans from the server", anna, http.MethodGet, "/bans", http.StatusForbidden, chat.CodeForbidden, ""},
		{"an admin bans himself from the server", root, http.MethodPut, server(root.me), http.StatusUnprocessableEntity, chat.CodeInvalid, "user"},
		{"an admin bans nobody from the server", root, http.MethodPut, server(nobody), http.StatusNotFound, chat.CodeNotFound, "user"},
		{"a stranger bans", s.client(t), http.MethodPut, server(bert.me), http.StatusUnauthorized, chat.CodeUnauthenticated, ""},
		{"a stranger lists the bans", s.client(t), http.MethodGet, bans(room), http.StatusUnauthorized, chat.CodeUnauthenticated, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantError(t, test.by.call(test.method, test.path, nil), test.status, test.code, test.field)
		})
	}
}

func TestLogInOfABannedUserIsNotAWrongGuess(t *testing.T) {
	s := newServer(t, func(s *setup) { s.limits = auth.AttemptOptions{} })
	root, anna := s.member(t, "root"), s.member(t, "anna")
	want[wire.BanAnswer](root, http.MethodPut, fmt.Sprintf("/bans/%d", anna.me.ID), nil, http.StatusCreated)
	c, right := s.client(t), wire.Credentials{Username: "anna", Password: password}
	for range 20 { // five guesses would be too many
		wantError(t, c.call(http.MethodPost, "/session", right), http.StatusForbidden, chat.CodeForbidden, "")
	}
	want[struct{}](root, http.MethodDelete, fmt.Sprintf("/bans/%d", anna.me.ID), nil, http.StatusNoContent)
	want[wire.Account](c, http.MethodPost, "/session", right, http.StatusOK)
}
