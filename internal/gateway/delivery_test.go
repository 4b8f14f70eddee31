package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/wire"
)

// chooses gives a meddler that decides by the seq of each message.
func chooses(decide func(seq int64, publish func()) error) func(chat.Event, func(chat.Event) error) error {
	return func(event chat.Event, publish func(chat.Event) error) error {
		put, ok := event.(chat.MessagePut)
		if !ok {
			return publish(event)
		}
		var failed error
		err := decide(put.Message.Seq, func() { failed = publish(event) })
		if err == nil {
			err = failed
		}
		return err
	}
}

// inOrder expects the bodies 1 to n, once each, and nothing else.
func (c *tab) inOrder(n int) {
	c.t.Helper()
	for i := 1; i <= n; i++ {
		if got := c.message(); got.Seq != int64(i) || got.Body != fmt.Sprint(i) {
			c.t.Fatalf("message %d: got seq %d with %q", i, got.Seq, got.Body)
		}
	}
	for _, e := range c.settled().Pending() {
		if e.Name == "message:put" {
			c.t.Errorf("one too many: %s", e.Args[0])
		}
	}
}

func TestD3_MessagesAreDeliveredInOrderWhateverTheBrokerDoes(t *testing.T) {
	tests := []struct {
		name   string
		meddle func() func(seq int64, publish func()) error
	}{
		{"nothing special", func() func(int64, func()) error {
			return func(_ int64, publish func()) error { publish(); return nil }
		}},
		{"everything doubled", func() func(int64, func()) error {
			return func(_ int64, publish func()) error { publish(); publish(); return nil }
		}},
		{"neighbours swapped", func() func(int64, func()) error {
			var held func()
			return func(seq int64, publish func()) error {
				if seq%2 == 1 {
					held = publish
					return nil
				}
				publish()
				held()
				return nil
			}
		}},
		{"every third lost", func() func(int64, func()) error {
			return func(seq int64, publish func()) error {
				if seq%3 != 1 {
					publish()
				}
				return nil
			}
		}},
		{"all but the last lost", func() func(int64, func()) error {
			return func(seq int64, publish func()) error {
				if seq == 12 {
					publish()
				}
				return nil
			}
		}},
		{"the broker fails now and then", func() func(int64, func()) error {
			return func(seq int64, publish func()) error {
				if seq%4 == 1 {
					return fmt.Errorf("broker is away")
				}
				publish()
				return nil
			}
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, func(o *gateway.Options) { o.HoleGrace = 5 * time.Millisecond })
			s.broker.meddle(chooses(test.meddle()))
			ada, bob := s.signUp("ada"), s.signUp("bob")
			sender, reader := ada.connect(), bob.connect()
			for i := 1; i <= 12; i++ {
				sender.send(chat.MainRoom, fmt.Sprint(i))
			}
			reader.inOrder(12)
			sender.inOrder(12)
		})
	}
}

func TestAHoleIsFilledWhenTheStoreIsBack(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) {
		o.HoleGrace, o.HoleRetry = 5*time.Millisecond, 5*time.Millisecond
		o.Store = &failingStore{Store: o.Store, failures: 3}
	})
	s.broker.meddle(chooses(func(seq int64, publish func()) error {
		if seq > 1 {
			publish()
		}
		return nil
	}))
	c := s.signUp("ada").connect()
	for i := 1; i <= 3; i++ {
		c.send(chat.MainRoom, fmt.Sprint(i))
	}
	c.inOrder(3)
}

func TestALostLastMessageIsFoundWhenSomebodyConnects(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.HoleGrace = 5 * time.Millisecond })
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender := ada.connect()
	s.broker.meddle(chooses(func(int64, func()) error { return nil }))
	sent := sender.send(chat.MainRoom, "1")
	later := bob.connect()
	if rev := later.ready.Subscriptions[0].Rev; rev != sent.Rev {
		t.Errorf("the head in ready: got rev %d, want %d", rev, sent.Rev)
	}
	sender.inOrder(1)
}

// The window in which chats lose messages: between the list of rooms and the
// subscription to them.
func TestALostLastMessageIsFoundByTheTimer(t *testing.T) {
	s := newServer(t, func(o *gateway.Options) { o.HeadsInterval = 20 * time.Millisecond })
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sender, reader := ada.connect(), bob.connect()
	s.broker.meddle(chooses(func(seq int64, publish func()) error {
		if seq == 1 {
			publish()
		}
		return nil
	}))
	for i := 1; i <= 3; i++ {
		sender.send(chat.MainRoom, fmt.Sprint(i))
	}
	s.broker.meddle(nil)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { s.gateway.Run(ctx) })
	defer running.Wait()
	defer stop()
	reader.inOrder(3)
	sender.inOrder(3)
}

func TestD3_NothingFallsBetweenReadyAndTheFirstLiveEvent(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	stop, last := make(chan struct{}), make(chan int64)
	go func() { // several at a time, as fast as they are stored
		var work sync.WaitGroup
		var highest atomic.Int64
		for range 4 {
			work.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					m, _, err := s.chat.Messages.Send(t.Context(), ada.User,
						chat.SendInput{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: "…"})
					if err != nil {
						t.Errorf("sending: %v", err)
						return
					}
					for h := highest.Load(); m.Rev > h && !highest.CompareAndSwap(h, m.Rev); h = highest.Load() {
					}
				}
			})
		}
		work.Wait()
		last <- highest.Load()
	}()
	var readers []*tab
	for i := range 12 {
		readers = append(readers, s.connect(bob.token, i%3 == 0))
	}
	close(stop)
	end := <-last
	if end == 0 {
		t.Fatal("nothing was sent")
	}
	for i, c := range readers {
		// By the rules of docs/PROTOCOL.md, section 5, and without a single hole.
		for known := c.ready.Subscriptions[0].Rev; known < end; {
			m := c.message()
			if m.Rev > known+1 {
				t.Fatalf("reader %d: rev %d follows %d", i, m.Rev, known)
			}
			known = max(known, m.Rev)
		}
	}
}

func TestWhatHappensWhileReadyIsComposedFollowsIt(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	rooms := []chat.RoomID{chat.MainRoom, ada.room("zoo", chat.RoomPublic)}
	news, heard := "news", 0
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room == 0 {
			return nil
		}
		if heard++; heard < len(rooms) {
			return nil
		}
		// All rooms but this one are being heard; which one comes first is not said.
		for _, room := range rooms {
			if room != topic.Room {
				if _, err := s.chat.Rooms.Change(t.Context(), ada.User, room, nil, &news); err != nil {
					return err
				}
			}
		}
		<-s.broker.handled
		return nil
	})
	c := ada.connect() // its first event is ready
	var changed wire.RoomChanged
	c.await("room:changed", &changed)
	if changed.Room.Topic != "news" {
		t.Errorf("got %+v, want the news", changed.Room)
	}
}

func TestD3_ReadyKnowsWhatCommitsBeforeARoomIsHeard(t *testing.T) {
	s := newServer(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	sent := false
	s.broker.before(func(topic chat.Topic) error {
		if topic.Room == 0 || sent {
			return nil
		}
		sent = true // after the list was read, before the room is heard
		_, _, err := s.chat.Messages.Send(t.Context(), bob.User, chat.SendInput{Room: topic.Room, ClientID: uuid.NewString(), Body: "now"})
		return err
	})
	c := ada.connect()
	if head := c.ready.Subscriptions[0]; head.Last == nil || head.Last.Body != "now" || head.Rev != head.Last.Rev {
		t.Errorf("ready: got rev %d, last %+v, want the message", head.Rev, head.Last)
	}
}

func TestASocketThatCannotBeServedIsCutSoThatItComesBack(t *testing.T) {
	tests := []struct {
		name  string
		fails func(chat.Topic) bool
	}{
		{"the user's topic cannot be heard", func(topic chat.Topic) bool { return topic.User != 0 }},
		{"a room cannot be heard", func(topic chat.Topic) bool { return topic.Room != 0 }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			ada := s.signUp("ada")
			s.broker.before(func(topic chat.Topic) error {
				if test.fails(topic) {
					return errors.New("broker is away")
				}
				return nil
			})
			c, err := sioclient.Dial(s.url, sioclient.Options{Auth: map[string]any{"protocol": 1, "token": ada.token}})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if told, err := c.AwaitClose(); err != nil || told {
				t.Errorf("told not to come back: %t, %v, want false", told, err)
			}
			s.broker.before(nil)
			ada.connect()
		})
	}
}

func TestRoomsThatAppearWhileASocketConnectsAreHeard(t *testing.T) {
	s := newServer(t)
	ada := s.signUp("ada")
	const rooms = 20
	made := make(chan chat.RoomID, rooms)
	go func() {
		defer close(made)
		for i := range rooms {
			sub, err := s.chat.Rooms.Create(t.Context(), ada.User, chat.NewRoomInput{Name: fmt.Sprintf("room %d", i)})
			if err != nil {
				t.Errorf("making room %d: %v", i, err)
				return
			}
			made <- sub.ID
		}
	}()
	var tabs []*tab
	for range 5 {
		tabs = append(tabs, ada.connect())
	}
	for room := range made {
		for _, c := range tabs {
			c.settled()
		}
		if _, _, err := s.chat.Messages.Send(t.Context(), ada.User, chat.SendInput{Room: room, ClientID: uuid.NewString(), Body: "hello"}); err != nil {
			t.Fatal(err)
		}
		for i, c := range tabs {
			if got := c.message().Room; got != room {
				t.Errorf("tab %d: got a message of room %d, want %d", i, got, room)
			}
		}
	}
}

func TestLiveSocketsKeepTheirSessionsAlive(t *testing.T) {
	touched := make(chan []string, 10)
	s := newServer(t, func(o *gateway.Options) {
		o.TouchInterval = 5 * time.Millisecond
		o.Auth = countingAuth{o.Auth, touched}
	})
	ada, bob := s.signUp("ada"), s.signUp("bob")
	for _, token := range []string{ada.token, ada.token, bob.token} {
		s.connect(token, false)
	}
	s.run()
	if got := len(<-touched); got != 2 {
		t.Errorf("touched %d sessions, want 2: three sockets share them", got)
	}
}
