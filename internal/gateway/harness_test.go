package gateway_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/gateway"
	"partychat/internal/sioclient"
	"partychat/internal/store/sqlite"
	"partychat/internal/store/sqlitetest"
	"partychat/internal/wire"
	"partychat/socketio"
)

func TestMain(m *testing.M) {
	// The session library starts one goroutine for as long as the program runs,
	// for a store of its own that is not used.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

const password = "correct horse"

// server is a node on real parts, without the HTTP API.
type server struct {
	t        *testing.T
	url      string
	store    *sqlite.Store
	broker   *tamper
	sessions *auth.Sessions
	chat     *chat.Chat
	gateway  *gateway.Gateway
}

func newServer(t *testing.T, change ...func(*gateway.Options)) *server {
	t.Helper()
	return newServerOn(t, chat.Deps{}, change...)
}

// newServerOn is newServer with services that are given something of their own.
func newServerOn(t *testing.T, deps chat.Deps, change ...func(*gateway.Options)) *server {
	t.Helper()
	return newNode(t, newStore(t), deps, change...)
}

func newStore(t *testing.T) *sqlite.Store {
	t.Helper()
	return sqlitetest.Open(t)
}

// newNode is one of the nodes that share a store.
func newNode(t *testing.T, store *sqlite.Store, deps chat.Deps, change ...func(*gateway.Options)) *server {
	t.Helper()
	s := &server{t: t, store: store, broker: &tamper{
		Broker: local.New(), held: make(map[chat.Topic]int), handled: make(chan chat.Event, 100),
	}}
	s.sessions = auth.NewSessions(store, store, s.broker, auth.SessionOptions{})
	deps.Store, deps.Broker, deps.Fold = store, s.broker, auth.FoldName
	if deps.Presence == nil {
		deps.Presence = local.NewPresence()
	}
	deps.Hasher = auth.NewArgon2(auth.Argon2Options{MemoryKiB: 64, Passes: 1})
	s.chat = chat.New(deps)
	sockets := socketio.NewServer(socketio.Options{AllowEIO3: true})
	options := gateway.Options{Server: sockets, Chat: s.chat, Store: store, Broker: s.broker, Auth: s.sessions}
	for _, f := range change {
		f(&options)
	}
	s.gateway = gateway.New(options)
	web := httptest.NewServer(sockets)
	s.url = web.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sockets.Shutdown(ctx); err != nil {
			t.Errorf("sockets: %v", err)
		}
		web.Close()
		s.gateway.Close()
		if err := s.broker.Close(); err != nil {
			t.Errorf("broker: %v", err)
		}
	})
	return s
}

// run lets the gateway do what it does from time to time until the test ends.
func (s *server) run() {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		s.gateway.Run(ctx)
		close(done)
	}()
	s.t.Cleanup(func() {
		stop()
		<-done
	})
}

// tamper is the broker, with which a test may meddle as a network would.
type tamper struct {
	chat.Broker
	mu         sync.Mutex
	held       map[chat.Topic]int // subscriptions
	publishing func(event chat.Event, publish func(chat.Event) error) error
	entering   func(topic chat.Topic) error
	deaf       bool
	handled    chan chat.Event
}

// meddle lets with decide what becomes of each event.
func (b *tamper) meddle(with func(event chat.Event, publish func(chat.Event) error) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.publishing = with
}

// cutOff drops every event, of which the broker knows.
func (b *tamper) cutOff() {
	b.loseAll()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deaf = true
}

func (b *tamper) Hears() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.deaf
}

// before runs a function before each subscription, which fails if it does.
func (b *tamper) before(entering func(topic chat.Topic) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.entering = entering
}

func (b *tamper) Publish(ctx context.Context, event chat.Event) error {
	b.mu.Lock()
	with := b.publishing
	b.mu.Unlock()
	publish := func(e chat.Event) error { return b.Broker.Publish(ctx, e) }
	if with != nil {
		return with(event, publish)
	}
	return publish(event)
}

func (b *tamper) Subscribe(ctx context.Context, topic chat.Topic) error {
	b.mu.Lock()
	entering := b.entering
	b.mu.Unlock()
	if entering != nil {
		if err := entering(topic); err != nil {
			return err
		}
	}
	err := b.Broker.Subscribe(ctx, topic)
	if err == nil {
		b.hold(topic, 1)
	}
	return err
}

func (b *tamper) Unsubscribe(topic chat.Topic) {
	b.hold(topic, -1)
	b.Broker.Unsubscribe(topic)
}

// hears tells whether somebody is subscribed to the topic.
func (b *tamper) hears(topic chat.Topic) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.held[topic] > 0
}

func (b *tamper) hold(topic chat.Topic, more int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.held[topic] += more; b.held[topic] == 0 {
		delete(b.held, topic)
	}
}

// holds gives the number of topics that are subscribed to.
func (b *tamper) holds() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.held)
}

// Handle lets a test wait for an event to have been handled.
func (b *tamper) Handle(handler func(chat.Event)) {
	b.Broker.Handle(func(e chat.Event) {
		handler(e)
		select {
		case b.handled <- e:
		default:
		}
	})
}

// person is a user with one session.
type person struct {
	chat.User
	s     *server
	token string
}

func (s *server) signUp(name string) *person {
	s.t.Helper()
	user, err := s.chat.Users.SignUp(s.t.Context(), chat.SignUpInput{Username: name, Password: password, Local: true})
	if err != nil {
		s.t.Fatalf("signing %s up: %v", name, err)
	}
	p := &person{User: user, s: s}
	p.token = s.logIn(user)
	return p
}

// logIn begins one more session.
func (s *server) logIn(user chat.User) (token string) {
	s.t.Helper()
	token, err := s.sessions.Start(s.t.Context(), user, chat.SessionStart{Token: true})
	if err != nil {
		s.t.Fatalf("session of %s: %v", user.Username, err)
	}
	return token
}

// logOut ends a session as the HTTP API does.
func (s *server) logOut(token string) {
	s.t.Helper()
	request := httptest.NewRequest(http.MethodDelete, "/api/v1/session", nil)
	request.Header.Set("Authorization", "Bearer "+token)
	s.sessions.Load(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := s.sessions.End(r.Context()); err != nil {
			s.t.Errorf("log-out: %v", err)
		}
	})).ServeHTTP(httptest.NewRecorder(), request)
}

// tab is one connected socket, past its ready.
type tab struct {
	*sioclient.Client
	t     *testing.T
	ready wire.Ready
}

// connect opens a socket and takes its first event, which must be ready.
func (p *person) connect() *tab { return p.s.connect(p.token, false) }

func (s *server) connect(token string, polling bool) *tab {
	s.t.Helper()
	client, err := sioclient.Dial(s.url, sioclient.Options{
		Polling: polling, Auth: map[string]any{"protocol": 1, "token": token},
	})
	if err != nil {
		s.t.Fatalf("connecting: %v", err)
	}
	s.t.Cleanup(client.Close)
	c := &tab{Client: client, t: s.t}
	first, err := client.Next()
	if err != nil || first.Name != "ready" {
		s.t.Fatalf("first event: got %q, %v, want ready", first.Name, err)
	}
	decode(s.t, first.Args[0], &c.ready)
	return c
}

// answer is any acknowledgement.
type answer struct {
	OK      bool
	Error   wire.ErrorInfo
	Message wire.Message
	Room    wire.Room `json:"room"`
	ReadSeq int64
	wire.Changes
}

func (c *tab) do(command string, args ...any) (a answer) {
	c.t.Helper()
	raw, err := c.Command(command, args...)
	if err != nil {
		c.t.Fatalf("%s: %v", command, err)
	}
	decode(c.t, raw, &a)
	return a
}

// send sends a text with a clientId of its own.
func (c *tab) send(room chat.RoomID, body string) wire.Message {
	c.t.Helper()
	a := c.do("message:send", wire.SendCommand{Room: room, ClientID: uuid.NewString(), Body: body})
	if !a.OK {
		c.t.Fatalf("message:send: %+v", a.Error)
	}
	return a.Message
}

// same compares messages.
func same(a, b wire.Message) bool { return reflect.DeepEqual(a, b) }

// message awaits the next message:put of what a person has written.
func (c *tab) message() wire.Message {
	c.t.Helper()
	for {
		var e wire.MessagePut
		c.await("message:put", &e)
		if e.Message.Kind != chat.MessageNotice {
			return e.Message
		}
	}
}

func (c *tab) await(event string, into any) {
	c.t.Helper()
	raw, err := c.Await(event)
	if err != nil {
		c.t.Fatal(err)
	}
	decode(c.t, raw, into)
}

// settled makes sure that everything sent to the tab so far has come, by an
// exchange that travels behind it.
func (c *tab) settled() *tab {
	c.t.Helper()
	c.do("room:unwatch", wire.RoomCommand{Room: chat.MainRoom})
	return c
}

func decode(t *testing.T, raw json.RawMessage, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("decoding %s: %v", raw, err)
	}
}

// room makes a room that the person is in.
func (p *person) room(name string, kind chat.RoomKind) chat.RoomID {
	p.s.t.Helper()
	sub, err := p.s.chat.Rooms.Create(p.s.t.Context(), p.User, chat.NewRoomInput{Name: name, Kind: kind})
	if err != nil {
		p.s.t.Fatalf("making room %s: %v", name, err)
	}
	return sub.ID
}

func (p *person) subscribe(room chat.RoomID) {
	p.s.t.Helper()
	if _, _, err := p.s.chat.Rooms.Subscribe(p.s.t.Context(), p.User, room); err != nil {
		p.s.t.Fatalf("%s subscribing: %v", p.Username, err)
	}
}

func (p *person) unsubscribe(room chat.RoomID) {
	p.s.t.Helper()
	if err := p.s.chat.Rooms.Unsubscribe(p.s.t.Context(), p.User, room); err != nil {
		p.s.t.Fatalf("%s unsubscribing: %v", p.Username, err)
	}
}
