package app

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// endedOnTheStream begins a session, opens sockets of it on the other node, and writes
// its end to the user's stream: the node that ended it has died before it removed the
// session from Redis and told anybody.
func endedOnTheStream(t *testing.T, a, b *running, name string, open func(token string)) (token string) {
	t.Helper()
	token = a.logIn(name)
	var list struct {
		Sessions []struct {
			ID      string
			Current bool
		}
	}
	a.call(http.MethodGet, "/api/v1/sessions", token, nil, http.StatusOK, &list)
	open(token)
	for _, session := range list.Sessions {
		if !session.Current {
			continue
		}
		user, err := b.sessionStore.SessionByID(t.Context(), session.ID, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.store.EndSession(t.Context(), user.User, session.ID, chat.EndRevoked); err != nil {
			t.Fatal(err)
		}
		if _, err := b.sessionStore.SessionByID(t.Context(), session.ID, time.Now()); err != nil {
			t.Fatalf("the session in Redis: %v, want it to be there still", err)
		}
		return token
	}
	t.Fatalf("got %+v, want the session that asks", list)
	return ""
}

func TestA7_ASessionThatHasEndedButIsStillKeptIsRefusedEverywhere(t *testing.T) {
	redis := realserver.RedisServer(t, realserver.RedisOptions{})
	c := shared(realserver.PostgresDatabase(t), redis.URL())
	c.Classic, c.Guests, c.CompareInterval = true, false, 20*time.Millisecond
	a, b := start(t, c), start(t, c)
	a.join("ada")
	nothing := func(string) {}

	t.Run("REST", func(t *testing.T) {
		token := endedOnTheStream(t, a, b, "ada", nothing)
		for range 2 { // the first request removes what was left of it
			b.in(t).call(http.MethodGet, "/api/v1/subscriptions", token, nil, http.StatusUnauthorized, nil)
		}
	})
	t.Run("a socket that connects", func(t *testing.T) {
		token := endedOnTheStream(t, a, b, "ada", nothing)
		socket, err := sioclient.Dial(b.URL(), sioclient.Options{Auth: map[string]any{"protocol": 2, "token": token}})
		var refused *sioclient.RefusedError
		if !errors.As(err, &refused) {
			if err == nil {
				socket.Close()
			}
			t.Fatalf("got %v, want it refused", err)
		}
		var info wire.ErrorInfo
		if err := json.Unmarshal(refused.Data, &info); err != nil || info.Code != chat.CodeUnauthenticated {
			t.Errorf("got %s, want unauthenticated", refused.Data)
		}
	})
	t.Run("a classic socket that connects", func(t *testing.T) {
		token := endedOnTheStream(t, a, b, "ada", nothing)
		socket, err := sioclient.Dial(b.URL(), sioclient.Options{Header: http.Header{"Cookie": {auth.CookieName + "_80=" + token}}})
		if err != nil {
			t.Fatal(err)
		}
		defer socket.Close()
		if err := socket.Emit("userJoin", map[string]string{"room": "lesson"}); err != nil {
			t.Fatal(err)
		}
		if got := next[wire.ErrorInfo](t, socket, "classicError"); got.Code != chat.CodeUnauthenticated {
			t.Errorf("got %+v, want unauthenticated", got)
		}
	})
	t.Run("sockets that are connected", func(t *testing.T) {
		var socket, classic *sioclient.Client
		endedOnTheStream(t, a, b, "ada", func(token string) {
			socket, classic = b.in(t).connect(token, false), b.in(t).classic(token, "lesson")
		})
		if got := next[wire.SessionEnded](t, socket, "session:ended"); got.Reason != chat.EndRevoked {
			t.Errorf("the session ended because of %q, want %q", got.Reason, chat.EndRevoked)
		}
		if got := next[wire.ErrorInfo](t, classic, "classicError"); got.Code != chat.CodeUnauthenticated {
			t.Errorf("the classic socket: got %+v, want unauthenticated", got)
		}
		for name, one := range map[string]*sioclient.Client{"the socket": socket, "the classic socket": classic} {
			if told, err := one.AwaitClose(); err != nil || !told {
				t.Errorf("%s: told not to reconnect: %t, %v, want true", name, told, err)
			}
		}
	})
}
