//go:build linux

package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/auth"
	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/mirror"
	"partychat/internal/store/postgres"
	"partychat/test/faults/client"
)

// town is a fleet with people who do what people do, each with two clients on two
// nodes, while live lets them.
type town struct {
	*fleet
	t        *testing.T
	random   *rand.Rand
	store    *postgres.Store
	truth    *truth
	rooms    []chat.RoomID
	mayor    *citizen // the server's admin
	citizens []*citizen
	doomed   []*citizen // whose sessions will end, in this order

	// services act on the store without telling anybody, as a node does whose
	// events are lost. unheard is true while this is fair: no node reaches Redis.
	services *chat.Chat
	unheard  atomic.Bool

	acting  sync.RWMutex // held for reading by everyone who does something
	resting bool
	over    bool
	ctx     context.Context
	cancel  context.CancelFunc
	people  sync.WaitGroup

	acts, whileAway atomic.Int64 // what was done, and what of it during an outage of all nodes
	lost            atomic.Int64 // connections that nobody meant to end
}

// found creates the town. People rest until live.
func found(t *testing.T, f *fleet, random *rand.Rand, citizens, outages int) *town {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Options{URL: f.postgres.URL(fleetDatabase)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	silent := local.New()
	silent.Handle(func(chat.Event) {})
	t.Cleanup(func() { _ = silent.Close() })
	town := &town{
		fleet: f, t: t, random: random, store: store, truth: &truth{store: store},
		services: chat.New(chat.Deps{Store: store, Broker: silent, Hasher: auth.NewArgon2(auth.Argon2Options{}), Fold: auth.FoldName}),
	}
	town.acting.Lock()
	town.resting = true
	t.Cleanup(town.leave)
	town.mayor = town.enrol("mayor")
	town.truth.rooms = []chat.RoomID{chat.MainRoom}
	for i := range short(3, 6) {
		room, err := town.at(town.mayor.token).MakeRoom(t.Context(), fmt.Sprintf("room %d", i))
		if err != nil {
			t.Fatal(err)
		}
		town.rooms = append(town.rooms, room)
		town.truth.rooms = append(town.truth.rooms, room)
	}
	for i := range citizens {
		town.citizens = append(town.citizens, town.enrol(fmt.Sprintf("citizen%d", i)))
	}
	for i := range 3 * outages {
		town.doomed = append(town.doomed, town.enrol(fmt.Sprintf("doomed%d", i)))
	}
	town.settleDown()
	return town
}

// enrol signs somebody up.
func (t *town) enrol(name string) *citizen {
	t.t.Helper()
	ctx := t.t.Context()
	c := &citizen{
		town: t, random: rand.New(rand.NewPCG(t.random.Uint64(), 1)),
		standing: make(map[chat.RoomID]chat.GoneReason), banned: make(map[chat.RoomID]bool),
	}
	var err error
	if c.user, c.token, err = t.at("").SignUp(ctx, name); err != nil {
		t.t.Fatalf("signing %s up: %v", name, err)
	}
	return c
}

// settleDown connects the clients of everybody but the mayor.
func (t *town) settleDown() {
	t.t.Helper()
	for i, c := range slices.Concat(t.citizens, t.doomed) {
		devices := 2
		if i >= len(t.citizens) {
			devices = 1
			var err error
			if c.session, err = t.at(c.token).Session(t.t.Context()); err != nil {
				t.t.Fatal(err)
			}
			if c.second, err = t.at("").LogIn(t.t.Context(), c.user.Username); err != nil {
				t.t.Fatal(err)
			}
		}
		for j := range devices {
			d := &device{Mirror: mirror.New(t.nodes[(i+j)%len(t.nodes)].url, c.token)}
			if err := d.connect(""); err != nil {
				t.t.Fatal(err)
			}
			c.devices = append(c.devices, d)
		}
	}
	t.truth.users = []chat.UserID{t.mayor.user.ID}
	for _, c := range slices.Concat(t.citizens, t.doomed) {
		t.truth.users = append(t.truth.users, c.user.ID)
	}
	for _, c := range t.citizens {
		t.people.Go(c.live)
	}
}

// at returns a node's REST with a token.
func (t *town) at(token string) client.API {
	return client.API{URL: t.nodes[t.random.IntN(len(t.nodes))].url, Token: token}
}

// live lets people act.
func (t *town) live() {
	t.ctx, t.cancel = context.WithCancel(t.t.Context())
	t.resting = false
	t.acting.Unlock()
}

// rest returns once nobody does anything any more.
func (t *town) rest() {
	t.cancel()
	t.acting.Lock()
	t.resting = true
}

// leave ends everybody's life and closes all clients.
func (t *town) leave() {
	if t.over {
		return
	}
	if !t.resting {
		t.rest()
	}
	t.over = true
	t.acting.Unlock()
	t.people.Wait()
	for _, c := range slices.Concat(t.citizens, t.doomed) {
		for _, d := range c.devices {
			d.Close()
		}
	}
}

// ask makes a call on a node that answers. While no node reaches Redis, it is made on
// the store, if direct is not nil.
func (t *town) ask(ctx context.Context, token string, rest func(client.API) error, direct func(*chat.Chat) error) error {
	if direct != nil && t.unheard.Load() {
		t.whileAway.Add(1)
		return direct(t.services)
	}
	nodes := slices.Clone(t.nodes)
	rand.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	return insist(ctx, nodes, token, func(api client.API, _ bool) error { return rest(api) })
}

// agree waits until every client is where the store is, and the sessions have ended.
func (t *town) agree(ends []end) {
	t.t.Helper()
	for until := time.Now().Add(deadline); ; time.Sleep(5 * time.Millisecond) {
		said := t.difference(ends)
		switch {
		case said == "":
			return
		case time.Now().After(until):
			t.t.Fatalf("after %v still: %s", deadline, said)
		}
	}
}

// difference says how some client differs from the store; "" if none does.
func (t *town) difference(ends []end) string {
	t.t.Helper()
	if err := t.truth.refresh(t.t.Context()); err != nil {
		t.t.Fatal(err)
	}
	for _, c := range slices.Concat(t.citizens, t.doomed) {
		for i, d := range c.devices {
			said, err := t.differenceOf(d)
			if err != nil {
				said = err.Error()
			}
			if said != "" {
				return fmt.Sprintf("client %d of %s: %s", i, c.user.Username, said)
			}
		}
	}
	for _, e := range ends {
		for i, d := range e.devices {
			if t.take(d); d.Ended == "" {
				return fmt.Sprintf("client %d of %s: the session that ended because of %s goes on", i, e.user.Username, e.want)
			}
		}
	}
	return ""
}

func (t *town) differenceOf(d *device) (string, error) {
	if err := d.connect(""); err != nil {
		return "", fmt.Errorf("it cannot connect: %w", err)
	}
	if err := t.take(d); err != nil {
		return "", err
	}
	return d.Difference(t.t.Context(), t.truth)
}

// take lets a client take in what it was sent, and counts lost connections.
func (t *town) take(d *device) error {
	if !d.connected {
		return nil
	}
	err := d.Settle()
	if err != nil {
		t.lost.Add(1)
		d.connected = false
		d.Close()
	}
	return err
}

// note records what was done.
func (t *town) note(s *section) {
	t.t.Helper()
	s.note("changes, of these while no node reached Redis", "%d, %d", t.acts.Load(), t.whileAway.Load())
	s.note("connections that were lost", "%d", t.lost.Load())
	if n := t.lost.Load(); n > 0 {
		t.t.Errorf("clients lost their connections %d times: outages of Redis must not end connections", n)
	}
}

// truth is the store, read once as long as no head moves.
type truth struct {
	store *postgres.Store
	rooms []chat.RoomID
	users []chat.UserID

	heads    []chat.Head
	revs     []chat.UserRev
	listed   map[chat.UserID][]chat.Subscription
	accounts map[chat.UserID]chat.User
	ofUser   map[chat.UserID]chat.UserChanges
	ofRoom   map[chat.RoomID]chat.Changes
}

// refresh forgets what was read if anything has changed since.
func (t *truth) refresh(ctx context.Context) error {
	heads, err := t.store.Heads(ctx, t.rooms)
	if err != nil {
		return err
	}
	revs, err := t.store.UserRevs(ctx, t.users)
	if err != nil {
		return err
	}
	slices.SortFunc(heads, func(a, b chat.Head) int { return int(a.Room - b.Room) })
	slices.SortFunc(revs, func(a, b chat.UserRev) int { return int(a.User - b.User) })
	if slices.Equal(heads, t.heads) && slices.Equal(revs, t.revs) {
		return nil
	}
	t.heads, t.revs = heads, revs
	t.listed, t.accounts = make(map[chat.UserID][]chat.Subscription), make(map[chat.UserID]chat.User)
	t.ofUser, t.ofRoom = make(map[chat.UserID]chat.UserChanges), make(map[chat.RoomID]chat.Changes)
	return nil
}

// once returns what read returns for the key, and reads it only once.
func once[K comparable, V any](known map[K]V, key K, read func() (V, error)) (V, error) {
	if v, ok := known[key]; ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		known[key] = v
	}
	return v, err
}

// Subscriptions is specified by mirror.Truth.
func (t *truth) Subscriptions(ctx context.Context, user chat.UserID) ([]chat.Subscription, error) {
	return once(t.listed, user, func() ([]chat.Subscription, error) { return t.store.Subscriptions(ctx, user) })
}

// UserByID is specified by mirror.Truth.
func (t *truth) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	return once(t.accounts, id, func() (chat.User, error) { return t.store.UserByID(ctx, id) })
}

// UserChanges is specified by mirror.Truth.
func (t *truth) UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error) {
	return once(t.ofUser, user, func() (chat.UserChanges, error) { return t.store.UserChanges(ctx, user, since, limit, bytes) })
}

// ChangesSince is specified by mirror.Truth.
func (t *truth) ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error) {
	return once(t.ofRoom, room, func() (chat.Changes, error) { return t.store.ChangesSince(ctx, room, rev, limit, bytes) })
}

// Settings is specified by mirror.Truth.
func (t *truth) Settings(ctx context.Context, user chat.UserID) (chat.Settings, error) {
	return t.store.Settings(ctx, user)
}

// ReactionsBy is specified by mirror.Truth.
func (t *truth) ReactionsBy(ctx context.Context, user chat.UserID, room chat.RoomID, seqs []int64) (map[int64][]string, error) {
	return t.store.ReactionsBy(ctx, user, room, seqs)
}

var _ mirror.Truth = (*truth)(nil)
