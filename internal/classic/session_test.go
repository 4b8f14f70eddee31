package classic_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// logOut ends the session.
func (s *server) logOut(token string) {
	s.t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/", nil)
	request.Header = http.Header(cookie(token))
	s.sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := s.sessions.End(r.Context()); err != nil {
			s.t.Errorf("log-out: %v", err)
		}
	})).ServeHTTP(httptest.NewRecorder(), request)
}

// wantCut waits until the server has disconnected the socket for good.
func (c *socket) wantCut() {
	c.t.Helper()
	if got := await[wire.ErrorInfo](c, "classicError"); got.Code != chat.CodeUnauthenticated {
		c.t.Errorf("classicError: got %+v, want unauthenticated", got)
	}
	if disconnected, err := c.AwaitClose(); err != nil || !disconnected {
		c.t.Errorf("end of the socket: got disconnected %t, %v, want it to be disconnected", disconnected, err)
	}
}

func TestLogOutDisconnectsTheSessionsClassicSockets(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	ann, token := s.user("ann")
	out := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	tab := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	other := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	tab.do("", "userJoin", map[string]any{"room": "den"})
	s.logOut(token)
	out.wantCut()
	tab.wantCut()
	other.do("", "SEND_MESSAGE", "still here")
	if got := await[string](other, "message"); got != "still here" {
		t.Errorf("another session: got %q, want it to go on", got)
	}
}

// endingAuth ends the session of the first client immediately after its admission.
type endingAuth struct {
	classic.Authenticator
	end  func()
	once sync.Once
}

func (a *endingAuth) Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error) {
	identity, err := a.Authenticator.Authenticate(ctx, header, token)
	a.once.Do(a.end)
	return identity, err
}

func TestLogOutBetweenAdmissionAndSubscriptionIsNoticed(t *testing.T) {
	var s *server
	var token string
	s = newServer(t, chat.Policy{}, func(o *classic.Options) {
		o.Auth = &endingAuth{Authenticator: o.Auth, end: func() { s.logOut(token) }}
	})
	_, token = s.user("ann")
	s.dial(sioclient.Options{Header: cookie(token)}).wantCut()
}

// countingAuth records which sessions are kept alive.
type countingAuth struct {
	classic.Authenticator
	touched chan<- []string
}

func (a countingAuth) Touch(ctx context.Context, ids []string) (gone []string, err error) {
	select {
	case a.touched <- ids:
	case <-ctx.Done():
	}
	return a.Authenticator.Touch(ctx, ids)
}

func TestClassicSocketsKeepTheirSessionsAlive(t *testing.T) {
	touched := make(chan []string)
	s := newServer(t, chat.Policy{Classic: true}, func(o *classic.Options) {
		o.Auth, o.TouchInterval = countingAuth{o.Auth, touched}, time.Millisecond
	})
	s.named("bob") // who has no session
	_, token := s.user("ann")
	for range 2 {
		s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	}
	identity, err := s.sessions.Authenticate(t.Context(), http.Header(cookie(token)), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := <-touched; len(got) != 1 || got[0] != identity.Session {
		t.Errorf("kept alive: got %v, want the one session %s", got, identity.Session)
	}
}

func TestRoomLeftInAnotherTabIsUnsubscribed(t *testing.T) {
	s := newServer(t, chat.Policy{})
	a, ann := s.member("ann")
	b, bob := s.member("bob")
	for _, c := range []*socket{a, b} {
		c.do("", "userJoin", map[string]any{"room": "den"})
		await[[]seen](c, "msgHistory")
	}
	den, err := s.chat.Classic.Find(t.Context(), bob, "den")
	if err != nil {
		t.Fatal(err)
	}
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann", "bob"}) {
	}
	if err := s.chat.Rooms.Unsubscribe(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
	}
	if _, _, err := s.chat.Messages.Send(t.Context(), ann, chat.SendInput{Room: den, ClientID: uuid.NewString(), Body: "among ourselves"}); err != nil {
		t.Fatal(err)
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "still here", "room": "den"})
	for _, event := range b.Pending() {
		if event.Name == "updateChat" {
			t.Errorf("who has left was told %s", event.Args[0])
		}
	}
	b.do("", "userJoin", map[string]any{"room": "den"}) // back again
	if got := bodies(await[[]seen](b, "msgHistory")); !slices.Contains(got, "among ourselves") {
		t.Errorf("history after coming back: got %v, want what was said meanwhile", got)
	}
	a.do("", "updateChat", map[string]any{"body": "welcome back", "room": "den"})
	if got := await[seen](b, "updateChat"); got.Body != "welcome back" {
		t.Errorf("after coming back: got %+v, want to hear the room again", got)
	}
}
