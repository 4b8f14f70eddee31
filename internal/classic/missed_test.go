package classic_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
)

// miss makes the broker lose the events of happens, and report the loss afterwards.
func (s *server) miss(topics []chat.Topic, happens func()) {
	s.t.Helper()
	s.broker.lose(true)
	happens()
	s.broker.lose(false)
	for _, topic := range topics {
		if err := s.broker.Publish(s.t.Context(), chat.Missed{Of: topic}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// soon makes the server compare streams with the store at once.
func soon(o *gateway.Options) { o.CatchUpWithin, o.HoleRetry = time.Millisecond, time.Millisecond }

func TestClassicSocketsAreDisconnectedIfTheSessionsEndWasMissed(t *testing.T) {
	s := newServerOn(t, chat.Policy{}, soon)
	ann, token := s.user("ann")
	gone := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	there := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	s.miss([]chat.Topic{{User: ann.ID}}, func() { s.logOut(token) })
	gone.wantCut()
	there.do("", "SEND_MESSAGE", "still here")
}

func TestClassicSocketsAreDisconnectedIfTheSessionsEndWasNotPublished(t *testing.T) {
	s := newServer(t, chat.Policy{}, func(o *classic.Options) { o.TouchInterval = time.Millisecond })
	ann, token := s.user("ann")
	gone := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
	there := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	s.broker.lose(true) // and does not report it: its node has died
	s.logOut(token)
	s.broker.lose(false)
	gone.wantCut()
	there.do("", "SEND_MESSAGE", "still here")
}

func TestRoomLeftDuringAnOutageIsUnsubscribed(t *testing.T) {
	s := newServerOn(t, chat.Policy{}, soon)
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
	s.miss([]chat.Topic{{Room: den}}, func() {
		if err := s.chat.Rooms.Unsubscribe(t.Context(), bob, den); err != nil {
			t.Fatal(err)
		}
	})
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "still here", "room": "den"})
}

func TestAMessageIsNotShownAgainWhenAMissedReactionIsCaughtUp(t *testing.T) {
	s := newServerOn(t, chat.Policy{}, soon)
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
	say := func(body string) {
		t.Helper()
		if _, _, err := s.chat.Messages.Send(t.Context(), bob, chat.SendInput{Room: den, ClientID: uuid.NewString(), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	say("one")
	if got := await[seen](a, "updateChat").Body; got != "one" {
		t.Fatalf("got %q, want one", got)
	}
	page, err := s.chat.Messages.Page(t.Context(), bob, den, chat.MessagePage{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.miss([]chat.Topic{{Room: den}}, func() {
		if _, err := s.chat.Messages.React(t.Context(), bob, den, page.Messages[0].Seq, "👍", true); err != nil {
			t.Fatal(err)
		}
		say("two")
	})
	say("three")
	for _, want := range []string{"two", "three"} {
		if got := await[seen](a, "updateChat").Body; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
