package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/config"
	"partychat/internal/realserver"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// shared returns the settings of nodes that share a database and a Redis.
func shared(database, redis string) config.Config {
	c := settings("")
	c.DatabaseURL, c.RedisURL, c.Guests = database, redis, true
	return c
}

// twoNodes starts two nodes with one PostgreSQL and one Redis.
func twoNodes(t *testing.T) (a, b *running, redis *realserver.Redis) {
	t.Helper()
	redis = realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	return start(t, c), start(t, c), redis
}

// in returns the server for a subtest, so that failures end the subtest.
func (r *running) in(t *testing.T) *running {
	t.Helper()
	return &running{App: r.App, t: t, stop: r.stop}
}

// person is a user, with the token of a session.
type person struct {
	chat.User
	token string
}

func (r *running) join(name string) person {
	r.t.Helper()
	var answer struct {
		User  wire.User
		Token string
	}
	r.call(http.MethodPost, "/api/v1/users", "", map[string]any{"username": name, "password": "correct horse", "token": true}, http.StatusCreated, &answer)
	return person{chat.User{ID: answer.User.ID, Username: answer.User.Username, Kind: answer.User.Kind, Role: answer.User.Role}, answer.Token}
}

// logIn starts another session of a user.
func (r *running) logIn(name string) (token string) {
	r.t.Helper()
	var answer struct{ Token string }
	r.call(http.MethodPost, "/api/v1/session", "", map[string]any{"username": name, "password": "correct horse", "token": true}, http.StatusOK, &answer)
	return answer.Token
}

// room creates a room, and subscribes others to it.
func (r *running) room(by person, name string, others ...person) chat.RoomID {
	r.t.Helper()
	var made wire.SubscriptionAnswer
	r.call(http.MethodPost, "/api/v1/rooms", by.token, map[string]any{"name": name, "topic": ""}, http.StatusCreated, &made)
	for _, other := range others {
		r.call(http.MethodPut, fmt.Sprintf("/api/v1/subscriptions/%d", made.Subscription.ID), other.token, nil, http.StatusCreated, nil)
	}
	return made.Subscription.ID
}

// next waits for an event and returns its content.
func next[T any](t *testing.T, c *sioclient.Client, event string) (content T) {
	t.Helper()
	raw, err := c.Await(event)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &content); err != nil {
		t.Fatalf("%s %s: %v", event, raw, err)
	}
	return content
}

// said waits for the next message of a user in the room.
func said(t *testing.T, c *sioclient.Client, room chat.RoomID) wire.Message {
	t.Helper()
	for {
		if m := message(t, c); m.Room == room && m.Kind != chat.MessageNotice {
			return m
		}
	}
}

// acknowledged is the answer to a send.
type acknowledged struct {
	OK      bool
	Error   wire.ErrorInfo
	Message wire.Message
}

// try sends a text.
func try(t *testing.T, c *sioclient.Client, room chat.RoomID, body string) (answer acknowledged) {
	t.Helper()
	raw, err := c.Command("message:send", wire.SendCommand{Room: room, ClientID: uuid.NewString(), Body: body})
	if err != nil {
		t.Fatalf("sending %q: %v", body, err)
	}
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// say sends a text and requires its acknowledgement.
func say(t *testing.T, c *sioclient.Client, room chat.RoomID, body string) wire.Message {
	t.Helper()
	answer := try(t, c, room, body)
	if !answer.OK {
		t.Fatalf("sending %q: got %+v, want it acknowledged", body, answer.Error)
	}
	return answer.Message
}

// sees waits until the client receives that presence state of the user.
func sees(t *testing.T, c *sioclient.Client, of chat.UserID, state chat.PresenceState) {
	t.Helper()
	for !slices.Contains(next[wire.PresenceChanges](t, c, "presence").Presence, wire.Presence{User: of, State: state}) {
	}
}

func TestG2_TwoNodesAreOneServer(t *testing.T) {
	a, b, _ := twoNodes(t)
	ada, bob := a.join("ada"), b.join("bob")
	room := a.room(ada, "garden", bob)
	onA, onB := a.connect(ada.token, false), b.connect(bob.token, true)

	t.Run("messages cross in the order of the room, once each", func(t *testing.T) {
		const each = 20
		var sending sync.WaitGroup
		for name, c := range map[string]*sioclient.Client{"ada": onA, "bob": onB} {
			sending.Go(func() {
				for i := range each {
					say(t, c, room, fmt.Sprintf("%s %d", name, i))
				}
			})
		}
		sending.Wait()
		var seen [2][]int64
		for i, c := range []*sioclient.Client{onA, onB} {
			for range 2 * each {
				seen[i] = append(seen[i], said(t, c, room).Seq)
			}
			if !slices.IsSorted(seen[i]) || len(slices.Compact(slices.Clone(seen[i]))) != 2*each {
				t.Errorf("node %d: got the seqs %v, want each once and in order", i, seen[i])
			}
		}
		if !slices.Equal(seen[0], seen[1]) {
			t.Errorf("got %v on one node and %v on the other", seen[0], seen[1])
		}
	})
	t.Run("E2 typing crosses, and ends with the message", func(t *testing.T) {
		if _, err := onA.Command("typing:start", wire.RoomCommand{Room: room}); err != nil {
			t.Fatal(err)
		}
		if got := next[wire.RoomTyping](t, onB, "room:typing"); got.User.ID != ada.ID || got.ForMs == 0 {
			t.Errorf("got %+v, want ada typing", got)
		}
		say(t, onA, room, "typed")
		if got := next[wire.RoomTyping](t, onB, "room:typing"); got.User.ID != ada.ID || got.ForMs != 0 {
			t.Errorf("got %+v, want ada not typing any more", got)
		}
	})
	t.Run("E1 presence is visible on the other node, until the user's last socket on any node closes", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		eve := a.join("eve")
		for _, c := range []*sioclient.Client{onA, onB} {
			if _, err := c.Command("presence:watch", wire.PresenceWatchCommand{Users: []chat.UserID{eve.ID}}); err != nil {
				t.Fatal(err)
			}
		}
		first, second := a.connect(eve.token, false), b.connect(eve.token, false)
		for _, c := range []*sioclient.Client{onA, onB} {
			sees(t, c, eve.ID, chat.PresenceOnline)
		}
		if _, err := second.Command("presence:set", wire.PresenceSetCommand{State: chat.PresenceAway}); err != nil {
			t.Fatal(err)
		}
		first.Close() // the user's remaining socket, on the other node, is idle
		for _, c := range []*sioclient.Client{onA, onB} {
			sees(t, c, eve.ID, chat.PresenceAway)
		}
		second.Close()
		for _, c := range []*sioclient.Client{onA, onB} {
			sees(t, c, eve.ID, chat.PresenceOffline)
		}
	})
	t.Run("A7 log-out closes the session's sockets in every tab on every node, and no others", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		eve := a.join("evelyn")
		other := b.connect(b.logIn("evelyn"), false)
		tabs := []*sioclient.Client{a.connect(eve.token, false), a.connect(eve.token, true), b.connect(eve.token, false), b.connect(eve.token, true)}
		b.call(http.MethodDelete, "/api/v1/session", eve.token, nil, http.StatusNoContent, nil)
		for i, c := range tabs {
			if got := next[wire.SessionEnded](t, c, "session:ended"); got.Reason != chat.EndLogOut {
				t.Errorf("tab %d: got %+v, want log-out", i, got)
			}
			if told, err := c.AwaitClose(); err != nil || !told {
				t.Errorf("tab %d: told not to reconnect: %t, %v, want true", i, told, err)
			}
		}
		for _, node := range []*running{a, b} {
			node.call(http.MethodGet, "/api/v1/session", eve.token, nil, http.StatusUnauthorized, nil)
		}
		say(t, other, chat.MainRoom, "still here")
	})
	t.Run("read positions reach the other node", func(t *testing.T) {
		b := b.in(t)
		there := b.connect(ada.token, false)
		last := say(t, onB, room, "to be read")
		if _, err := onA.Command("room:read", wire.ReadCommand{Room: room, Seq: last.Seq}); err != nil {
			t.Fatal(err)
		}
		for next[wire.RoomPut](t, there, "room:put").Subscription.Membership.ReadSeq != last.Seq {
		}
	})
	t.Run("a room left on one node is gone on the other", func(t *testing.T) {
		a := a.in(t)
		left := a.room(ada, "attic", bob)
		for next[wire.RoomPut](t, onB, "room:put").Subscription.ID != left {
		}
		a.call(http.MethodDelete, fmt.Sprintf("/api/v1/subscriptions/%d", left), bob.token, nil, http.StatusNoContent, nil)
		if got := next[wire.RoomGone](t, onB, "room:gone"); got.Room != left {
			t.Errorf("got %+v, want the attic gone", got)
		}
		say(t, onA, left, "among ourselves")
		say(t, onA, room, "to all")
		if got := message(t, onB); got.Room == left {
			t.Errorf("got %+v of a room that was left", got)
		}
	})
	t.Run("B7 an invitation reaches the user on the other node", func(t *testing.T) {
		a := a.in(t)
		secret := a.room(ada, "cellar")
		var made struct{ Told bool }
		a.call(http.MethodPost, "/api/v1/invitations", ada.token, map[string]any{"room": secret, "user": bob.ID}, http.StatusCreated, &made)
		got := next[wire.Invited](t, onB, "invitation")
		if !made.Told || got.By.ID != ada.ID || got.Room == nil || got.Room.ID != secret {
			t.Errorf("got %+v, told %t, want ada's invitation into the cellar", got, made.Told)
		}
	})
	t.Run("C2 a conversation opened on both nodes at once is one", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		var opened [2]wire.SubscriptionAnswer
		var opening sync.WaitGroup
		opening.Go(func() {
			a.open(fmt.Sprintf("/api/v1/conversations/%d", bob.ID), ada.token, &opened[0])
		})
		opening.Go(func() {
			b.open(fmt.Sprintf("/api/v1/conversations/%d", ada.ID), bob.token, &opened[1])
		})
		opening.Wait()
		one := opened[0].Subscription.ID
		if one == 0 || one != opened[1].Subscription.ID {
			t.Fatalf("got the rooms %d and %d, want one", one, opened[1].Subscription.ID)
		}
		say(t, onA, one, "hello bob")
		if got := said(t, onB, one); got.Body != "hello bob" {
			t.Errorf("got %+v, want ada's", got)
		}
	})
	t.Run("A8 a guest admitted by one node talks on the other", func(t *testing.T) {
		a, b := a.in(t), b.in(t)
		var made struct{ Token string }
		a.call(http.MethodPost, "/api/v1/invitations", ada.token, map[string]any{"room": room, "guests": true}, http.StatusCreated, &made)
		var guest struct{ Token string }
		a.call(http.MethodPost, "/api/v1/guests", "", map[string]any{"username": "guest", "invitation": made.Token, "token": true}, http.StatusCreated, &guest)
		say(t, b.connect(guest.Token, false), room, "by a name alone")
		for said(t, onA, room).Body != "by a name alone" {
		}
	})
}

// open is call for PUT, which answers 201 for something created and 200 for
// something found.
func (r *running) open(path, token string, into any) {
	request, err := http.NewRequest(http.MethodPut, r.URL()+path, nil)
	if err != nil {
		r.t.Error(err)
		return
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		r.t.Error(err)
		return
	}
	defer func() { _ = response.Body.Close() }()
	if err := json.NewDecoder(response.Body).Decode(into); err != nil || response.StatusCode >= http.StatusBadRequest {
		r.t.Errorf("PUT %s: %s, %v", path, response.Status, err)
	}
}

func TestG2_ANodeThatStopsSendsItsClientsToTheOthers(t *testing.T) {
	a, b, _ := twoNodes(t)
	ada, bob := a.join("ada"), a.join("bob")
	onA, onB := a.connect(ada.token, false), b.connect(bob.token, false)
	say(t, onA, chat.MainRoom, "before")
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		a.stop()
	}()
	if got := next[wire.ServerRestart](t, onA, "server:restart"); got.Within < 100 {
		t.Errorf("got %+v, want a time to reconnect within", got)
	}
	if told, err := onA.AwaitClose(); err != nil || told {
		t.Errorf("told not to reconnect: %t, %v, want a closed connection", told, err)
	}
	again := b.connect(ada.token, false)
	say(t, again, chat.MainRoom, "after")
	for _, want := range []string{"before", "after"} {
		if got := said(t, onB, chat.MainRoom); got.Body != want {
			t.Errorf("bob got %q, want %q", got.Body, want)
		}
	}
	<-stopped
}

func TestA10_WithSeveralNodesSessionsAreInRedisAndEndOnce(t *testing.T) {
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	c.SessionIdle = 8 * time.Second
	a, b := start(t, c), start(t, c)
	ada := a.join("ada")
	if list, err := a.store.SessionsOfUser(t.Context(), ada.ID, time.Now()); err != nil || len(list) != 0 {
		t.Errorf("sessions in PostgreSQL: got %v, %v, want none", list, err)
	}
	if list, err := b.sessionStore.SessionsOfUser(t.Context(), ada.ID, time.Now()); err != nil || len(list) != 1 {
		t.Errorf("sessions in Redis: got %v, %v, want the one", list, err)
	}
	b.call(http.MethodGet, "/api/v1/session", ada.token, nil, http.StatusOK, nil)
	ended := make(chan chat.SessionEnded, 10)
	for _, node := range []*running{a, b} {
		node.broker.Handle(func(e chat.Event) {
			if e, ok := e.(chat.SessionEnded); ok {
				ended <- e
			}
		})
	}
	if err := a.broker.Subscribe(t.Context(), chat.Topic{User: ada.ID}); err != nil {
		t.Fatal(err)
	}
	if got := <-ended; got.Reason != chat.EndExpired || got.User != ada.ID {
		t.Errorf("got %+v, want the reason expired", got)
	}
	a.broker.Unsubscribe(chat.Topic{User: ada.ID})
	b.call(http.MethodGet, "/api/v1/session", ada.token, nil, http.StatusUnauthorized, nil)
	if len(ended) != 0 {
		t.Errorf("told again: %+v", <-ended)
	}
}

func TestA7_AnOpenSocketKeepsItsSessionAliveOnEveryNode(t *testing.T) {
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	c.SessionIdle = 8 * time.Second
	a, b := start(t, c), start(t, c)
	ada, bob := a.join("ada"), a.join("bob")
	open := b.connect(ada.token, false)
	await(t, "the session without a socket to end", func() bool {
		list, err := a.sessionStore.SessionsOfUser(t.Context(), bob.ID, time.Now())
		return err == nil && len(list) == 0
	})
	say(t, open, chat.MainRoom, "still here")
	a.call(http.MethodGet, "/api/v1/session", ada.token, nil, http.StatusOK, nil)
	a.call(http.MethodGet, "/api/v1/session", bob.token, nil, http.StatusUnauthorized, nil)
}
