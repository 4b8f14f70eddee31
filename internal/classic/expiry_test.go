package classic_test

import (
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gateway/sockettest"
)

func TestA7_ASessionThatHasIdledAwayCutsItsClassicSockets(t *testing.T) {
	s := newServer(t, chat.Policy{})
	_, idle := s.user("ann")
	_, busy := s.user("bob")
	first := s.dial(sockettest.Options{Header: cookie(idle)}).greeted()
	second := s.dial(sockettest.Options{Header: cookie(idle)}).greeted()
	other := s.dial(sockettest.Options{Header: cookie(busy)}).greeted()
	second.do("", "userJoin", map[string]any{"room": "den"})
	identity, err := s.sessions.Authenticate(t.Context(), http.Header(cookie(busy)), "")
	if err != nil {
		t.Fatal(err)
	}

	s.ahead.Store(int64(20 * time.Minute))
	if _, err := s.sessions.Touch(t.Context(), []string{identity.Session}); err != nil {
		t.Fatal(err)
	}
	if err := s.sessions.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	first.do("", "SEND_MESSAGE", "still here after twenty minutes")

	s.ahead.Store(int64(31 * time.Minute))
	if err := s.sessions.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	first.wantCut()
	second.wantCut()
	other.do("", "SEND_MESSAGE", "I was busy")

	// The cookie opens nothing any more: without names, its socket is told nothing.
	again := s.dial(sockettest.Options{Header: cookie(idle)})
	if err := again.Emit("SEND_MESSAGE", "me too"); err != nil {
		t.Fatal(err)
	}
	if _, err := again.Command("message:send", map[string]any{}); err != nil { // which comes after it
		t.Fatal(err)
	}
	if pending := again.Pending(); len(pending) != 0 {
		t.Errorf("after the session: was told %v, want nothing", pending)
	}
}
