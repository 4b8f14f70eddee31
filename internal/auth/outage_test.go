package auth

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestNobodyIsLoggedOutWhileTheStoreIsDown(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: 10 * time.Minute})
	open, closed := f.logIn(), f.logIn() // with and without a live socket
	ids := []string{f.sessionID(open)}
	f.clock.advance(time.Minute)
	f.store.down = true
	for range 20 { // twice the idle timeout
		if _, err := f.Touch(t.Context(), ids); chat.CodeOf(err) != chat.CodeUnavailable {
			t.Fatalf("Touch: got %v, want unavailable", err)
		}
		f.clock.advance(time.Minute)
	}
	if err := f.Sweep(t.Context()); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Sweep: got %v, want unavailable", err)
	}
	f.store.down = false
	if err := f.Sweep(t.Context()); err != nil || len(f.broker.events) != 0 {
		t.Errorf("the first sweep afterwards: got %v, %+v; want it to wait for Touch", err, f.broker.events)
	}
	if _, err := f.Touch(t.Context(), ids); err != nil {
		t.Errorf("Touch: %v", err)
	}
	f.clock.advance(time.Minute)
	if err := f.Sweep(t.Context()); err != nil || len(f.broker.events) != 1 {
		t.Errorf("the second: got %v, %+v; want the one session that nobody used gone", err, f.broker.events)
	}
	if f.who(request(open)) != "anna" || f.who(request(closed)) != "" {
		t.Error("want the session with a socket alive, and the other one over")
	}
}

func TestAnOldOutageExcusesNothing(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: 10 * time.Minute})
	f.store.down = true
	if _, err := f.Touch(t.Context(), []string{"any"}); err == nil {
		t.Fatal("want an error")
	}
	f.store.down = false
	token := f.logIn()
	ids := []string{f.sessionID(token)}
	f.clock.advance(11 * time.Minute)
	if _, err := f.Touch(t.Context(), ids); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(token)); got != "" {
		t.Errorf("the session is %q's, want it to stay over", got)
	}
}
