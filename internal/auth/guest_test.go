package auth

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
)

// guest creates a user without a password, logs in, and returns the cookie.
func (f *fixture) guest() (chat.User, string) {
	f.t.Helper()
	gwen, err := f.store.CreateUser(f.t.Context(), chat.NewUser{
		User:       chat.User{ID: 1003, Username: "gwen", Kind: chat.KindGuest, Role: chat.RoleMember, CreatedAt: f.clock.Now()},
		FoldedName: "gwen",
	})
	if err != nil {
		f.t.Fatal(err)
	}
	cookie, _ := f.start(request(""), gwen, false)
	return gwen, cookie.Value
}

func TestGuestSessionSurvivesThirtyDaysOfAbsence(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	_, token := f.guest()
	const almost = 30*24*time.Hour - time.Second
	for range 5 { // beyond the maximum age of other sessions
		f.clock.advance(almost)
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := f.who(request(token)); got != "gwen" {
			t.Fatalf("after %v the request is %q's, want gwen's", f.clock.Now(), got)
		}
	}
	f.clock.advance(30 * 24 * time.Hour)
	if got := f.who(request(token)); got != "" {
		t.Errorf("after thirty days without activity the request is %q's, want nobody's", got)
	}
}

func TestGuestCookieHasTheLongestLifetimeAndIsRenewed(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	_, token := f.guest()
	f.clock.advance(80 * time.Hour)
	answer := f.visit(request(token), func(context.Context) {})
	if c := sessionCookie(t, answer); c == nil || c.MaxAge != int(longestCookie/time.Second) {
		t.Errorf("the cookie after activity is %v, want the same for %v", c, longestCookie)
	}
}

func TestOpenSocketsKeepAGuestSessionForThirtyDays(t *testing.T) {
	f := newFixture(t, SessionOptions{GuestIdle: 2 * time.Hour})
	_, token := f.guest()
	ids := []string{f.sessionID(token), f.sessionID(f.logIn())}
	f.clock.advance(20 * time.Minute)
	if _, err := f.Touch(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(119 * time.Minute)
	if got := f.who(request(token)); got != "gwen" {
		t.Errorf("the request is %q's, want gwen's", got)
	}
	for i, want := range []time.Duration{2 * time.Hour, 30 * time.Minute} {
		session, err := f.store.StoredSessions(t.Context(), ids[i:i+1])
		if err != nil || len(session) != 1 || session[0].ExpiresAt.Sub(session[0].SeenAt) != want {
			t.Errorf("session %d is %+v, %v; want it to end %v after its last activity", i, session, err, want)
		}
	}
}

func TestGuestSessionOfAnOlderVersionGetsTheGuestTerm(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	gwen, token := f.guest()
	id := f.sessionID(token)
	data, err := json.Marshal(map[string]any{"user": gwen.ID, "deadline": f.clock.Now().Add(24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	old := chat.Session{ID: id, User: gwen.ID, Data: data, CreatedAt: f.clock.Now(), ExpiresAt: f.clock.Now().Add(30 * time.Minute)}
	if err := f.store.PutSession(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(token)); got != "gwen" {
		t.Fatalf("the request is %q's, want gwen's", got)
	}
	f.clock.advance(29 * 24 * time.Hour)
	if got := f.who(request(token)); got != "gwen" {
		t.Errorf("after 29 days the request is %q's, want gwen's", got)
	}
}

func TestGuestDeviceKeepsItsSecret(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	gwen, token := f.guest()
	device := chat.GuestDevice{User: gwen.ID, Secret: "secret"}
	answer := f.visit(request(token), func(ctx context.Context) { f.SetDevice(ctx, device) })
	var cookie *http.Cookie
	for _, c := range answer.Cookies() {
		if c.Name == deviceCookie+"_80" {
			cookie = c
		}
	}
	if cookie == nil || !cookie.HttpOnly || cookie.MaxAge != int(longestCookie/time.Second) || cookie.SameSite != http.SameSiteLaxMode {
		t.Fatalf("the device's cookie is %v, want one that scripts cannot read, for %v", cookie, longestCookie)
	}
	later := request("")
	later.AddCookie(cookie)
	f.visit(later, func(ctx context.Context) {
		if got := f.Device(ctx); got != device {
			t.Errorf("the device is %+v, want %+v", got, device)
		}
	})
	for _, value := range []string{"", "7", "x.secret", "-1.secret", "5."} {
		wrong := request("")
		wrong.AddCookie(&http.Cookie{Name: deviceCookie + "_80", Value: value})
		f.visit(wrong, func(ctx context.Context) {
			if got := f.Device(ctx); got != (chat.GuestDevice{}) {
				t.Errorf("with the cookie %q the device is %+v, want none", value, got)
			}
		})
	}
	out := request(token)
	out.AddCookie(cookie)
	answer = f.visit(out, func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Error(err)
		}
	})
	gone := false
	for _, c := range answer.Cookies() {
		gone = gone || c.Name == deviceCookie+"_80" && c.MaxAge == -1
	}
	if !gone {
		t.Errorf("log-out set %q, want the device's cookie deleted", answer.Header.Values("Set-Cookie"))
	}
}
