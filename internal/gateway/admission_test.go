package gateway_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/auth"
	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

func TestF3_ASocketIsAdmittedByTokenOrCookie(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	cookie := http.Header{"Cookie": {auth.CookieName + "_80=" + ada.token}}
	tests := []struct {
		name    string
		options sioclient.Options
	}{
		{"token", sioclient.Options{Auth: map[string]any{"protocol": 1, "token": ada.token}}},
		{"strings alone, as Java's client sends", sioclient.Options{Auth: map[string]any{"protocol": "1", "token": ada.token}}},
		{"no auth, as C++'s client", sioclient.Options{Query: "protocol=1", Header: http.Header{"Authorization": {"Bearer " + ada.token}}}},
		{"token without a protocol", sioclient.Options{Auth: map[string]any{"token": ada.token}}},
		{"cookie", sioclient.Options{Auth: map[string]any{"protocol": 1}, Header: cookie}},
		{"cookie, polling", sioclient.Options{Auth: map[string]any{"protocol": 1}, Header: cookie, Polling: true}},
		{"query of a Socket.IO 2.x client", sioclient.Options{Old: &url.Values{"protocol": {"1"}, "token": {ada.token}}}},
		{"cookie of a Socket.IO 2.x client", sioclient.Options{Old: &url.Values{"protocol": {"1"}}, Header: cookie}},
		{"token, polling", sioclient.Options{Auth: map[string]any{"protocol": 1, "token": ada.token}, Polling: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := sioclient.Dial(s.url, test.options)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			raw, err := c.Await("ready")
			if err != nil {
				t.Fatal(err)
			}
			var ready wire.Ready
			decode(t, raw, &ready)
			if ready.User.ID != ada.ID || ready.User.Username != "ada" {
				t.Errorf("user: got %+v, want ada", ready.User)
			}
			if len(ready.Subscriptions) != 1 || ready.Subscriptions[0].ID != chat.MainRoom {
				t.Errorf("subscriptions: got %+v, want main (B9)", ready.Subscriptions)
			}
			want := wire.ReadyLimits{Auth: 16 << 10, UsernameMax: 32, PasswordMin: 8, PasswordMax: 256, RoomName: 64, Topic: 256, Message: 8000}
			if ready.Limits != want {
				t.Errorf("limits: got %+v, want %+v", ready.Limits, want)
			}
		})
	}
}

func TestASocketWithoutAValidSessionIsRefusedWithACode(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	gone := s.logIn(ada.User)
	s.logOut(gone)
	tests := []struct {
		name    string
		options sioclient.Options
		want    chat.Code
	}{
		{"no session", sioclient.Options{Auth: map[string]any{"protocol": 1}}, chat.CodeUnauthenticated},
		{"a token that never was", sioclient.Options{Auth: map[string]any{"protocol": 1, "token": "guess"}}, chat.CodeUnauthenticated},
		{"a session that has ended", sioclient.Options{Auth: map[string]any{"protocol": 1, "token": gone}}, chat.CodeUnauthenticated},
		{"a protocol of the future", sioclient.Options{Auth: map[string]any{"protocol": 3, "token": ada.token}}, chat.CodeInvalid},
		{"a protocol of the future, in a string", sioclient.Options{Auth: map[string]any{"protocol": "3", "token": ada.token}}, chat.CodeInvalid},
		{"a protocol that is an empty string", sioclient.Options{Auth: map[string]any{"protocol": "", "token": ada.token}}, chat.CodeInvalid},
		{"a protocol that is no number", sioclient.Options{Auth: map[string]any{"protocol": "one", "token": ada.token}}, chat.CodeInvalid},
		{"a protocol before the first", sioclient.Options{Auth: map[string]any{"protocol": 0, "token": ada.token}}, chat.CodeInvalid},
		{"what is known is no object", sioclient.Options{Auth: map[string]any{"protocol": 2, "token": ada.token, "known": 7}}, chat.CodeInvalid},
		{"what is known has no numbers", sioclient.Options{Auth: map[string]any{"protocol": 2, "token": ada.token, "known": map[string]any{"rooms": map[string]any{"one": 1}}}}, chat.CodeInvalid},
		{"a token that is no string", sioclient.Options{Auth: map[string]any{"protocol": 1, "token": 7}}, chat.CodeInvalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := sioclient.Dial(s.url, test.options)
			var refused *sioclient.RefusedError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v, want a connect_error", err)
			}
			var data wire.ErrorInfo
			decode(t, refused.Data, &data)
			if data.Code != test.want || data.Message == "" || data.Message != refused.Message {
				t.Errorf("got %+v with message %q, want code %s", data, refused.Message, test.want)
			}
		})
	}
}

func TestSocketIO2ClientWithoutAValidSessionGetsTheErrorBare(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	for query, want := range map[string]chat.Code{
		"protocol=1":                    chat.CodeUnauthenticated,
		"protocol=1&token=guess":        chat.CodeUnauthenticated,
		"token=guess":                   chat.CodeUnauthenticated,
		"protocol=3&token=" + ada.token: chat.CodeInvalid,
		"protocol=&token=" + ada.token:  chat.CodeInvalid,
	} {
		parameters, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = sioclient.Dial(s.url, sioclient.Options{Old: &parameters})
		var refused *sioclient.RefusedError
		if !errors.As(err, &refused) {
			t.Fatalf("%s: got %v, want an error packet", query, err)
		}
		var data wire.ErrorInfo
		decode(t, refused.Data, &data)
		if data.Code != want || data.Message == "" {
			t.Errorf("%s: got %+v, want code %s", query, data, want)
		}
	}
}

func TestEventsBeforeLogInAreAnsweredUnauthenticated(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	for name, options := range map[string]sioclient.Options{
		"a bare client": {},
		"a cookie alone announces nothing": {
			Header: http.Header{"Cookie": {auth.CookieName + "_80=" + ada.token}}, Auth: map[string]any{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := sioclient.Dial(s.url, options)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for command, argument := range map[string]any{
				"message:send": wire.SendCommand{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "hello"},
				"room:sync":    wire.SyncCommand{Room: chat.MainRoom},
				"room:read":    wire.ReadCommand{Room: chat.MainRoom},
				"room:watch":   wire.RoomCommand{Room: chat.MainRoom},
				"room:unwatch": wire.RoomCommand{Room: chat.MainRoom},
			} {
				raw, err := c.Command(command, argument)
				if err != nil {
					t.Fatalf("%s: %v", command, err)
				}
				var got wire.Failure
				decode(t, raw, &got)
				if got.OK || got.Error.Code != chat.CodeUnauthenticated {
					t.Errorf("%s: got %+v, want unauthenticated", command, got)
				}
			}
			if events := c.Pending(); len(events) != 0 {
				t.Errorf("a socket that announced nothing was sent %v", events)
			}
		})
	}
	if page, err := s.chat.Messages.Page(t.Context(), ada.User, chat.MainRoom, chat.MessagePage{}); err != nil || len(page.Messages) != 0 {
		t.Errorf("messages stored: %v, %v, want none", page.Messages, err)
	}
}

func TestTheEndOfASessionCutsItsSocketsAndNoOthers(t *testing.T) {
	t.Run("A7: log-out, in every tab and over both transports", func(t *testing.T) {
		s := newServer(t)
		ada := s.signUp("ada")
		tabs := []*tab{ada.connect(), ada.connect(), s.connect(ada.token, true)}
		elsewhere := s.connect(s.logIn(ada.User), false)
		s.logOut(ada.token)
		for i, c := range tabs {
			var e wire.SessionEnded
			c.await("session:ended", &e)
			if e.Reason != chat.EndLogOut {
				t.Errorf("tab %d: reason is %q, want %q", i, e.Reason, chat.EndLogOut)
			}
			if told, err := c.AwaitClose(); err != nil || !told {
				t.Errorf("tab %d: disconnected first: %t, %v, want true", i, told, err)
			}
		}
		elsewhere.send(chat.MainRoom, "still here")
		if got := elsewhere.message().Body; got != "still here" {
			t.Errorf("the other session: got %q", got)
		}
	})
	t.Run("nobody gets in between", func(t *testing.T) {
		late := make(chan struct{})
		s := newServer(t, func(o *gateway.Options) {
			o.Auth = &slowAuth{Authenticator: o.Auth, after: late}
		})
		ada := s.signUp("ada")
		type result struct {
			client *sioclient.Client
			err    error
		}
		dialled := make(chan result, 1)
		go func() {
			c, err := sioclient.Dial(s.url, sioclient.Options{Auth: map[string]any{"protocol": 1, "token": ada.token}})
			dialled <- result{c, err}
		}()
		late <- struct{}{} // it has been admitted
		s.logOut(ada.token)
		late <- struct{}{} // and only now goes on
		r := <-dialled
		if r.err != nil {
			t.Fatal(r.err)
		}
		defer r.client.Close()
		first, err := r.client.Next()
		if err != nil || first.Name != "session:ended" {
			t.Errorf("first event: got %q, %v, want session:ended", first.Name, err)
		}
		if told, err := r.client.AwaitClose(); err != nil || !told {
			t.Errorf("disconnected: %t, %v, want true", told, err)
		}
	})
}

func TestUnknownCommandsAreAnswered(t *testing.T) {
	c := newServer(t).signUp("ada").connect()
	if a := c.do("message:shout", json.RawMessage(`{}`)); a.OK || a.Error.Code != chat.CodeInvalid {
		t.Errorf("got %+v, want invalid", a)
	}
}
