package auth

import (
	"context"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

func TestA5_SessionIsKeptInACookie(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	got, _ := f.start(request(""), f.anna, false)
	if got == nil {
		t.Fatal("no cookie was set")
	}
	want := &http.Cookie{
		Name: ownName, Value: got.Value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		MaxAge: int(defaultMaxAge / time.Second), Raw: got.Raw,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the cookie (-want +got):\n%s", diff)
	}
	if name := f.who(request(got.Value)); name != "anna" {
		t.Errorf("the next request is %q's, want anna's", name)
	}
}

func TestStoreHoldsOnlyTheHashOfTheToken(t *testing.T) {
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

func TestCookieIsSecureOnlyOverTLS(t *testing.T) {
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

func TestRequestsWithoutAValidSessionHaveNoUser(t *testing.T) {
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

func TestLoggingInRenewsTheTokenAndEndsThePreviousSession(t *testing.T) {
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
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Rev: 1, Session: ended, Reason: chat.EndLogOut}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestPlantedTokenIsNotAdopted(t *testing.T) {
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
		if _, err := f.Start(ctx, f.anna, chat.SessionStart{}); err != nil {
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
	if direct, err := f.Start(t.Context(), f.anna, chat.SessionStart{Token: true}); err != nil || f.who(withToken(direct)) != "anna" {
		t.Errorf("a token without a request: got %q, %v, want one of anna's", direct, err)
	}
	if _, err := f.Start(t.Context(), f.anna, chat.SessionStart{}); err == nil {
		t.Error("a cookie without a request: got no error")
	}
}

func TestTokenIsASeparateSession(t *testing.T) {
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
