package auth

import (
	"context"
	"slices"
	"testing"
	"time"

	"partychat/internal/chat"
)

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

func TestA7_OperatorCanChangeTheIdleTimeout(t *testing.T) {
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

func TestA7_ExpiryIsWrittenAtMostOnceAMinute(t *testing.T) {
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

func TestSessionEndsAtItsMaximumAgeDespiteActivity(t *testing.T) {
	f := newFixture(t, SessionOptions{MaxAge: time.Hour})
	token := f.logIn()
	id := f.sessionID(token)
	for range 59 {
		f.clock.advance(time.Minute)
		if got := f.who(request(token)); got != "anna" {
			t.Fatalf("within the hour the request is %q's, want anna's", got)
		}
		if _, err := f.Touch(t.Context(), []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.advance(time.Minute)
	if _, err := f.Touch(t.Context(), []string{id}); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(token)); got != "" {
		t.Errorf("after the hour the request is %q's, want nobody's", got)
	}
}

func TestSessionWithoutAMaximumAgeLastsWhileActive(t *testing.T) {
	f := newFixture(t, SessionOptions{MaxAge: -1})
	cookie, _ := f.start(request(""), f.anna, false)
	if want := int(longestCookie / time.Second); cookie.MaxAge != want {
		t.Errorf("the cookie lasts %d s, want %d", cookie.MaxAge, want)
	}
	id := f.sessionID(cookie.Value)
	for range 500 {
		f.clock.advance(29 * time.Minute)
		if _, err := f.Touch(t.Context(), []string{id}); err != nil {
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
		if _, err := f.Touch(t.Context(), []string{id, "gone"}); err != nil {
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
		if _, err := f.Touch(t.Context(), []string{id}); err != nil {
			t.Fatal(err)
		}
	}
	if f.store.touches != before {
		t.Errorf("touching a fresh session wrote it %d times, want never", f.store.touches-before)
	}
}

func TestTouchReturnsExactlyTheRemovedSessions(t *testing.T) {
	for name, maxAge := range map[string]time.Duration{"with a greatest age": 0, "without one": -1} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, SessionOptions{MaxAge: maxAge, IdleTimeout: 10 * time.Minute})
			idle := f.sessionID(f.logIn())
			f.clock.advance(11 * time.Minute)
			there, removed := f.sessionID(f.logIn()), f.sessionID(f.logIn())
			if err := f.store.DeleteSession(t.Context(), removed); err != nil {
				t.Fatal(err)
			}
			all := []string{idle, there, removed}
			gone, err := f.Touch(t.Context(), all)
			if err != nil || !slices.Equal(gone, []string{removed}) {
				t.Errorf("got %q, %v, want the one removed, and not what Sweep is to tell of", gone, err)
			}
			f.store.down = true
			if gone, err := f.Touch(t.Context(), all); err == nil || len(gone) != 0 {
				t.Errorf("while the store is away: got %q, %v, want none, and an error", gone, err)
			}
		})
	}
}

func TestKeptSessionSurvivesThirtyDaysOfAbsence(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	var token string
	answer := f.visit(request(""), func(ctx context.Context) {
		var err error
		if token, err = f.Start(ctx, f.anna, chat.SessionStart{Keep: true}); err != nil {
			t.Fatal(err)
		}
	})
	if c := sessionCookie(t, answer); c == nil || c.MaxAge < int((30*24*time.Hour)/time.Second) {
		t.Errorf("the cookie is %v, want one that lives as long", c)
	}
	f.clock.advance(30*24*time.Hour - time.Second)
	if err := f.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(token)); got != "anna" {
		t.Errorf("after almost thirty days the request is %q's, want anna's", got)
	}
	f.clock.advance(30 * 24 * time.Hour)
	if got := f.who(request(token)); got != "" {
		t.Errorf("after thirty days without activity the request is %q's, want nobody's", got)
	}
}

func TestASessionIsKeptAfterItsStart(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	var token string
	f.visit(request(""), func(ctx context.Context) {
		var err error
		if token, err = f.Start(ctx, f.anna, chat.SessionStart{}); err != nil {
			t.Fatal(err)
		}
	})
	f.visit(request(token), func(ctx context.Context) {
		if err := f.Keep(ctx); err != nil {
			t.Errorf("Keep: %v", err)
		}
	})
	f.clock.advance(30*24*time.Hour - time.Second)
	if got := f.who(request(token)); got != "anna" {
		t.Errorf("after almost thirty days the request is %q's, want anna's", got)
	}
	f.visit(request(""), func(ctx context.Context) {
		if err := f.Keep(ctx); chat.CodeOf(err) != chat.CodeUnauthenticated {
			t.Errorf("without a session: got %v, want unauthenticated", err)
		}
	})
}

func TestNextLogInOnTheSameBrowserIsKeptOnlyOnRequest(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	var token string
	begin := func(cookie string, keep bool) {
		f.visit(request(cookie), func(ctx context.Context) {
			var err error
			if token, err = f.Start(ctx, f.anna, chat.SessionStart{Keep: keep}); err != nil {
				t.Fatal(err)
			}
		})
	}
	begin("", true)
	begin(token, false)
	f.clock.advance(31 * time.Minute)
	if got := f.who(request(token)); got != "" {
		t.Errorf("after 31 minutes the request is %q's, want nobody's", got)
	}
}
