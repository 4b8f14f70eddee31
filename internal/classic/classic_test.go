package classic_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"partychat/engineio"
	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/classic"
	"partychat/internal/gateway"
	"partychat/internal/naming"
	"partychat/internal/sioclient"
	"partychat/internal/store/sqlitetest"
	"partychat/internal/wire"
	"partychat/socketio"
)

func TestMain(m *testing.M) {
	// The session library starts one goroutine that never ends, for a store of its own that is not
	// used.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup"))
}

// shared is a broker for both the gateway and the classic events.
type shared struct {
	chat.Broker
	handlers []func(chat.Event)

	mu    sync.Mutex
	late  int          // how many messages to hold back and deliver in the wrong order
	held  []chat.Event // those messages
	lost  bool         // whether all events are lost
	own   bool         // whether SubscriptionGone events are lost
	body  string       // first is called before the message with this body
	first func()
	deaf  atomic.Bool // whether it reports that it receives nothing
}

func (b *shared) Hears() bool { return !b.deaf.Load() }

// lose makes the broker lose all events, or stop losing them.
func (b *shared) lose(all bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lost = all
}

// loseOwn makes the broker lose the events that notify users of rooms they have lost.
func (b *shared) loseOwn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.own = true
}

// before makes the broker call a function once, before it delivers a message with that body.
func (b *shared) before(body string, first func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.body, b.first = body, first
}

// due returns the function to call before the event is delivered.
func (b *shared) due(event chat.Event) func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	first := b.first
	if put, ok := event.(chat.MessagePut); first == nil || !ok || put.Message.Body != b.body {
		return func() {}
	}
	b.first = nil
	return first
}

func (b *shared) Publish(ctx context.Context, event chat.Event) error {
	b.due(event)()
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, own := event.(chat.SubscriptionGone); b.lost || own && b.own {
		return nil
	}
	if _, ok := event.(chat.MessagePut); !ok || b.late == 0 {
		return b.Broker.Publish(ctx, event)
	}
	if b.held = append(b.held, event); len(b.held) < b.late {
		return nil
	}
	held := b.held
	b.held = nil
	for _, event := range slices.Backward(held) {
		if err := b.Broker.Publish(ctx, event); err != nil {
			return err
		}
	}
	return nil
}

func (b *shared) Handle(handler func(chat.Event)) {
	b.handlers = append(b.handlers, handler)
	b.Broker.Handle(func(e chat.Event) {
		for _, handle := range b.handlers {
			handle(e)
		}
	})
}

type server struct {
	t        *testing.T
	url      string
	chat     *chat.Chat
	broker   *shared
	sessions *auth.Sessions
	ahead    atomic.Int64 // how far the sessions' clock is ahead of ours, as a duration
}

func (s *server) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// maxGuests is the limit of guests by name per network address in these tests.
const maxGuests = 8

// newServer serves both protocols; policy defines whether a name is sufficient. change may modify
// the options of the classic events.
func newServer(t *testing.T, policy chat.Policy, change ...func(*classic.Options)) *server {
	t.Helper()
	return newServerOn(t, policy, func(*gateway.Options) {}, change...)
}

// newServerOn is newServer with modified options of the gateway.
func newServerOn(t *testing.T, policy chat.Policy, below func(*gateway.Options), change ...func(*classic.Options)) *server {
	t.Helper()
	store := sqlitetest.Open(t)
	broker := &shared{Broker: local.New()}
	s := &server{t: t, broker: broker}
	s.sessions = auth.NewSessions(store, store, broker, auth.SessionOptions{Now: s.now})
	s.chat = chat.New(chat.Deps{
		Store: store, Broker: broker, Fold: auth.FoldName, Key: naming.SearchKey, Presence: local.NewPresence(), Policy: policy,
		Hasher: auth.NewArgon2(auth.Argon2Options{MemoryKiB: 64, Passes: 1}),
	})
	sockets := socketio.NewServer(socketio.Options{Engine: engineio.Options{
		MaxGuests: maxGuests,
		ClientAddress: func(r *http.Request) netip.Addr {
			address, _ := netip.ParseAddr(r.Header.Get("X-From"))
			return address
		},
	}})
	ground := gateway.Options{
		Server: sockets, Chat: s.chat, Store: store, Broker: broker, Auth: s.sessions,
		PresenceInterval: time.Millisecond, PresenceGrace: time.Nanosecond,
	}
	below(&ground)
	full := gateway.New(ground)
	options := classic.Options{
		Server: sockets, Chat: s.chat, Broker: broker, Auth: s.sessions, Streams: full.Streams(), Attend: full.Attend, OnlineInterval: time.Millisecond,
		GreetAfter: time.Millisecond,
	}
	for _, apply := range change {
		apply(&options)
	}
	small := classic.New(options)
	running, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() { full.Run(running) })
	work.Go(func() { small.Run(running) })
	web := httptest.NewServer(sockets)
	s.url = web.URL
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := sockets.Shutdown(ctx); err != nil {
			t.Errorf("sockets: %v", err)
		}
		web.Close()
		stop()
		work.Wait()
		small.Close()
		full.Close()
		if err := broker.Close(); err != nil {
			t.Errorf("broker: %v", err)
		}
		if err := store.Close(); err != nil {
			t.Errorf("store: %v", err)
		}
	})
	return s
}

// socket is a raw client that does not announce the full protocol.
type socket struct {
	*sioclient.Client
	t *testing.T
}

func (s *server) dial(o sioclient.Options) *socket {
	s.t.Helper()
	client, err := sioclient.Dial(s.url, o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(client.Close)
	return &socket{client, s.t}
}

// refuses checks that a socket is refused.
func (s *server) refuses(o sioclient.Options, want chat.Code) {
	s.t.Helper()
	client, err := sioclient.Dial(s.url, o)
	if err == nil {
		client.Close()
		s.t.Errorf("a socket was let in, want it refused as %s", want)
		return
	}
	var refused *sioclient.RefusedError
	var info wire.ErrorInfo
	if !errors.As(err, &refused) || json.Unmarshal(refused.Data, &info) != nil || info.Code != want {
		s.t.Errorf("got %v, want it refused as %s", err, want)
	}
}

// named connects with a name alone.
func (s *server) named(name string) *socket {
	s.t.Helper()
	return s.dial(sioclient.Options{Auth: map[string]any{"username": name}}).greeted()
}

// user signs up.
func (s *server) user(name string) (chat.User, string) {
	s.t.Helper()
	user, err := s.chat.Users.SignUp(s.t.Context(), chat.SignUpInput{Username: name, Password: "correct horse", Local: true})
	if err != nil {
		s.t.Fatal(err)
	}
	token, err := s.sessions.Start(s.t.Context(), user, chat.SessionStart{Token: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return user, token
}

// member connects with a session and the classic events.
func (s *server) member(name string) (*socket, chat.User) {
	s.t.Helper()
	user, token := s.user(name)
	return s.dial(sioclient.Options{Header: cookie(token)}).greeted(), user
}

// greeted consumes the greeting of a socket that has sent nothing. Sockets of known users also
// receive the list by id.
func (c *socket) greeted() *socket {
	c.t.Helper()
	for _, want := range []string{"message", "WELCOME_MESSAGE", "COUNT_UPDATED", "usernames", "updateUsers"} {
		event, err := c.Next()
		if err == nil && event.Name == "storeUsername" {
			event, err = c.Next()
		}
		if err != nil || event.Name != want {
			c.t.Fatalf("greeting: got %q, %v, want %s", event.Name, err, want)
		}
	}
	return c
}

func await[T any](c *socket, event string) (value T) {
	c.t.Helper()
	raw, err := c.Await(event)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &value); err != nil {
		c.t.Fatalf("%s %s: %v", event, raw, err)
	}
	return value
}

// do sends an event and expects success, or failure with the code. Dialects whose callback takes an
// error answer with its text, or nothing; classicError has the code.
func (c *socket) do(code chat.Code, event string, args ...any) {
	c.t.Helper()
	raw, err := c.Command(event, args...)
	if err != nil {
		c.t.Fatalf("%s: %v", event, err)
	}
	var answer struct {
		OK    bool
		Error wire.ErrorInfo
	}
	var sentence string
	switch {
	case raw == nil:
		answer.OK = true
	case json.Unmarshal(raw, &sentence) == nil:
		for answer.Error.Message != sentence {
			answer.Error = await[wire.ErrorInfo](c, "classicError")
		}
	default:
		err = json.Unmarshal(raw, &answer)
	}
	if err != nil || answer.Error.Code != code || answer.OK != (code == "") {
		c.t.Errorf("%s %v: got %s, %v, want the code %q", event, args, raw, err, code)
	}
}

// seen is a message as classic clients receive it.
type seen struct {
	Author, Username, Body, Message, Room string
	Time                                  int64 // in milliseconds
}

func bodies(list []seen) []string {
	out := []string{}
	for _, m := range list {
		out = append(out, m.Body)
	}
	return out
}

func TestF4_Lesson(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.dial(sioclient.Options{}).greeted(), s.dial(sioclient.Options{}).greeted()
	if err := a.Emit("SEND_MESSAGE", "hello"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*socket{a, b} {
		if got := await[string](c, "message"); got != "hello" {
			t.Errorf("got %q, want hello", got)
		}
	}
	if err := b.Emit("INCREMENT"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*socket{a, b} {
		if got := await[int](c, "COUNT_UPDATED"); got != 1 {
			t.Errorf("got %d, want 1", got)
		}
	}
	if err := a.Emit("COUNT_INCREMENTED"); err != nil {
		t.Fatal(err)
	}
	if got := await[int](b, "COUNT_UPDATED"); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
	newcomer := s.dial(sioclient.Options{})
	if got := await[int](newcomer, "COUNT_UPDATED"); got != 2 {
		t.Errorf("a newcomer: got %d, want 2", got)
	}
	// The same messages are in main.
	ann, token := s.user("ann")
	page, err := s.chat.Messages.Page(t.Context(), ann, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 || page.Messages[0].Author.Username != "guest" {
		t.Errorf("main: got %+v, %v, want what the guest has said", page, err)
	}
	full := s.dial(sioclient.Options{Auth: map[string]any{"protocol": 1, "token": token}})
	full.do("", "message:send", wire.SendCommand{Room: chat.MainRoom, ClientID: "00000000-0000-4000-8000-000000000001", Body: "from the web"})
	if got := await[string](b, "message"); got != "from the web" {
		t.Errorf("got %q, want what was written in the web client", got)
	}
	b.do("", "SEND_MESSAGE", "to the web")
	for await[wire.MessagePut](full, "message:put").Message.Body != "to the web" {
	}
}

func TestF4_OneToOne(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, ann := s.member("ann")
	b := s.named("bob")
	for !slices.Equal(await[[]string](a, "updateUsers"), []string{"ann", "bob"}) {
	}
	a.do(chat.CodeNotFound, "chatHistory", "nobody")
	a.do(chat.CodeInvalid, "chatMessage", "too early")
	a.do("", "chatHistory", "bob")
	if got := await[[]seen](a, "chatHistory"); len(got) != 0 {
		t.Errorf("history at first: got %v, want none", got)
	}
	b.do("", "chatHistory", "Ann")
	await[[]seen](b, "chatHistory")
	want := []string{}
	for i := range 25 {
		body := string(rune('a' + i))
		want = append(want, body)
		a.do("", "chatMessage", body)
		for _, c := range []*socket{a, b} {
			if got := await[seen](c, "chatMessage"); got.Body != body || got.Author != "ann" || got.Username != "ann" || got.Message != body || got.Time == 0 {
				t.Errorf("got %+v, want %s by ann", got, body)
			}
		}
	}
	again := s.named("cid") // someone else sees nothing of it
	again.do("", "chatHistory", "bob")
	if got := await[[]seen](again, "chatHistory"); len(got) != 0 {
		t.Errorf("history of another: got %v, want none", got)
	}
	c := s.dial(sioclient.Options{Header: cookie(s.token(ann))}).greeted()
	for _, page := range [][]string{want[15:], want[5:15], want[:5], {}} {
		c.do("", "chatHistory", "bob")
		if got := bodies(await[[]seen](c, "chatHistory")); !slices.Equal(got, page) {
			t.Errorf("history: got %v, want %v", got, page)
		}
	}
	a.do("", "typing")
	if got := await[string](b, "typing"); got != "ann" {
		t.Errorf("typing: got %q, want ann", got)
	}
	a.do("", "doneTyping")
	if got := await[string](b, "doneTyping"); got != "ann" {
		t.Errorf("doneTyping: got %q, want ann", got)
	}
	a.do("", "typing")
	a.Close()
	await[string](b, "doneTyping")
	for _, event := range append(c.Pending(), again.Pending()...) {
		if event.Name == "typing" {
			t.Error("one's own tab or a stranger was told of typing")
		}
	}
	b.Close()
	c.Close()
	for !slices.Equal(await[[]string](again, "updateUsers"), []string{"cid"}) {
	}
}

func (s *server) token(user chat.User) string {
	s.t.Helper()
	token, err := s.sessions.Start(s.t.Context(), user, chat.SessionStart{Token: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}

func TestF4_Rooms(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.dial(sioclient.Options{}).greeted(), s.dial(sioclient.Options{}).greeted()
	join := func(c *socket, name, room string) {
		t.Helper()
		c.do("", "userJoin", map[string]any{"username": name, "room": room})
	}
	join(a, "ann", "Den")
	if got := await[[]seen](a, "msgHistory"); len(got) != 0 {
		t.Errorf("history of a new room: got %v, want none", got)
	}
	if got := await[[]string](a, "activeUsers"); !slices.Equal(got, []string{"ann"}) {
		t.Errorf("got %v, want ann", got)
	}
	a.do("", "updateChat", map[string]any{"body": "hello", "time": "12:00", "room": "Den"})
	join(b, "bob", "den")
	if got := await[[]seen](b, "msgHistory"); !slices.Equal(bodies(got), []string{"hello"}) || got[0].Author != "ann" {
		t.Errorf("history: got %+v, want hello by ann", got)
	}
	for _, c := range []*socket{a, b} {
		if got := await[[]string](c, "activeUsers"); !slices.Equal(got, []string{"ann", "bob"}) {
			t.Errorf("got %v, want ann and bob", got)
		}
	}
	if got := await[map[string]string](a, "userJoin"); got["username"] != "bob" {
		t.Errorf("userJoin: got %v, want bob", got)
	}
	b.do("", "userTyping", map[string]any{"username": "bob", "room": "den"})
	if got := await[map[string]string](a, "userTyping"); got["username"] != "bob" {
		t.Errorf("userTyping: got %v, want bob", got)
	}
	b.do("", "updateChat", map[string]any{"body": "hi", "time": "12:01", "room": "den"})
	if got := await[seen](a, "updateChat"); got.Body != "hi" || got.Author != "bob" || got.Room != "Den" {
		t.Errorf("updateChat: got %+v, want hi by bob in Den", got)
	}
	for _, event := range b.Pending() {
		if event.Name == "updateChat" || event.Name == "userJoin" || event.Name == "userTyping" {
			t.Errorf("%s came back to who sent it", event.Name)
		}
	}
	b.do(chat.CodeInvalid, "updateChat", map[string]any{"body": "x", "room": "elsewhere"})
	b.do(chat.CodeInvalid, "userJoin", "Den")

	// The room belongs to the two alone: private, and in both their lists.
	eve, _ := s.user("eve")
	if rooms, _, err := s.chat.Rooms.Search(t.Context(), eve, "den", "", 0); err != nil || len(rooms) != 0 {
		t.Errorf("rooms found by others: got %v, %v, want none", rooms, err)
	}

	b.do("", "newRoom", map[string]any{"username2": "ann", "room": "attic"})
	if got := await[map[string]string](a, "newRoom"); got["room"] != "attic" || got["username"] != "bob" {
		t.Errorf("newRoom: got %v, want an invitation by bob to the attic", got)
	}
	b.do("", "newRoom", map[string]any{"username2": "ann", "room": "den"}) // where both are
	join(a, "ann", "attic")
	for !slices.Equal(await[[]string](b, "activeUsers"), []string{"bob"}) {
	}
	for _, event := range a.Pending() {
		if event.Name == "newRoom" {
			t.Error("an invitation into a room where both are")
		}
	}
	join(b, "bob", "attic")
	b.Close()
	for !slices.Equal(await[[]string](a, "activeUsers"), []string{"ann"}) {
	}
}

func TestFirstEventDeterminesTheDialect(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	a, b := s.named("ann"), s.named("bob")
	a.do("", "userJoin", map[string]any{"room": "den"})
	b.do("", "SEND_MESSAGE", "to the lesson")
	await[string](b, "message")
	a.do("", "userJoin", map[string]any{"room": "den"})
	for _, event := range a.Pending() {
		if event.Name == "message" {
			t.Error("a client of rooms heard the lesson")
		}
	}
	if err := a.Emit("SEND_MESSAGE", "not mine"); err != nil {
		t.Fatal(err)
	}
	a.do("", "userTyping")
	eve, _ := s.user("eve")
	page, err := s.chat.Messages.Page(t.Context(), eve, chat.MainRoom, chat.MessagePage{})
	if err != nil || len(page.Messages) != 1 {
		t.Errorf("main: got %+v, %v, want one message only", page.Messages, err)
	}
}

func TestNameBelongsToOneGuest(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	s.user("ann")
	from := func(address string) *socket {
		t.Helper()
		return s.dial(sioclient.Options{Header: map[string][]string{"X-From": {address}}}).greeted()
	}
	join := func(c *socket) []string {
		t.Helper()
		c.do("", "userJoin", map[string]any{"username": "ANN", "room": "den"})
		return await[[]string](c, "activeUsers")
	}
	a := from("192.0.2.1")
	if got := join(a); !slices.Equal(got, []string{"ANN-2"}) {
		t.Errorf("the name of a member: got %v, want ANN-2", got)
	}
	tab := from("192.0.2.1")
	if got := join(tab); !slices.Equal(got, []string{"ANN-2"}) {
		t.Errorf("a second tab: got %v, want the same person", got)
	}
	b := from("192.0.2.2")
	if got := join(b); !slices.Equal(got, []string{"ANN-2", "ANN-3"}) {
		t.Errorf("the same name from elsewhere at the same time: got %v, want ANN-2 and ANN-3", got)
	}
	a.Close()
	tab.Close()
	for !slices.Equal(await[[]string](b, "activeUsers"), []string{"ANN-3"}) {
	}
	if got := join(from("192.0.2.1")); !slices.Equal(got, []string{"ANN-2", "ANN-3"}) {
		t.Errorf("after a reload: got %v, want ANN-2 again", got)
	}
	b.do(chat.CodeInvalid, "userJoin", map[string]any{"room": ""})
	s.dial(sioclient.Options{}).greeted().do(chat.CodeInvalid, "userJoin", map[string]any{"username": "!", "room": "den"})
	s.dial(sioclient.Options{}).greeted().do(chat.CodeUnauthenticated, "chatHistory", "ann")
}

func TestWithoutTheOptionClassicNeedsASession(t *testing.T) {
	s := newServer(t, chat.Policy{})
	a, _ := s.member("ann")
	s.refuses(sioclient.Options{Auth: map[string]any{"username": "bob"}}, chat.CodeUnauthenticated)
	s.refuses(sioclient.Options{}, chat.CodeUnauthenticated)
	a.do("", "SEND_MESSAGE", "hello")
	if got := await[string](a, "message"); got != "hello" {
		t.Errorf("got %q, want hello", got)
	}
}

func TestD3_ClassicSocketsReceiveMessagesInOrder(t *testing.T) {
	s := newServer(t, chat.Policy{Classic: true})
	lesson, room := s.named("ann"), s.named("bob")
	lesson.do("", "SEND_MESSAGE", "first")
	await[string](lesson, "message")
	room.do("", "userJoin", map[string]any{"room": "main"})
	s.broker.mu.Lock()
	s.broker.late = 5
	s.broker.mu.Unlock()
	eve, _ := s.user("eve")
	want := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, body := range want {
		if _, _, err := s.chat.Messages.Send(t.Context(), eve, chat.SendInput{Room: chat.MainRoom, ClientID: uuid.NewString(), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	var inLesson, inRoom []string
	for range want {
		inLesson = append(inLesson, await[string](lesson, "message"))
		inRoom = append(inRoom, await[seen](room, "updateChat").Body)
	}
	if !slices.Equal(inLesson, want) {
		t.Errorf("in the lesson: got %v, want %v", inLesson, want)
	}
	if !slices.Equal(inRoom, want) {
		t.Errorf("in the room: got %v, want %v", inRoom, want)
	}
}
