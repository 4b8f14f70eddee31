package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/naming"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// classic connects with a session and the classic events, and joins a room.
func (r *running) classic(token, room string) *sioclient.Client {
	r.t.Helper()
	c, err := sioclient.Dial(r.URL(), sioclient.Options{Header: http.Header{"Cookie": {auth.CookieName + "_80=" + token}}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(c.Close)
	if _, err := c.Command("userJoin", map[string]string{"room": room}); err != nil {
		r.t.Fatal(err)
	}
	next[[]any](r.t, c, "msgHistory")
	return c
}

// watching connects and watches a room.
func (r *running) watching(token string, room chat.RoomID) *sioclient.Client {
	r.t.Helper()
	c := r.connect(token, false)
	raw, err := c.Command("room:watch", wire.RoomCommand{Room: room})
	var answer acknowledged
	if err != nil || json.Unmarshal(raw, &answer) != nil || !answer.OK {
		r.t.Fatalf("room:watch: got %s, %v", raw, err)
	}
	return c
}

// wantGone waits until the room has left the client's list.
func wantGone(t *testing.T, what string, c *sioclient.Client, room chat.RoomID, reason chat.GoneReason) {
	t.Helper()
	if got := next[wire.RoomGone](t, c, "room:gone"); got.Room != room || got.Reason != reason {
		t.Errorf("%s: got %+v, want %d %s", what, got, room, reason)
	}
}

// wantCut waits until the server closes the socket and tells the client not to
// reconnect.
func wantCut(t *testing.T, what string, c *sioclient.Client) {
	t.Helper()
	if got := next[wire.SessionEnded](t, c, "session:ended"); got.Reason != chat.EndBanned {
		t.Errorf("%s: got %+v, want banned", what, got)
	}
	if told, err := c.AwaitClose(); err != nil || !told {
		t.Errorf("%s: told not to reconnect: %t, %v, want true", what, told, err)
	}
}

// wantNothingOf checks that the socket gets a message in main but none in the room
// before it.
func wantNothingOf(t *testing.T, what string, c *sioclient.Client, room chat.RoomID, until string) {
	t.Helper()
	for m := message(t, c); m.Room != chat.MainRoom || m.Body != until; m = message(t, c) {
		if m.Room == room && m.Body == "among ourselves" {
			t.Errorf("%s: got %q in a room that is gone", what, m.Body)
		}
	}
}

func TestA7_ARemovalOnOneNodeTakesEffectOnAll(t *testing.T) {
	a, b, _ := twoNodes(t)
	root := a.join("root")
	ada, bob := a.join("ada"), a.join("bob")
	reads := b.connect(ada.token, false)
	onA := a.connect(ada.token, false)
	for _, test := range []struct {
		name     string
		method   string
		path     string
		status   int
		reason   chat.GoneReason
		sentence string
		watches  bool // can still watch the room
	}{
		{"removal", http.MethodDelete, "/api/v1/rooms/%d/members/%d", http.StatusNoContent, chat.GoneRemoved, "You were removed from this room.", true},
		{
			"a ban", http.MethodPut, "/api/v1/rooms/%d/bans/%d", http.StatusCreated, chat.GoneBanned,
			"You are banned from this room. Its admins can let you back in.", false,
		},
	} {
		t.Run(test.name+" takes the room from the user's sockets on every node immediately", func(t *testing.T) {
			a, b := a.in(t), b.in(t)
			name := "garden of " + test.name
			room := a.room(ada, name, bob)
			here, there, watches := a.connect(bob.token, true), b.connect(bob.token, false), b.watching(bob.token, room)
			lesson := b.classic(bob.token, name)
			a.call(test.method, fmt.Sprintf(test.path, room, bob.ID), ada.token, nil, test.status, nil)
			say(t, onA, room, "among ourselves")
			say(t, onA, chat.MainRoom, "after "+test.name)
			for what, c := range map[string]*sioclient.Client{"this node": here, "the other node": there, "a watcher there": watches} {
				wantGone(t, what, c, room, test.reason)
			}
			if got := next[wire.ErrorInfo](t, lesson, "classicError"); got.Code != chat.CodeForbidden || got.Message != test.sentence {
				t.Errorf("the classic socket: got %+v, want %q", got, test.sentence)
			}
			for said(t, reads, room).Body != "among ourselves" {
			}
			wantNothingOf(t, "this node", here, room, "after "+test.name)
			wantNothingOf(t, "the other node", there, room, "after "+test.name)
			if test.watches {
				if got := said(t, watches, room); got.Body != "among ourselves" {
					t.Errorf("a watcher: got %q, want the public room's message", got.Body)
				}
			} else {
				wantNothingOf(t, "a watcher there", watches, room, "after "+test.name)
			}
			if got := try(t, there, room, "hello?"); got.Error.Code != chat.CodeForbidden {
				t.Errorf("writing on the other node: got %+v, want forbidden", got)
			}
		})
	}
	t.Run("a ban of a non-member ends watching in every tab before the next message", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		cid := a.join("cid")
		room := a.room(ada, "park")
		var tabs []*sioclient.Client
		for range 20 {
			tabs = append(tabs, b.watching(cid.token, room))
		}
		a.call(http.MethodPut, fmt.Sprintf("/api/v1/rooms/%d/bans/%d", room, cid.ID), ada.token, nil, http.StatusCreated, nil)
		say(t, onA, room, "among ourselves")
		say(t, onA, chat.MainRoom, "after the look")
		for i, c := range tabs {
			for e, err := c.Next(); ; e, err = c.Next() {
				if err != nil {
					t.Fatal(err)
				}
				var put wire.MessagePut
				if e.Name == "message:put" && json.Unmarshal(e.Args[0], &put) == nil && put.Message.Room == room {
					t.Errorf("tab %d: told %q", i, put.Message.Body)
				}
				if put.Message.Body == "after the look" {
					break
				}
			}
		}
	})
	t.Run("a ban from the server closes all the user's sockets on every node immediately, and no others", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		eve := a.join("eve")
		sockets := map[string]*sioclient.Client{
			"this node": a.connect(eve.token, false), "the other node": b.connect(eve.token, true),
			"another session": b.connect(b.logIn("eve"), false),
		}
		lesson := b.classic(eve.token, "lesson")
		ban := fmt.Sprintf("/api/v1/bans/%d", eve.ID)
		a.call(http.MethodPut, ban, root.token, nil, http.StatusCreated, nil)
		for what, c := range sockets {
			wantCut(t, what, c)
		}
		if got := next[wire.ErrorInfo](t, lesson, "classicError"); got.Code != chat.CodeForbidden {
			t.Errorf("the classic socket: got %+v, want forbidden", got)
		}
		if told, err := lesson.AwaitClose(); err != nil || !told {
			t.Errorf("the classic socket: told not to reconnect: %t, %v, want true", told, err)
		}
		for _, node := range []*running{a, b} {
			node.call(http.MethodGet, "/api/v1/session", eve.token, nil, http.StatusUnauthorized, nil)
			credentials := map[string]any{"username": "eve", "password": "correct horse"}
			node.call(http.MethodPost, "/api/v1/session", "", credentials, http.StatusForbidden, nil)
		}
		say(t, onA, chat.MainRoom, "still here")
		for said(t, reads, chat.MainRoom).Body != "still here" {
		}
		b.call(http.MethodDelete, ban, root.token, nil, http.StatusNoContent, nil)
		say(t, a.connect(eve.token, false), chat.MainRoom, "back again")
	})
}

func TestA7_ABanWhileRedisIsDownTakesEffectHereImmediatelyAndThereAfterwards(t *testing.T) {
	a, b, redis := twoNodes(t)
	root, ada, bob, eve := a.join("root"), a.join("ada"), a.join("bob"), a.join("eve")
	room := a.room(ada, "garden", bob, eve)
	onA := a.connect(ada.token, false)
	bobHere, bobThere, bobWatches := a.connect(bob.token, false), b.connect(bob.token, false), b.watching(bob.token, room)
	eveHere, eveThere := a.connect(eve.token, false), b.connect(eve.token, false)
	lesson := b.classic(eve.token, "garden")
	reads := b.connect(ada.token, false)

	if err := redis.Kill(); err != nil {
		t.Fatal(err)
	}
	// The calls of an admin who was logged in before the outage. They bypass the
	// session, which is in Redis.
	services := chat.New(chat.Deps{Store: a.store, Broker: a.broker, Presence: a.presence, Fold: auth.FoldName, Key: naming.SearchKey})
	if _, created, err := services.Rooms.Ban(t.Context(), ada.User, room, bob.ID); err != nil || !created {
		t.Fatalf("a ban from the room: got %t, %v, want it to be stored", created, err)
	}
	if _, created, err := services.Users.Ban(t.Context(), root.User, eve.ID); err != nil || !created {
		t.Fatalf("a ban from the server: got %t, %v, want it to be stored", created, err)
	}
	wantGone(t, "this node", bobHere, room, chat.GoneBanned)
	wantCut(t, "this node", eveHere)
	if got := try(t, bobThere, room, "hello?"); got.Error.Code != chat.CodeForbidden {
		t.Errorf("writing on the other node: got %+v, want it forbidden by the store", got)
	}

	if err := redis.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantGone(t, "the other node", bobThere, room, chat.GoneBanned)
	wantGone(t, "a watcher there", bobWatches, room, chat.GoneBanned)
	wantCut(t, "the other node", eveThere)
	if got := next[wire.ErrorInfo](t, lesson, "classicError"); got.Code != chat.CodeForbidden {
		t.Errorf("the classic socket: got %+v, want forbidden", got)
	}
	say(t, onA, room, "among ourselves")
	say(t, onA, chat.MainRoom, "to all")
	for said(t, reads, room).Body != "among ourselves" {
	}
	for what, c := range map[string]*sioclient.Client{"this node": bobHere, "the other node": bobThere, "a watcher there": bobWatches} {
		wantNothingOf(t, what, c, room, "to all")
	}
}
