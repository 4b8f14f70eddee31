package httpapi

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/ratelimit"
	"partychat/internal/wire"
)

func names(rooms []wire.Room) []string {
	var all []string
	for _, r := range rooms {
		all = append(all, r.Name)
	}
	return all
}

func (c *client) subscriptions() []string {
	c.t.Helper()
	var all []string
	for _, s := range want[wire.SubscriptionList](c, http.MethodGet, "/subscriptions", nil, http.StatusOK).Subscriptions {
		all = append(all, s.Name)
	}
	return all
}

func (c *client) search(text string) []string {
	c.t.Helper()
	return names(want[wire.RoomList](c, http.MethodGet, "/rooms?text="+url.QueryEscape(text), nil, http.StatusOK).Rooms)
}

func wantNames(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestB9_NewUsersAreInMain(t *testing.T) {
	s := newServer(t)
	wantNames(t, "my rooms", s.member(t, "anna").subscriptions(), []string{"main"})
}

func TestB2_NewRoomHasANameATopicAndItsCreatorAsAdmin(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	sub := anna.room("Gardening", "")
	if sub.Name != "Gardening" || sub.Topic != "about Gardening" || sub.Kind != chat.RoomPublic || sub.Members != 1 || sub.Membership.Role != chat.RoleAdmin {
		t.Errorf("got %+v, want the public room with anna as admin", sub)
	}
	bert := s.member(t, "bert")
	a := bert.call(http.MethodPost, "/rooms", wire.NewRoom{Name: "gardening", Topic: ""})
	wantError(t, a, http.StatusConflict, chat.CodeTaken, "name")
}

func TestCreatingRoomsTooFastReturnsWhenToRetry(t *testing.T) {
	s := newServer(t, func(s *setup) {
		s.makes = ratelimit.New(ratelimit.Options{PerSecond: 0.01, Burst: 2, Refusal: "You are making rooms too fast."})
	})
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	anna.room("Gardening", "")
	wantError(t, anna.call(http.MethodPost, "/rooms", wire.NewRoom{Name: "gardening"}), http.StatusConflict, chat.CodeTaken, "name")
	anna.room("Cooking", "") // what failed was not counted
	e := wantError(t, anna.call(http.MethodPost, "/rooms", wire.NewRoom{Name: "Singing"}), http.StatusTooManyRequests, chat.CodeRateLimited, "")
	if e.RetryAfter < 1 || e.RetryAfter > 100 || e.Message != "You are making rooms too fast." {
		t.Errorf("got %+v, want a wait of up to 100 seconds and the sentence about rooms", e)
	}
	bert.room("Singing", "")
}

func TestOnlyRoomAndServerAdminsChangeARoom(t *testing.T) {
	s := newServer(t)
	admin, anna, bert := s.member(t, "admin"), s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	path := fmt.Sprintf("/rooms/%d", room)
	want[wire.SubscriptionAnswer](bert, http.MethodPut, fmt.Sprintf("/subscriptions/%d", room), nil, http.StatusCreated)

	wantError(t, bert.call(http.MethodPatch, path, `{"topic": "bert was here"}`), http.StatusForbidden, chat.CodeForbidden, "")
	if got := want[wire.RoomAnswer](anna, http.MethodPatch, path, `{"topic": "roses"}`, http.StatusOK).Room; got.Topic != "roses" || got.Name != "Gardening" {
		t.Errorf("got %+v, want the topic changed and the name kept", got)
	}
	if got := want[wire.RoomAnswer](admin, http.MethodPatch, path, `{"name": "Garden"}`, http.StatusOK).Room; got.Topic != "roses" || got.Name != "Garden" {
		t.Errorf("got %+v, want the name changed and the topic kept", got)
	}
	wantError(t, anna.call(http.MethodPatch, path, `{"name": "main"}`), http.StatusConflict, chat.CodeTaken, "name")
}

func TestB3_SearchFindsPublicRoomsWithPrefixMatchesFirst(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	for _, name := range []string{"Rock Garden", "Gardening", "Zoo", "garage", "Café d’Or", "日本語チャンネル"} {
		anna.room(name, "")
	}
	anna.room("Gardeners in secret", chat.RoomPrivate)
	wantNames(t, `bert searches "GAR"`, bert.search("GAR"), []string{"garage", "Gardening", "Rock Garden"})
	wantNames(t, `anna searches "garden"`, anna.search("garden"), []string{"Gardeners in secret", "Gardening", "Rock Garden"})
	wantNames(t, "a search for what there is not", bert.search("nothing"), nil)
	wantNames(t, "bert searches for nothing in particular", bert.search(""), []string{"Café d’Or", "garage", "Gardening", "main", "Rock Garden", "Zoo", "日本語チャンネル"})
	wantNames(t, "any part of a word", anna.search("arden"), []string{"Rock Garden", "Gardeners in secret", "Gardening"})
	wantNames(t, "without accents", bert.search("cafe d'o"), []string{"Café d’Or"})
	wantNames(t, "in a script without spaces", bert.search("チャン"), []string{"日本語チャンネル"})
	wantNames(t, "a sign that does not count", bert.search("'"), nil)
}

func TestPeopleAreFoundByAnyPartOfTheirNamesWithoutAccents(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	for _, name := range []string{"José", "Søren", "joséphine", "田中さくら"} {
		s.member(t, name)
	}
	for text, found := range map[string][]string{
		"jose": {"José", "joséphine"}, "phine": {"joséphine"}, "soren": {"Søren"}, "サクラ": {"田中さくら"}, "中": {"田中さくら"},
	} {
		list := want[wire.UserList](anna, http.MethodGet, "/users?text="+url.QueryEscape(text), nil, http.StatusOK)
		var got []string
		for _, user := range list.Users {
			got = append(got, user.Username)
		}
		wantNames(t, "people: "+text, got, found)
	}
}

func TestNameThatLooksLikeAnotherIsTaken(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "peacock")
	hall := anna.room("hall", "")
	for _, refused := range []struct {
		method, path, body string
		status             int
		code               chat.Code
		field              string
	}{
		{http.MethodPost, "/rooms", `{"name": "h\u0430ll", "topic": ""}`, http.StatusConflict, chat.CodeTaken, "name"},
		{http.MethodPost, "/rooms", `{"name": "ha\u200bll", "topic": ""}`, http.StatusUnprocessableEntity, chat.CodeInvalid, "name"},
		{http.MethodPost, "/rooms", `{"name": "talk", "topic": "abc\u202etxt.exe"}`, http.StatusUnprocessableEntity, chat.CodeInvalid, "topic"},
		{http.MethodPatch, fmt.Sprint("/rooms/", hall.ID), `{"name": "m\u0430in"}`, http.StatusConflict, chat.CodeTaken, "name"},
		{http.MethodPost, "/users", `{"username": "pe\u0430cock", "password": "correct horse"}`, http.StatusConflict, chat.CodeTaken, "username"},
	} {
		wantError(t, anna.call(refused.method, refused.path, refused.body), refused.status, refused.code, refused.field)
	}
}

func TestListsContinueWithNext(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	wantRooms, wantUsers := []string{"main"}, []string{"anna"}
	for i := range 6 {
		wantUsers = append(wantUsers, s.member(t, fmt.Sprint("user", i)).me.Username)
		wantRooms = append(wantRooms, anna.room(fmt.Sprint("room", i), "").Name)
	}
	var rooms, users, members []string
	all(t, func(after string) string {
		page := want[wire.RoomList](anna, http.MethodGet, "/rooms?limit=3&after="+after, nil, http.StatusOK)
		rooms = append(rooms, names(page.Rooms)...)
		return page.Next
	})
	all(t, func(after string) string {
		page := want[wire.UserList](anna, http.MethodGet, "/users?limit=3&after="+after, nil, http.StatusOK)
		for _, u := range page.Users {
			users = append(users, u.Username)
		}
		return page.Next
	})
	all(t, func(after string) string {
		page := want[wire.MemberList](anna, http.MethodGet, "/rooms/1/members?limit=3&after="+after, nil, http.StatusOK)
		for _, m := range page.Members {
			members = append(members, m.User.Username)
		}
		return page.Next
	})
	wantNames(t, "rooms", rooms, wantRooms)
	wantNames(t, "users", users, wantUsers)
	wantNames(t, "members", members, wantUsers)

	page := want[wire.UserList](anna, http.MethodGet, "/users?text=USER&limit=2", nil, http.StatusOK)
	if len(page.Users) != 2 || page.Users[0].Username != "user0" || page.Next == "" {
		t.Errorf("users found: got %+v, want user0, user1 and more", page)
	}
}

// all fetches page after page.
func all(t *testing.T, fetch func(after string) (next string)) {
	t.Helper()
	after := ""
	for range 20 {
		if after = url.QueryEscape(fetch(after)); after == "" {
			return
		}
	}
	t.Error("the list does not end")
}

func TestB4_SubscribingAndUnsubscribing(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	path := fmt.Sprintf("/subscriptions/%d", room)

	if got := want[wire.RoomAnswer](bert, http.MethodGet, fmt.Sprintf("/rooms/%d", room), nil, http.StatusOK); got.Subscription != nil {
		t.Errorf("before, the subscription is %+v, want none", got.Subscription)
	}
	if got := want[wire.SubscriptionAnswer](bert, http.MethodPut, path, nil, http.StatusCreated).Subscription; got.ID != room || got.Members != 2 || got.Membership.Role != chat.RoleMember {
		t.Errorf("got %+v, want the room with bert as a member", got)
	}
	want[wire.SubscriptionAnswer](bert, http.MethodPut, path, nil, http.StatusOK)
	wantNames(t, "subscribed", bert.subscriptions(), []string{"Gardening", "main"})
	if got := want[wire.RoomAnswer](bert, http.MethodGet, fmt.Sprintf("/rooms/%d", room), nil, http.StatusOK); got.Subscription == nil {
		t.Error("after, there is no subscription, want one")
	}
	want[struct{}](bert, http.MethodDelete, path, nil, http.StatusNoContent)
	wantNames(t, "unsubscribed", bert.subscriptions(), []string{"main"})
}

func TestB8_PrivateRoomsAreInvisibleToOutsiders(t *testing.T) {
	s := newServer(t)
	s.member(t, "admin")
	anna, eve := s.member(t, "anna"), s.member(t, "eve")
	secret := anna.room("Secret plans", chat.RoomPrivate).ID
	anna.say(secret, "psst")
	const nowhere = chat.RoomID(424242)

	for _, c := range []struct{ method, path, body string }{
		{http.MethodGet, "/rooms/%d", ""},
		{http.MethodPatch, "/rooms/%d", `{"topic": "eve was here"}`},
		{http.MethodGet, "/rooms/%d/members", ""},
		{http.MethodGet, "/rooms/%d/messages", ""},
		{http.MethodPost, "/rooms/%d/messages", `{"clientId": "7d444840-9dc0-11d1-b245-5ffdce74fad2", "body": "hello"}`},
		{http.MethodPut, "/subscriptions/%d", ""},
		{http.MethodDelete, "/subscriptions/%d", ""},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			var body any
			if c.body != "" {
				body = c.body
			}
			private := eve.call(c.method, fmt.Sprintf(c.path, secret), body)
			missing := eve.call(c.method, fmt.Sprintf(c.path, nowhere), body)
			wantError(t, private, http.StatusNotFound, chat.CodeNotFound, "")
			if private.status != missing.status || !bytes.Equal(private.body, missing.body) {
				t.Errorf("a private room gives %d %s, one that is not there %d %s; want the same", private.status, private.body, missing.status, missing.body)
			}
		})
	}
	wantNames(t, "eve searches", eve.search("secret"), nil)
	wantNames(t, "anna searches", anna.search("secret"), []string{"Secret plans"})
	if a := eve.call(http.MethodGet, "/subscriptions", nil); strings.Contains(string(a.body), "Secret") {
		t.Errorf("eve's list gives the room away: %s", a.body)
	}
	eve.room("Secret plans", "") // a public one may have the name, so that nothing shows through
}

func TestMembersSeeOtherUsers(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	path := fmt.Sprintf("/users/%d", anna.me.ID)
	if got := want[wire.UserAnswer](bert, http.MethodGet, path, nil, http.StatusOK).User; got != anna.me {
		t.Errorf("got %+v, want %+v", got, anna.me)
	}
	wantError(t, bert.call(http.MethodGet, "/users/424242", nil), http.StatusNotFound, chat.CodeNotFound, "")
}
