package classic_test

import (
	"net/http"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/sioclient"
)

func TestA7_ExpiredSessionDisconnectsItsClassicSockets(t *testing.T) {
	s := newServer(t, chat.Policy{})
	_, idle := s.user("ann")
	_, busy := s.user("bob")
	first := s.dial(sioclient.Options{Header: cookie(idle)}).greeted()
	second := s.dial(sioclient.Options{Header: cookie(idle)}).greeted()
	other := s.dial(sioclient.Options{Header: cookie(busy)}).greeted()
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

	s.refuses(sioclient.Options{Header: cookie(idle)}, chat.CodeUnauthenticated)
}
