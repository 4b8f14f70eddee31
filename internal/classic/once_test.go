package classic_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/sioclient"
)

// gate is Streams that can hold back deliveries, and that call a function when a room is first
// subscribed.
type gate struct {
	classic.Streams
	handle func(chat.Revised)
	heard  func(chat.RoomID) // called after a room is subscribed

	mu     sync.Mutex
	closed bool
	held   []chat.Revised
}

func (g *gate) Handle(handler func(chat.Revised)) {
	g.handle = handler
	g.Streams.Handle(func(e chat.Revised) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.closed {
			g.held = append(g.held, e)
			return
		}
		handler(e)
	})
}

func (g *gate) FollowRoomFromHead(ctx context.Context, room chat.RoomID) error {
	err := g.Streams.FollowRoomFromHead(ctx, room)
	if err == nil && g.heard != nil {
		g.heard(room)
	}
	return err
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
	for _, m := range g.held {
		g.handle(m)
	}
	g.held = nil
}

// gated returns a server whose messages pass through the gate.
func gated(t *testing.T) (*server, *gate) {
	t.Helper()
	g := &gate{}
	s := newServer(t, chat.Policy{}, func(o *classic.Options) {
		g.Streams, o.Streams = o.Streams, g
	})
	return s, g
}

func (s *server) say(user chat.User, room chat.RoomID, body string) {
	s.t.Helper()
	if _, _, err := s.chat.Messages.Send(s.t.Context(), user, chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: body}); err != nil {
		s.t.Error(err)
	}
}

// wantHeard expects these bodies with the event, and no others in between.
func (c *socket) wantHeard(event string, want ...string) {
	c.t.Helper()
	for _, body := range want {
		if got := await[seen](c, event); got.Body != body {
			c.t.Errorf("%s: got %q, want %q", event, got.Body, body)
		}
	}
}

// entrance is how a client of one of the protocols enters a room, and what it receives there.
type entrance struct {
	name, enter, history, live string
	argument                   any
	room                       func(ctx context.Context, s *server, by chat.User) (chat.Subscription, error)
}

// entrances for ann, into the room where bob is.
var entrances = []entrance{
	{
		"rooms", "userJoin", "msgHistory", "updateChat",
		map[string]any{"room": "den"},
		func(ctx context.Context, s *server, by chat.User) (chat.Subscription, error) {
			return s.chat.Classic.Join(ctx, by, "den")
		},
	},
	{
		"one-to-one", "chatHistory", "chatHistory", "chatMessage", "bob",
		func(ctx context.Context, s *server, by chat.User) (chat.Subscription, error) {
			return s.chat.Classic.Converse(ctx, by, s.called("ann").ID)
		},
	},
}

func TestMessagesInTheHistoryAreNotSentAgain(t *testing.T) {
	for _, e := range entrances {
		t.Run(e.name, func(t *testing.T) {
			s, g := gated(t)
			ann, token := s.user("ann")
			bob, _ := s.user("bob")
			room, err := e.room(t.Context(), s, bob)
			if err != nil {
				t.Fatal(err)
			}
			there := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
			there.do("", e.enter, e.argument)
			await[[]seen](there, e.history)

			g.close()
			s.say(bob, room.ID, "on its way")
			late := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
			late.do("", e.enter, e.argument)
			if got := bodies(await[[]seen](late, e.history)); !slices.Equal(got, []string{"on its way"}) {
				t.Errorf("history: got %v, want what is stored", got)
			}
			g.open()
			s.say(bob, room.ID, "new")
			late.wantHeard(e.live, "new")
			there.wantHeard(e.live, "on its way", "new")

			late.do("", e.enter, e.argument) // once more: the list begins anew in rooms, and goes back one-to-one
			s.say(bob, room.ID, "newer")
			late.wantHeard(e.live, "newer")
		})
	}
}

func TestJoiningDuringMessagesMissesNoneAndRepeatsNone(t *testing.T) {
	const messages = 40 // fits into the history of a room
	for _, e := range entrances {
		t.Run(e.name, func(t *testing.T) {
			s, g := gated(t)
			_, token := s.user("ann")
			bob, _ := s.user("bob")
			room, err := e.room(t.Context(), s, bob)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for n := range messages {
				want = append(want, fmt.Sprintf("number %d", n))
			}
			var writing sync.WaitGroup
			begun := make(chan struct{})
			g.heard = func(id chat.RoomID) {
				if id == room.ID {
					<-begun // some messages are stored, some are being sent
				}
			}
			writing.Go(func() {
				for n, body := range want {
					if n == messages/4 {
						close(begun)
					}
					s.say(bob, room.ID, body)
				}
			})
			c := s.dial(sioclient.Options{Header: cookie(token)}).greeted()
			c.do("", e.enter, e.argument)
			got := bodies(await[[]seen](c, e.history))
			for len(got) == 0 || got[len(got)-1] != want[messages-1] {
				got = append(got, await[seen](c, e.live).Body)
			}
			writing.Wait()
			since := max(0, messages-len(got)) // a history is limited
			if !slices.Equal(got, want[since:]) || e.live == "updateChat" && since > 0 {
				t.Errorf("history and what came after it: got %v, want each once, in order", got)
			}
			s.say(bob, room.ID, "last")
			c.wantHeard(e.live, "last")
		})
	}
}
