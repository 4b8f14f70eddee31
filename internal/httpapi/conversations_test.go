package httpapi

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func (c *client) converse(with *client, status int) wire.Subscription {
	c.t.Helper()
	path := fmt.Sprintf("/conversations/%d", with.me.ID)
	return want[wire.SubscriptionAnswer](c, http.MethodPut, path, nil, status).Subscription
}

func TestC2_ConversationIsCreatedOnce(t *testing.T) {
	s := newServer(t)
	anna, ben, carl := s.member(t, "anna"), s.member(t, "ben"), s.member(t, "carl")
	sub := anna.converse(ben, http.StatusCreated)
	if sub.Kind != chat.RoomDirect || sub.Peer == nil || sub.Peer.Username != "ben" || sub.Members != 2 {
		t.Errorf("got %+v, want a conversation of two with ben", sub)
	}
	if again := ben.converse(anna, http.StatusOK); again.ID != sub.ID || again.Peer.Username != "anna" {
		t.Errorf("from the other side: got %+v, want the same room with anna", again)
	}
	room := fmt.Sprintf("/rooms/%d", sub.ID)
	wantError(t, carl.call(http.MethodGet, room, nil), http.StatusNotFound, chat.CodeNotFound, "room")
	wantError(t, carl.call(http.MethodGet, room+"/messages", nil), http.StatusNotFound, chat.CodeNotFound, "room")
	wantError(t, carl.call(http.MethodPut, fmt.Sprintf("/subscriptions/%d", sub.ID), nil), http.StatusNotFound, chat.CodeNotFound, "room")
	wantError(t, anna.call(http.MethodPut, fmt.Sprintf("/conversations/%d", anna.me.ID), nil), http.StatusUnprocessableEntity, chat.CodeInvalid, "user")
	wantError(t, anna.call(http.MethodPut, "/conversations/99", nil), http.StatusNotFound, chat.CodeNotFound, "user")
}

func TestC2_BothClickAtTheSameMoment(t *testing.T) {
	s := newServer(t)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	var group sync.WaitGroup
	answers := make([]answerTo, 10)
	for i := range answers {
		by, with := anna, ben
		if i%2 == 1 {
			by, with = ben, anna
		}
		group.Go(func() { answers[i] = by.call(http.MethodPut, fmt.Sprintf("/conversations/%d", with.me.ID), nil) })
	}
	group.Wait()
	made := 0
	for _, a := range answers {
		switch a.status {
		case http.StatusCreated:
			made++
		case http.StatusOK:
		default:
			t.Errorf("got %d %s, want 200 or 201", a.status, a.body)
		}
	}
	if made != 1 {
		t.Errorf("the conversation was made %d times, want once", made)
	}
	for _, c := range []*client{anna, ben} {
		subs := want[wire.SubscriptionList](c, http.MethodGet, "/subscriptions", nil, http.StatusOK).Subscriptions
		if len(subs) != 2 {
			t.Errorf("%s has %d rooms, want main and the conversation", c.me.Username, len(subs))
		}
	}
}

func TestC1_UserListShowsWhoIsOnline(t *testing.T) {
	s := newServer(t)
	anna, ben := s.member(t, "anna"), s.member(t, "ben.smith")
	if err := s.chat.Presences.Set(t.Context(), ben.me.ID, chat.PresenceAway); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/users?text=SMI", "/users?online=true"} {
		page := want[wire.UserList](anna, http.MethodGet, path, nil, http.StatusOK)
		if len(page.Users) != 1 || page.Users[0].Username != "ben.smith" {
			t.Errorf("%s: got %+v, want ben.smith", path, page.Users)
		}
		if len(page.Presence) != 1 || page.Presence[0] != (wire.Presence{User: ben.me.ID, State: chat.PresenceAway}) {
			t.Errorf("%s: got %+v, want that ben.smith is away", path, page.Presence)
		}
	}
}
