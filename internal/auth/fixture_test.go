package auth

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
	"partychat/internal/store/sqlitetest"
)

// published records the events instead of sending them to other nodes.
type published struct {
	chat.Broker
	mu     sync.Mutex
	events []chat.Event
	err    error
}

func (p *published) Publish(_ context.Context, e chat.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
	return p.err
}

// counted counts the writes that extend sessions, and fails on demand.
type counted struct {
	*sqlite.Store
	touches int
	down    bool
}

var errDown = chat.Errorf(chat.CodeUnavailable, "down")

func (c *counted) TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error {
	c.touches++
	return c.Store.TouchSessions(ctx, ids, there, seen, expiresAt)
}

func (c *counted) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	if c.down {
		return chat.Session{}, errDown
	}
	return c.Store.SessionByID(ctx, id, now)
}

func (c *counted) SessionUser(ctx context.Context, id string, now time.Time) (chat.SessionUser, error) {
	if c.down {
		return chat.SessionUser{}, errDown
	}
	return c.Store.SessionUser(ctx, id, now)
}

func (c *counted) StoredSessions(ctx context.Context, ids []string) ([]chat.Session, error) {
	if c.down {
		return nil, errDown
	}
	return c.Store.StoredSessions(ctx, ids)
}

type fixture struct {
	*Sessions
	t      *testing.T
	clock  *clock
	store  *counted
	broker *published
	anna   chat.User
	bert   chat.User
}

func newFixture(t *testing.T, options SessionOptions) *fixture {
	t.Helper()
	f := &fixture{t: t, clock: newClock(), store: &counted{Store: sqlitetest.Open(t)}, broker: &published{}}
	options.Now = f.clock.Now
	f.Sessions = NewSessions(f.store, f.store, f.broker, options)
	f.anna, f.bert = f.user(1001, "anna"), f.user(1002, "bert")
	return f
}

func (f *fixture) user(id chat.UserID, name string) chat.User {
	f.t.Helper()
	u, err := f.store.CreateUser(f.t.Context(), chat.NewUser{
		User:       chat.User{ID: id, Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: f.clock.Now()},
		FoldedName: name, PasswordHash: "x",
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return u
}

// visit sends a request through Load and runs do inside it.
func (f *fixture) visit(r *http.Request, do func(context.Context)) *http.Response {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })).ServeHTTP(w, r)
	return w.Result()
}

// ownName is the name of the cookie for the host of request.
const ownName = CookieName + "_80"

func request(cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: ownName, Value: cookie})
	}
	return r
}

func withToken(token string) *http.Request {
	r := request("")
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// start logs the user in and returns the cookie that was set, or the token.
func (f *fixture) start(r *http.Request, user chat.User, asToken bool) (*http.Cookie, string) {
	f.t.Helper()
	var token string
	answer := f.visit(r, func(ctx context.Context) {
		var err error
		if token, err = f.Start(ctx, user, chat.SessionStart{Token: asToken}); err != nil {
			f.t.Fatal(err)
		}
	})
	return sessionCookie(f.t, answer), token
}

// logIn logs anna in from a browser without a session.
func (f *fixture) logIn() string {
	f.t.Helper()
	cookie, _ := f.start(request(""), f.anna, false)
	if cookie == nil {
		f.t.Fatal("logging in set no cookie")
	}
	return cookie.Value
}

func sessionCookie(t *testing.T, answer *http.Response) *http.Cookie {
	t.Helper()
	var found *http.Cookie
	for _, c := range answer.Cookies() {
		if c.Name == ownName || c.Name == hostPrefix+CookieName {
			if found != nil {
				t.Errorf("the cookie is set twice: %v", answer.Header.Values("Set-Cookie"))
			}
			found = c
		}
	}
	return found
}

// who returns the name of the request's user, or "" without one.
func (f *fixture) who(r *http.Request) (name string) {
	f.t.Helper()
	f.visit(r, func(ctx context.Context) {
		if id, ok := f.Identity(ctx); ok {
			name = id.User.Username
		}
	})
	return name
}

func (f *fixture) sessionID(token string) string {
	f.t.Helper()
	id, err := f.Authenticate(f.t.Context(), http.Header{}, token)
	if err != nil {
		f.t.Fatal(err)
	}
	return id.Session
}
