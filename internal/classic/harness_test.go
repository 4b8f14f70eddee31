package classic_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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

func (s *server) token(user chat.User) string {
	s.t.Helper()
	token, err := s.sessions.Start(s.t.Context(), user, chat.SessionStart{Token: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return token
}
