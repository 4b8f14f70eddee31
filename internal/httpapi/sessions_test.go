package httpapi

import (
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// listen subscribes the test to the ends of the client's sessions.
func (c *client) listen() {
	c.t.Helper()
	if err := c.broker.Subscribe(c.t.Context(), chat.Topic{User: c.me.ID}); err != nil {
		c.t.Fatal(err)
	}
}

// nextEnd returns the next published end of a session.
func (s *server) nextEnd(t *testing.T) chat.SessionEnded {
	t.Helper()
	select {
	case e := <-s.ended:
		return e
	case <-time.After(time.Minute):
		t.Fatal("the nodes were not told of the end of a session")
		return chat.SessionEnded{}
	}
}

func TestL3_MembersSeeAndEndTheirSessions(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	anna.listen()
	s.clock.advance(time.Minute)
	phone := s.client(t)
	want[wire.Account](phone, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}, http.StatusOK)
	list := func(c *client) []wire.SessionView {
		t.Helper()
		return want[wire.SessionList](c, http.MethodGet, "/sessions", nil, http.StatusOK).Sessions
	}
	both := list(anna)
	if len(both) != 2 || both[0].Current || !both[1].Current || both[0].Device != "A program (Go-http-client)" || !both[0].SeenAt.Equal(s.clock.Now()) {
		t.Fatalf("got %+v, want the younger one, active now, and this one", both)
	}
	wantError(t, s.member(t, "ben").call(http.MethodDelete, "/sessions/"+both[0].ID, nil), http.StatusNotFound, chat.CodeNotFound, "session")
	want[struct{}](anna, http.MethodDelete, "/sessions/"+both[0].ID, nil, http.StatusNoContent)
	if e := s.nextEnd(t); e.Session != both[0].ID || e.Reason != chat.EndRevoked {
		t.Errorf("told is %+v, want the end of the phone's session", e)
	}
	wantError(t, phone.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")

	want[wire.Account](phone, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}, http.StatusOK)
	want[struct{}](phone, http.MethodDelete, "/sessions", nil, http.StatusNoContent)
	wantError(t, anna.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	left := list(phone)
	if len(left) != 1 || !left[0].Current {
		t.Errorf("got %+v, want this one alone", left)
	}
	want[struct{}](phone, http.MethodDelete, "/sessions/"+left[0].ID, nil, http.StatusNoContent)
	if phone.cookie() != nil {
		t.Error("ending this session left its cookie")
	}
}

func TestL3_ChangingThePasswordEndsAllOtherSessions(t *testing.T) {
	s := newServer(t)
	anna, phone := s.member(t, "anna"), s.client(t)
	anna.listen()
	want[wire.Account](phone, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}, http.StatusOK)
	const next = "battery staple"
	change := func(current, password string) answerTo {
		return anna.call(http.MethodPatch, "/users/me", wire.UserChange{Current: current, Password: password})
	}
	wantError(t, change("", next), http.StatusUnprocessableEntity, chat.CodeInvalid, "current")
	wantError(t, change("incorrect horse", next), http.StatusUnprocessableEntity, chat.CodeInvalid, "current")
	wantError(t, change(password, "short"), http.StatusUnprocessableEntity, chat.CodeInvalid, "password")
	wantError(t, change(password, "password1"), http.StatusUnprocessableEntity, chat.CodeInvalid, "password")
	if me := want[wire.Account](phone, http.MethodGet, "/session", nil, http.StatusOK).User; me.Username != "anna" {
		t.Errorf("after what was refused: got %+v, want anna", me)
	}
	if a := change(password, next); a.status != http.StatusOK {
		t.Fatalf("got %d %s, want %d", a.status, a.body, http.StatusOK)
	}
	if e := s.nextEnd(t); e.Reason != chat.EndRevoked || e.User != anna.me.ID {
		t.Errorf("told is %+v, want the end of anna's other session", e)
	}
	wantError(t, phone.call(http.MethodGet, "/session", nil), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	want[wire.Account](anna, http.MethodGet, "/session", nil, http.StatusOK)
	wantError(t, phone.call(http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: password}), http.StatusUnauthorized, chat.CodeUnauthenticated, "")
	want[wire.Account](phone, http.MethodPost, "/session", wire.Credentials{Username: "anna", Password: next}, http.StatusOK)
}

func TestSignUpRefusesTheUsernameAndTheMostCommonPasswords(t *testing.T) {
	s := newServer(t)
	for _, bad := range []string{"Grandmother", "GRANDMOTHER", "password", "qwertyuiop", "iloveyou1"} {
		wantError(t, s.client(t).call(http.MethodPost, "/users", wire.NewAccount{Username: "grandmother", Password: bad}),
			http.StatusUnprocessableEntity, chat.CodeInvalid, "password")
	}
	want[wire.Account](s.client(t), http.MethodPost, "/users", wire.NewAccount{Username: "grandmother", Password: "correct horse"}, http.StatusCreated)
}
