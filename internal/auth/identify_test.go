package auth

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestSessionIsIdentifiedByItsIDUntilItEnds(t *testing.T) {
	f := newFixture(t, SessionOptions{IdleTimeout: time.Hour})
	id := f.sessionID(f.logIn())
	if got, err := f.Identify(t.Context(), id); err != nil || got != (chat.Identity{User: f.anna, Session: id}) {
		t.Errorf("got %+v, %v, want anna by her session", got, err)
	}
	f.store.down = true
	if _, err := f.Identify(t.Context(), id); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("while the store is away: got %v, want unavailable, not that the session is over", err)
	}
	f.store.down = false
	f.clock.advance(59 * time.Minute)
	if _, err := f.Identify(t.Context(), id); err != nil {
		t.Errorf("just before its end: got %v", err)
	}
	f.clock.advance(time.Minute)
	for _, session := range []string{id, "never there"} {
		if _, err := f.Identify(t.Context(), session); chat.CodeOf(err) != chat.CodeUnauthenticated {
			t.Errorf("session %q: got %v, want unauthenticated; looking is no activity", session, err)
		}
	}
}
