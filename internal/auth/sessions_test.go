package auth

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// published notes the events instead of carrying them to other nodes.
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

// counted counts the writes that sliding makes, and fails on demand.
type counted struct {
	*sqlite.Store
	touches int
	down    bool
}

var errDown = chat.Errorf(chat.CodeUnavailable, "down")

func (c *counted) TouchSessions(ctx context.Context, ids []string, now, expiresAt time.Time) error {
	c.touches++
	return c.Store.TouchSessions(ctx, ids, now, expiresAt)
}

func (c *counted) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	if c.down {
		return chat.Session{}, errDown
	}
	return c.Store.SessionByID(ctx, id, now)
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
	store, err := sqlite.Open(t.Context(), sqlite.Options{Path: filepath.Join(t.TempDir(), "chat.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fixture{t: t, clock: newClock(), store: &counted{Store: store}, broker: &published{}}
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

// visit sends a request through Load and lets do act in it.
func (f *fixture) visit(r *http.Request, do func(context.Context)) *http.Response {
	f.t.Helper()
	w := httptest.NewRecorder()
	f.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { do(r.Context()) })).ServeHTTP(w, r)
	return w.Result()
}

func request(cookie string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: CookieName, Value: cookie})
	}
	return r
}

func withToken(token string) *http.Request {
	r := request("")
	r.Header.Set("Authorization", "Bearer "+token)
	return r
}

// start logs the user in and gives the cookie that came of it, or the token.
func (f *fixture) start(r *http.Request, user chat.User, asToken bool) (*http.Cookie, string) {
	f.t.Helper()
	var token string
	answer := f.visit(r, func(ctx context.Context) {
		var err error
		if token, err = f.Start(ctx, user, asToken); err != nil {
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
		if c.Name == CookieName {
			if found != nil {
				t.Errorf("the cookie is set twice: %v", answer.Header.Values("Set-Cookie"))
			}
			found = c
		}
	}
	return found
}

// who tells whose request it is; "" if nobody's.
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

func TestA5_SessionIsKeptInACookie(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	got, _ := f.start(request(""), f.anna, false)
	if got == nil {
		t.Fatal("no cookie was set")
	}
	want := &http.Cookie{
		Name: CookieName, Value: got.Value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(defaultMaxAge / time.Second), Raw: got.Raw,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the cookie (-want +got):\n%s", diff)
	}
	if name := f.who(request(got.Value)); name != "anna" {
		t.Errorf("the next request is %q's, want anna's", name)
	}
}

func TestStoreHoldsTheHashOfTheTokenOnly(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	sessions, err := f.store.SessionsOfUser(t.Context(), f.anna.ID, f.clock.Now())
	if err != nil || len(sessions) != 1 {
		t.Fatalf("anna's sessions are %v, %v, want one", sessions, err)
	}
	if s := sessions[0]; s.ID == token || strings.Contains(string(s.Data), token) {
		t.Errorf("the session %q, %q gives the token away", s.ID, s.Data)
	}
	if name := f.who(request(sessions[0].ID)); name != "" {
		t.Errorf("what stands in the store logs in as %q, want nobody", name)
	}
}

func TestCookieIsSecureUnderTLSOnly(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	r := request("")
	r.TLS = &tls.ConnectionState{}
	if cookie, _ := f.start(r, f.anna, false); cookie == nil || !cookie.Secure {
		t.Errorf("over TLS the cookie is %v, want it to be Secure", cookie)
	}
	if cookie, _ := f.start(request(""), f.anna, false); cookie == nil || cookie.Secure {
		t.Errorf("without TLS the cookie is %v, want it not to be Secure", cookie)
	}
}

func TestRequestsWithoutAValidSessionAreNobodys(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	basic := request("")
	basic.SetBasicAuth("anna", token)
	for name, r := range map[string]*http.Request{
		"no cookie":                          request(""),
		"a made-up cookie":                   request("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
		"a made-up token":                    withToken("nonsense"),
		"another scheme":                     basic,
		"no token behind Bearer":             withToken(""),
		"a made-up token beside good cookie": func() *http.Request { r := request(token); r.Header.Set("Authorization", "bearer nonsense"); return r }(),
	} {
		t.Run(name, func(t *testing.T) {
			if got := f.who(r); got != "" {
				t.Errorf("the request is %q's, want nobody's", got)
			}
		})
	}
	if _, ok := f.Identity(t.Context()); ok {
		t.Error("a context that did not come through Load has an identity")
	}
}

func TestLoggingInRenewsTheTokenAndEndsTheSessionBefore(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	first := f.logIn()
	ended := f.sessionID(first)
	second, _ := f.start(request(first), f.bert, false)
	if second == nil || second.Value == first {
		t.Fatalf("the new cookie is %v, want another token than before", second)
	}
	if got := f.who(request(first)); got != "" {
		t.Errorf("the old cookie is %q's, want nobody's", got)
	}
	if got := f.who(request(second.Value)); got != "bert" {
		t.Errorf("the new cookie is %q's, want bert's", got)
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Session: ended, Reason: chat.EndLogOut}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestPlantedTokenIsNotTakenOver(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie, _ := f.start(request("planted"), f.anna, false)
	if cookie == nil || cookie.Value == "planted" {
		t.Fatalf("the cookie is %v, want a token of our own", cookie)
	}
	if got := f.who(request("planted")); got != "" {
		t.Errorf("the planted token is %q's, want nobody's", got)
	}
}

func TestIdentityIsKnownInTheRequestThatLogsIn(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	f.visit(request(""), func(ctx context.Context) {
		if _, err := f.Start(ctx, f.anna, false); err != nil {
			t.Fatal(err)
		}
		if id, ok := f.Identity(ctx); !ok || id.User.ID != f.anna.ID || id.Session == "" {
			t.Errorf("Identity = %v, %v, want anna's", id, ok)
		}
	})
}

func TestProgramsGetATokenAndNoCookie(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie, token := f.start(request(""), f.anna, true)
	if cookie != nil {
		t.Errorf("a cookie was set: %v", cookie)
	}
	if got := f.who(withToken(token)); got != "anna" {
		t.Errorf("the token is %q's, want anna's", got)
	}
	f.clock.advance(10 * time.Minute)
	if c := sessionCookie(t, f.visit(withToken(token), func(context.Context) {})); c != nil {
		t.Errorf("sliding the token's session set a cookie: %v", c)
	}
	if direct, err := f.Start(t.Context(), f.anna, true); err != nil || f.who(withToken(direct)) != "anna" {
		t.Errorf("a token without a request: got %q, %v, want one of anna's", direct, err)
	}
	if _, err := f.Start(t.Context(), f.anna, false); err == nil {
		t.Error("a cookie without a request: got no error")
	}
}

func TestTokenIsASessionBesideTheOneThatAskedForIt(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie := f.logIn()
	_, token := f.start(request(cookie), f.anna, true)
	if got := f.who(request(cookie)); got != "anna" {
		t.Errorf("the cookie is now %q's, want anna's still", got)
	}
	second, _ := f.start(withToken(token), f.bert, false)
	if got := f.who(withToken(token)); got != "anna" {
		t.Errorf("the token is now %q's, want anna's still", got)
	}
	if second == nil || f.who(request(second.Value)) != "bert" {
		t.Errorf("logging in with a cookie beside a token set the cookie %v, want one of bert's", second)
	}
	if len(f.broker.events) != 0 {
		t.Errorf("events are %v, want none", f.broker.events)
	}
}

func TestA7_SessionEndsAfterThirtyMinutesWithoutActivity(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.clock.advance(30*time.Minute - time.Second)
	if got := f.who(request(token)); got != "anna" {
		t.Fatalf("just before, the request is %q's, want anna's", got)
	}
	f.clock.advance(30*time.Minute - time.Second)
	if got := f.who(request(token)); got != "anna" {
		t.Fatalf("after activity, the request is %q's, want anna's", got)
	}
	f.clock.advance(30 * time.Minute)
	if got := f.who(request(token)); got != "" {
		t.Errorf("after thirty idle minutes the request is %q's, want nobody's", got)
	}
}

func TestA7_OperatorCanChangeTheIdleTimeOut(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: time.Minute})
	token := f.logIn()
	for range 5 {
		f.clock.advance(50 * time.Second)
		if got := f.who(request(token)); got != "anna" {
			t.Fatalf("while active, the request is %q's, want anna's", got)
		}
	}
	f.clock.advance(time.Minute)
	if got := f.who(request(token)); got != "" {
		t.Errorf("after an idle minute the request is %q's, want nobody's", got)
	}
}

func TestA7_SlidingIsWrittenAtMostOnceAMinute(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	for range 120 { // two minutes
		f.who(request(token))
		f.clock.advance(time.Second)
	}
	if f.store.touches != 1 {
		t.Errorf("the session was written %d times in two minutes, want once", f.store.touches)
	}
	answer := f.visit(request(token), func(context.Context) {})
	want := int((defaultMaxAge - 2*time.Minute) / time.Second)
	if c := sessionCookie(t, answer); c == nil || c.Value != token || c.MaxAge != want {
		t.Errorf("sliding set the cookie %v, want the same token for %d s", c, want)
	}
}

func TestSessionEndsAtItsGreatestAgeWhateverItsActivity(t *testing.T) {
	f := newFixture(t, SessionOptions{MaxAge: time.Hour})
	token := f.logIn()
	id := f.sessionID(token)
	for range 59 {
		f.clock.advance(time.Minute)
		if got := f.who(request(token)); got != "anna" {
			t.Fatalf("within the hour the request is %q's, want anna's", got)
		}
		if err := f.Touch(t.Context(), []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.advance(time.Minute)
	if err := f.Touch(t.Context(), []string{id}); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(token)); got != "" {
		t.Errorf("after the hour the request is %q's, want nobody's", got)
	}
}

func TestSessionWithoutAGreatestAgeLastsWhileActive(t *testing.T) {
	f := newFixture(t, SessionOptions{MaxAge: -1})
	cookie, _ := f.start(request(""), f.anna, false)
	if want := int(longestCookie / time.Second); cookie.MaxAge != want {
		t.Errorf("the cookie lasts %d s, want %d", cookie.MaxAge, want)
	}
	id := f.sessionID(cookie.Value)
	for range 500 {
		f.clock.advance(29 * time.Minute)
		if err := f.Touch(t.Context(), []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.who(request(cookie.Value)); got != "anna" {
		t.Errorf("the request is %q's, want anna's", got)
	}
}

func TestA7_LiveSocketKeepsItsSessionAlive(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	live, other := f.logIn(), f.logIn()
	id := f.sessionID(live)
	for range 4 {
		f.clock.advance(20 * time.Minute)
		if err := f.Touch(t.Context(), []string{id, "gone"}); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.who(request(live)); got != "anna" {
		t.Errorf("the session with a socket is %q's, want anna's", got)
	}
	if got := f.who(request(other)); got != "" {
		t.Errorf("the session without a socket is %q's, want it expired", got)
	}
	before := f.store.touches
	for range 10 {
		if err := f.Touch(t.Context(), []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	if f.store.touches != before {
		t.Errorf("touching a fresh session wrote it %d times, want never", f.store.touches-before)
	}
}

func TestA7_LogOutEndsTheSessionAtOnce(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	id := f.sessionID(token)
	f.clock.advance(5 * time.Minute) // so that the same request slides the session first
	answer := f.visit(request(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Fatal(err)
		}
		if _, ok := f.Identity(ctx); ok {
			t.Error("there is still an identity after log-out")
		}
	})
	if c := sessionCookie(t, answer); c == nil || c.Value != "" || c.MaxAge != -1 {
		t.Errorf("log-out set the cookie %v, want it deleted", c)
	}
	if got := f.who(request(token)); got != "" {
		t.Errorf("the cookie is %q's after log-out, want nobody's", got)
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Session: id, Reason: chat.EndLogOut}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestLogOutOfATokenLeavesTheCookieAlone(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	_, token := f.start(request(""), f.anna, true)
	answer := f.visit(withToken(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Fatal(err)
		}
	})
	if c := sessionCookie(t, answer); c != nil {
		t.Errorf("a cookie was set: %v", c)
	}
	if got := f.who(withToken(token)); got != "" {
		t.Errorf("the token is %q's after log-out, want nobody's", got)
	}
}

func TestLogOutWithoutASessionIsUnauthenticated(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	f.visit(request(""), func(ctx context.Context) {
		if err := f.End(ctx); chat.CodeOf(err) != chat.CodeUnauthenticated {
			t.Errorf("got %v, want the code %s", err, chat.CodeUnauthenticated)
		}
	})
}

func TestLogOutStandsEvenIfNobodyCanBeTold(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.broker.err = errors.New("the broker is away")
	f.visit(request(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Errorf("got %v, want none: the session is gone", err)
		}
	})
	if got := f.who(request(token)); got != "" {
		t.Errorf("the cookie is %q's, want nobody's", got)
	}
}

func TestA7_SweepEndsExpiredSessionsOnce(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	old := f.sessionID(f.logIn())
	f.clock.advance(20 * time.Minute)
	fresh := f.logIn()
	f.clock.advance(10 * time.Minute)
	for range 2 {
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Session: old, Reason: chat.EndExpired}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := f.who(request(fresh)); got != "anna" {
		t.Errorf("the younger session is %q's, want anna's", got)
	}
}

func TestSocketsAuthenticateByCookieHeaderOrToken(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie := f.logIn()
	_, token := f.start(request(""), f.bert, true)
	for _, c := range []struct {
		name   string
		header http.Header
		token  string
		want   string
	}{
		{"by cookie", request(cookie).Header, "", "anna"},
		{"by Authorization header", withToken(token).Header, "", "bert"},
		{"by token in the handshake", http.Header{}, token, "bert"},
		{"by token in the handshake rather than cookie", request(cookie).Header, token, "bert"},
		{"by nothing", http.Header{}, "", ""},
		{"by a wrong token beside a good cookie", request(cookie).Header, "nonsense", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			id, err := f.Authenticate(t.Context(), c.header, c.token)
			if c.want == "" {
				if chat.CodeOf(err) != chat.CodeUnauthenticated {
					t.Errorf("got %v, %v, want the code %s", id, err, chat.CodeUnauthenticated)
				}
				return
			}
			if err != nil || id.User.Username != c.want || id.Session == "" {
				t.Errorf("got %v, %v, want %s's identity", id, err, c.want)
			}
		})
	}
}

func TestStoreThatIsDownIsNotALogOut(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.store.down = true
	reached := false
	answer := f.visit(request(token), func(context.Context) { reached = true })
	if reached || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the answer is %d and the handler was reached: %v, want %d and not", answer.StatusCode, reached, http.StatusServiceUnavailable)
	}
	if c := sessionCookie(t, answer); c != nil {
		t.Errorf("the cookie was touched: %v", c)
	}
	if _, err := f.Authenticate(t.Context(), http.Header{}, token); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Authenticate: got %v, want the code %s", err, chat.CodeUnavailable)
	}
	if err := f.Touch(t.Context(), []string{"any"}); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Touch: got %v, want the code %s", err, chat.CodeUnavailable)
	}
	f.store.down = false
	if got := f.who(request(token)); got != "anna" {
		t.Errorf("when the store is back the request is %q's, want anna's", got)
	}
}

func TestDamagedSessionDataIsAnErrorOfItsOwn(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	id := f.sessionID(token)
	now := f.clock.Now()
	err := f.store.PutSession(t.Context(), chat.Session{ID: id, User: f.anna.ID, Data: []byte("{"), CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Authenticate(t.Context(), http.Header{}, token); chat.CodeOf(err) != chat.CodeInternal {
		t.Errorf("got %v, want the code %s", err, chat.CodeInternal)
	}
}
