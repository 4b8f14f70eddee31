package auth

import (
	"context"
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestSessionOfABannedUserIsUselessUntilTheBanIsLifted(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: time.Hour})
	cookie := f.logIn()
	_, token := f.start(request(""), f.anna, true)
	id := f.sessionID(token)
	if _, _, _, err := f.store.Ban(t.Context(), nil, chat.NewBan{User: f.anna.ID, By: f.bert.ID, At: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	touches := f.store.touches
	f.clock.advance(30 * time.Minute)
	for what, r := range map[string]*http.Request{"a cookie": request(cookie), "a token": withToken(token)} {
		if got := f.who(r); got != "" {
			t.Errorf("%s: got %q, want nobody", what, got)
		}
	}
	if _, err := f.Authenticate(t.Context(), http.Header{}, token); chat.CodeOf(err) != chat.CodeUnauthenticated {
		t.Errorf("a socket: got %v, want unauthenticated", err)
	}
	answer := f.visit(request(cookie), func(ctx context.Context) {
		if err := f.End(ctx); chat.CodeOf(err) != chat.CodeUnauthenticated {
			t.Errorf("log-out: got %v, want unauthenticated", err)
		}
	})
	if c := sessionCookie(t, answer); c != nil {
		t.Errorf("the cookie was set to %v, want it left alone", c)
	}
	if f.store.touches != touches {
		t.Error("what who is banned asks for counts as activity")
	}
	if got, err := f.Identify(t.Context(), id); err != nil || got.User.ID != f.anna.ID || !got.User.Banned {
		t.Errorf("by its id: got %+v, %v, want anna, who is banned", got, err)
	}

	if _, _, err := f.store.Unban(t.Context(), nil, 0, f.anna.ID); err != nil {
		t.Fatal(err)
	}
	for what, r := range map[string]*http.Request{"a cookie": request(cookie), "a token": withToken(token)} {
		if got := f.who(r); got != "anna" {
			t.Errorf("%s once the ban is lifted: got %q, want anna", what, got)
		}
	}
	if n := len(f.broker.events); n != 0 {
		t.Errorf("events: got %d, want none, since no session has ended", n)
	}
}

func TestSessionThatExpiresDuringABanStaysEnded(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: time.Hour})
	cookie := f.logIn()
	if _, _, _, err := f.store.Ban(t.Context(), nil, chat.NewBan{User: f.anna.ID, By: f.bert.ID, At: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	f.clock.advance(40 * time.Minute)
	if got := f.who(request(cookie)); got != "" {
		t.Errorf("got %q, want nobody", got)
	}
	f.clock.advance(20 * time.Minute)
	if _, _, err := f.store.Unban(t.Context(), nil, 0, f.anna.ID); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(cookie)); got != "" {
		t.Errorf("got %q, want nobody: who was banned was not active", got)
	}
}

func TestLogInOnTheDeviceOfABannedUserStartsANewSession(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie := f.logIn()
	if _, _, _, err := f.store.Ban(t.Context(), nil, chat.NewBan{User: f.anna.ID, By: f.bert.ID, At: f.clock.Now()}); err != nil {
		t.Fatal(err)
	}
	next, _ := f.start(request(cookie), f.bert, false)
	if next == nil || next.Value == cookie {
		t.Fatalf("got %v, want a new cookie", next)
	}
	if got := f.who(request(next.Value)); got != "bert" {
		t.Errorf("got %q, want bert", got)
	}
	if _, _, err := f.store.Unban(t.Context(), nil, 0, f.anna.ID); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(cookie)); got != "" {
		t.Errorf("the cookie from before: got %q, want nobody", got)
	}
}
