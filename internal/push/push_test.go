package push_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"partychat/internal/chat"
	"partychat/internal/jobs"
	"partychat/internal/push"
	"partychat/internal/push/pushtest"
	"partychat/internal/realserver"
	"partychat/internal/store/postgres"
	"partychat/internal/store/sqlitetest"
)

func TestMain(m *testing.M) {
	code := realserver.Main(m)
	http.DefaultClient.CloseIdleConnections()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

var start = time.Now().UTC().Truncate(time.Millisecond) // signatures are checked by the real clock

// node is a server, with one room and two members, and a push service.
type node struct {
	t       *testing.T
	store   chat.Store
	service *pushtest.Service
	keys    chat.PushKeys
	client  *http.Client
	ann     chat.User
	bob     chat.User
	den     chat.RoomID
	dead    map[string]bool // sessions that have ended

	mu  sync.Mutex
	now time.Time
}

func (n *node) time() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

func (n *node) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

// must fails the test on an error.
func (n *node) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func onBoth(t *testing.T, test func(t *testing.T, n *node)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, newNode(t, sqlitetest.Open(t))) })
	t.Run("postgres", func(t *testing.T) {
		store, err := postgres.Open(t.Context(), postgres.Options{URL: realserver.PostgresDatabase(t)})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		t.Cleanup(func() { _ = store.Close() })
		test(t, newNode(t, store))
	})
}

func newNode(t *testing.T, store chat.Store) *node {
	t.Helper()
	n := &node{t: t, store: store, now: start, dead: map[string]bool{}}
	var err error
	n.keys, err = push.Keys(t.Context(), store)
	n.must(err)
	n.service = pushtest.New(t, n.keys.Public)
	roots := x509.NewCertPool()
	roots.AddCert(n.service.Certificate())
	n.client = push.Client(push.Endpoints{Private: true, TLS: &tls.Config{RootCAs: roots}})
	t.Cleanup(n.client.CloseIdleConnections)
	n.ann, n.bob = n.user("ann", 1), n.user("bob", 2)
	sub, err := store.CreateRoom(t.Context(), nil, chat.NewRoom{ID: 10, Kind: chat.RoomPublic, Name: "Den", FoldedName: "den", CreatedAt: start, CreatedBy: 1})
	n.must(err)
	n.den = sub.ID
	_, _, err = store.Subscribe(t.Context(), nil, n.den, n.bob.ID, chat.RoleMember, start)
	n.must(err)
	_, _, err = store.SetLevel(t.Context(), n.den, n.bob.ID, chat.LevelEverything)
	n.must(err)
	return n
}

func (n *node) user(name string, id chat.UserID) chat.User {
	user, err := n.store.CreateUser(n.t.Context(), chat.NewUser{
		User:       chat.User{ID: id, Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: start},
		FoldedName: name, PasswordHash: "x", Rooms: []chat.RoomID{chat.MainRoom},
	})
	n.must(err)
	return user
}

// subscribe makes a device of bob receive pushes.
func (n *node) subscribe(id string, showsText bool) *pushtest.Device {
	d := n.service.Device(n.t)
	n.must(n.store.PutPushSubscription(n.t.Context(), chat.PushSubscription{
		ID: id, User: n.bob.ID, Session: "session of " + id, Endpoint: d.Endpoint, P256DH: d.P256DH, Auth: d.Auth, Origin: "https://chat.example",
		ShowsText: showsText, CreatedAt: start, RenewedAt: start,
	}, 10))
	return d
}

func (n *node) send(body string) chat.Message {
	n.t.Helper()
	m, _, err := n.store.AppendMessage(n.t.Context(), &chat.NewMessage{
		Room: n.den, ClientID: uuid.NewString(), Author: n.ann.ID, Kind: chat.MessageText, Body: body, CreatedAt: n.time(),
	})
	n.must(err)
	return *m
}

func (n *node) read(seq int64) {
	n.t.Helper()
	_, _, err := n.store.MoveRead(n.t.Context(), nil, n.den, n.bob.ID, seq, chat.AnyMark)
	n.must(err)
}

// pusher is a process of the server; store replaces the store.
func (n *node) pusher(store push.Store) *push.Pusher {
	return push.New(push.Options{
		Store: store, Keys: n.keys, Client: n.client, Now: n.time,
		Alive: func(_ context.Context, session string) (bool, error) { return !n.dead[session], nil },
	})
}

// work writes and runs all jobs, as a server does within the delay.
func (n *node) work() { n.workWith(n.store) }

func (n *node) workWith(store push.Store) {
	n.t.Helper()
	p := n.pusher(store)
	n.must(p.Plan(n.t.Context()))
	runner := jobs.New(n.store, jobs.Options{Now: n.time, Spread: func() float64 { return 0.5 }})
	runner.Handle(chat.KindPush, p.Handle)
	n.pass(3 * time.Second)
	runner.RunDue(n.t.Context())
}

// stored counts the jobs.
func (n *node) stored() (stored int64) {
	counts, err := n.store.JobCounts(n.t.Context())
	n.must(err)
	for _, c := range counts {
		stored += c.Stored
	}
	return stored
}

// want fails the test unless the device has received this since the last call: for each
// push “kind seq text”.
func (n *node) want(d *pushtest.Device, what, want string) {
	n.t.Helper()
	got := []string{}
	for _, p := range d.Take() {
		got = append(got, strings.TrimSpace(fmt.Sprint(p.Body["kind"], " ", p.Body["seq"], " ", orEmpty(p.Body["text"]))))
	}
	if text := strings.Join(got, ", "); text != want {
		n.t.Errorf("%s: got %q, want %q", what, text, want)
	}
}

func orEmpty(v any) string {
	text, _ := v.(string)
	return text
}

func TestI3_AMessageReachesEachDeviceEncrypted(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone, quiet := n.subscribe("phone", true), n.subscribe("quiet", false)
		n.send("hello <b>bob</b>")
		n.work()
		got := phone.Take()
		if len(got) != 1 {
			t.Fatalf("got %d pushes, want 1", len(got))
		}
		p := got[0]
		if p.Body["author"] != "ann" || p.Body["name"] != "Den" || p.Body["text"] != "hello <b>bob</b>" || p.Body["room"] != float64(n.den) {
			t.Errorf("got %v", p.Body)
		}
		if p.Urgency != "high" || p.TTL < 86_000 || p.TTL > 86_400 || len(p.Topic) != 32 || p.Size != 4096 {
			t.Errorf("got urgency %q, TTL %d, topic %q, size %d", p.Urgency, p.TTL, p.Topic, p.Size)
		}
		n.want(quiet, "without text", "message 1")
		n.work()
		n.want(phone, "afterwards", "")
		if n.stored() != 0 {
			t.Errorf("got %d jobs at last, want 0", n.stored())
		}
	})
}

func TestI3_WhatIsReadInTimeIsNotPushedAndWhatIsReadLaterIsWithdrawn(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		n.send("one")
		n.must(n.pusher(n.store).Plan(t.Context()))
		n.read(1)
		n.work()
		n.want(phone, "read at once", "")
		n.send("two")
		n.send("three")
		n.work()
		n.want(phone, "not read", "message 3 three")
		n.read(2)
		n.work()
		n.want(phone, "read in part", "")
		n.read(3)
		n.work()
		n.want(phone, "read elsewhere", "read 3")
		n.work()
		n.want(phone, "afterwards", "")
		phone.Offline(true)
		n.send("four")
		n.work()
		n.read(4)
		n.work()
		phone.Offline(false)
		n.want(phone, "read while the device was off", "read 4")
	})
}

func TestI3_NobodyIsDisturbedWhoLooksAtADevice(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		n.must(n.store.KeepActive(t.Context(), n.bob.ID, n.time().Add(45*time.Second)))
		n.send("one")
		n.work()
		n.want(phone, "while bob is active", "")
		n.pass(40 * time.Second)
		n.work()
		n.want(phone, "when bob has gone", "message 1 one")
	})
}

func TestI3_AnswersOfThePushService(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone := n.subscribe("phone", true)
		for _, answer := range []pushtest.Answer{{Status: 500}, {Status: 503, RetryAfter: "5"}, {}, {Status: 403}, {Status: 302}} {
			n.service.Next(answer)
			m := n.send("hello")
			n.work()
			n.want(phone, fmt.Sprint("at once after ", answer.Status), "")
			n.pass(6 * time.Second)
			n.work()
			n.want(phone, fmt.Sprint("later after ", answer.Status), fmt.Sprintf("message %d hello", m.Seq))
		}
		n.service.Next(pushtest.Answer{Status: 413})
		m := n.send("much")
		n.work()
		n.want(phone, "too large", fmt.Sprintf("message %d", m.Seq))

		n.service.Next(pushtest.Answer{Status: 429, RetryAfter: "600"})
		m = n.send("slowly")
		n.work()
		n.send("and more")
		n.pass(590 * time.Second)
		n.work()
		n.want(phone, "before Retry-After", "")
		n.pass(10 * time.Second)
		n.work()
		n.want(phone, "after Retry-After", fmt.Sprintf("message %d and more", m.Seq+1))

		for _, status := range []int{404, 410} {
			n.service.Next(pushtest.Answer{Status: status})
			n.send("are you there?")
			n.work()
			subs, err := n.store.PushSubscriptions(t.Context(), n.bob.ID)
			n.must(err)
			if len(subs) != 0 || n.stored() != 0 {
				t.Errorf("after %d: got %d devices and %d jobs, want none", status, len(subs), n.stored())
			}
			n.subscribe("phone", true)
		}
	})
}

func TestI3_TheEndOfASessionEndsItsPushes(t *testing.T) {
	onBoth(t, func(t *testing.T, n *node) {
		t.Helper()
		phone, laptop := n.subscribe("phone", true), n.subscribe("laptop", true)
		n.send("one")
		n.must(n.pusher(n.store).Plan(t.Context()))
		_, err := n.store.EndSession(t.Context(), n.bob.ID, "session of phone", chat.EndLogOut)
		n.must(err)
		n.dead["session of laptop"] = true // it has expired
		n.work()
		n.want(phone, "after the log-out", "")
		n.want(laptop, "after the session has expired", "")
		subs, err := n.store.PushSubscriptions(t.Context(), n.bob.ID)
		n.must(err)
		if len(subs) != 0 || n.service.Requests() != 0 {
			t.Errorf("got %d devices and %d requests, want none", len(subs), n.service.Requests())
		}
	})
}

// crashing is a store that dies before it records what a device shows.
type crashing struct{ chat.Store }

func (crashing) PushShown(context.Context, string, chat.RoomID, int64) error {
	return errors.New("killed")
}

func TestI3_TheServerTalksOnlyToPublicPushServices(t *testing.T) {
	public := push.Endpoints{}
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "intranet", "a.localhost", "push.example:8443"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+host+"/x", nil)
		if err != nil {
			t.Fatal(err)
		}
		if public.Check(request.URL) == nil {
			t.Errorf("the address %s was accepted", host)
		}
	}
	service := pushtest.New(t, "")
	roots := x509.NewCertPool()
	roots.AddCert(service.Certificate())
	client := push.Client(push.Endpoints{TLS: &tls.Config{RootCAs: roots}})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, service.URL+"/push/1", nil) // as if a public name led here
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err == nil {
		_ = answer.Body.Close()
	}
	if err == nil || service.Requests() != 0 {
		t.Errorf("got %v and %d requests, want an error and none", err, service.Requests())
	}
}
