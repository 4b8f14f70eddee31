package classic_test

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// awayAuth cannot tell whose sessions are whose, for a number of times.
type awayAuth struct {
	classic.Authenticator
	failures atomic.Int64
}

func (a *awayAuth) Identify(ctx context.Context, session string) (chat.Identity, error) {
	if a.failures.Add(-1) >= 0 {
		return chat.Identity{}, chat.Errorf(chat.CodeUnavailable, "The sessions are away.")
	}
	return a.Authenticator.Identify(ctx, session)
}

// miss lets the broker lose what happens, and say so afterwards.
func (s *server) miss(user chat.UserID, happens func()) {
	s.t.Helper()
	s.broker.lose(true)
	happens()
	s.broker.lose(false)
	if err := s.broker.Publish(s.t.Context(), chat.Missed{Of: chat.Topic{User: user}}); err != nil {
		s.t.Fatal(err)
	}
}

func TestClassicSocketsOfASessionThatEndedUnheardAreCut(t *testing.T) {
	auth := &awayAuth{}
	s := newServer(t, chat.Policy{}, func(o *classic.Options) {
		auth.Authenticator, o.Auth = o.Auth, auth
		o.CatchUpWithin, o.CatchUpRetry = time.Millisecond, time.Millisecond
	})
	ann, token := s.user("ann")
	gone := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	there := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	auth.failures.Store(3) // which cuts nobody
	s.miss(ann.ID, func() { s.logOut(token) })
	gone.wantCut()
	there.do("", "SEND_MESSAGE", "still here")
}

func TestClassicSocketsOfASessionWhoseEndNobodyToldAreCut(t *testing.T) {
	s := newServer(t, chat.Policy{}, func(o *classic.Options) { o.TouchInterval = time.Millisecond })
	ann, token := s.user("ann")
	gone := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	there := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	s.broker.lose(true) // and says nothing of it: its node has died in between
	s.logOut(token)
	s.broker.lose(false)
	gone.wantCut()
	there.do("", "SEND_MESSAGE", "still here")
}

func TestARoomLeftUnheardIsNotHeardAnyMore(t *testing.T) {
	s := newServer(t, chat.Policy{}, func(o *classic.Options) { o.CatchUpWithin = time.Millisecond })
	a, _ := s.member("ann")
	b, bob := s.member("bob")
	for _, c := range []*socket{a, b} {
		c.do("", "userJoin", map[string]any{"room": "den"})
		await[[]seen](c, "msgHistory")
	}
	den, err := s.chat.Classic.Find(t.Context(), bob, "den")
	if err != nil {
		t.Fatal(err)
	}
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann", "bob"}) {
	}
	s.miss(bob.ID, func() {
		if err := s.chat.Rooms.Unsubscribe(t.Context(), bob, den); err != nil {
			t.Fatal(err)
		}
	})
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "still here", "room": "den"})
}
