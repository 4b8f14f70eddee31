//go:build linux

package faults

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver

	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/test/faults/client"
	"partychat/test/faults/proxy"
)

const (
	// fleetDatabase is the name of the nodes' shared database.
	fleetDatabase = "partychat"
	// gatherers is the number of users who sign up or join a room concurrently.
	// They queue for the room's lock, and the node's timeout limits how long.
	gatherers = 8
)

// fleet is several nodes and the servers they share, started by the test.
type fleet struct {
	t        *testing.T
	postgres *realserver.Postgres
	redis    *realserver.Redis
	nodes    []*node
}

// node is one process of the program. It reaches the shared servers through its own
// proxies.
type node struct {
	*server
	toPostgres, toRedis *proxy.Proxy
}

// launch starts that many nodes concurrently, with additional options.
func launch(t *testing.T, nodes int, options ...string) *fleet {
	t.Helper()
	f := &fleet{
		t: t, postgres: realserver.PostgresServer(t, realserver.PostgresOptions{}),
		redis: realserver.RedisServer(t, realserver.RedisOptions{}),
	}
	if err := f.postgres.CreateDatabase(t.Context(), fleetDatabase); err != nil {
		t.Fatal(err)
	}
	for range nodes {
		n := &node{toPostgres: proxyTo(t, f.postgres.Address()), toRedis: proxyTo(t, f.redis.Address())}
		n.server = newServer(t, filepath.Join(t.TempDir(), "data"), append([]string{
			"--database-url", f.postgres.URLThrough(n.toPostgres.Address(), fleetDatabase),
			"--redis-url", "redis://" + n.toRedis.Address(),
			"--signups-address", "1000000", "--room-burst", "1000", "--ping-interval", "2s", "--ping-timeout", "2s",
		}, options...)...)
		f.nodes = append(f.nodes, n)
	}
	var starting sync.WaitGroup
	errs := make([]error, nodes)
	for i, n := range f.nodes {
		starting.Go(func() { errs[i] = n.tryStart() })
	}
	starting.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	return f
}

func proxyTo(t *testing.T, address string) *proxy.Proxy {
	t.Helper()
	p, err := proxy.New(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// urls returns the URLs of the nodes.
func (f *fleet) urls() (urls []string) {
	for _, n := range f.nodes {
		urls = append(urls, n.url)
	}
	return urls
}

// gather signs users up and adds them to rooms, with each call on a random node. In
// reports who is in which room besides main.
func (f *fleet) gather(users, rooms int, in func(user, room int) bool) *party {
	f.t.Helper()
	ctx := f.t.Context()
	at := func(i int) client.API { return client.API{URL: f.nodes[i%len(f.nodes)].url} }
	p := &party{rooms: []chat.RoomID{chat.MainRoom}, users: make([]account, users)}
	someOf(users, gatherers, func(i int) {
		a := &p.users[i]
		var err error
		if a.User, a.token, err = at(i).SignUp(ctx, fmt.Sprintf("user%05d", i)); err != nil {
			f.t.Errorf("user %d: %v", i, err)
		}
		a.rooms = []chat.RoomID{chat.MainRoom}
	})
	for r := 1; r < rooms && !f.t.Failed(); r++ {
		api := at(r)
		api.Token = p.users[0].token
		room, err := api.MakeRoom(ctx, fmt.Sprintf("room %d", r))
		if err != nil {
			f.t.Fatal(err)
		}
		p.rooms = append(p.rooms, room)
		someOf(users, gatherers, func(i int) {
			a := &p.users[i]
			if i > 0 && !in(i, r) {
				return
			}
			a.rooms = append(a.rooms, room)
			api := at(r + i)
			api.Token = a.token
			if err := api.Subscribe(ctx, room); err != nil {
				f.t.Errorf("user %d: %v", i, err)
			}
		})
	}
	if f.t.Failed() {
		f.t.FailNow()
	}
	return p
}

// join connects clients of the first users, spread over the nodes. Every third
// client watches the presence of all users.
func (f *fleet) join(p *party, clients int) *crowd {
	f.t.Helper()
	c := &crowd{t: f.t, party: p, url: f.nodes[0].url, nodes: f.urls()}
	f.t.Cleanup(c.leave)
	everyone := make([]chat.UserID, len(p.users))
	for i := range p.users {
		everyone[i] = p.users[i].ID
	}
	for i := range clients {
		c.enter(i, func(o *client.Options) {
			if i%3 == 0 {
				o.Watch = everyone
			}
		})
	}
	c.connected()
	return c
}

// heads returns each room's current rev. It retries, because a node may be
// unavailable right after a fault.
func (c *crowd) heads() map[chat.RoomID]int64 {
	c.t.Helper()
	heads := make(map[chat.RoomID]int64)
	for _, room := range c.party.rooms {
		c.await(fmt.Sprintf("a node returns the head of room %d", room), func() bool {
			page, err := c.api().Page(c.t.Context(), room, 0)
			heads[room] = page.Rev
			return err == nil
		})
	}
	return heads
}

// caughtUp waits until everyone has received everything stored so far.
func (c *crowd) caughtUp() {
	c.t.Helper()
	heads := c.heads()
	for i, one := range c.clients {
		for _, room := range c.party.users[i%len(c.party.users)].rooms {
			c.await(fmt.Sprintf("client %d has everything of room %d up to rev %d", i, room, heads[room]), func() bool {
				return one.KnowsUpTo(room, heads[room])
			})
		}
	}
}

// presenceRight waits until all nodes and all watchers agree that exactly the users
// of these clients are online.
func (f *fleet) presenceRight(c *crowd) {
	f.t.Helper()
	want := make(map[chat.UserID]chat.PresenceState)
	for i := range c.clients {
		want[c.party.users[i].ID] = chat.PresenceOnline
	}
	for i, n := range f.nodes {
		var there map[chat.UserID]chat.PresenceState
		var err error
		f.t.Cleanup(func() { f.differs(fmt.Sprintf("node %d says, and %v,", i, err), there, want) })
		c.await(fmt.Sprintf("node %d has the correct presence", i), func() bool {
			there, err = client.API{URL: n.url, Token: c.party.users[0].token}.Online(f.t.Context())
			return err == nil && maps.Equal(there, want)
		})
	}
	for i, one := range c.clients {
		if i%3 != 0 {
			continue
		}
		var told map[chat.UserID]chat.PresenceState
		f.t.Cleanup(func() { f.differs(fmt.Sprintf("client %d at %s was told", i, one.Node()), told, want) })
		c.await(fmt.Sprintf("client %d has the correct presence", i), func() bool {
			told = one.Presence()
			return maps.Equal(told, want)
		})
	}
}

// differs logs the differences between a view of presence and the correct one, if
// the test has failed.
func (f *fleet) differs(who string, got, want map[chat.UserID]chat.PresenceState) {
	if diff := cmp.Diff(want, got); diff != "" && f.t.Failed() {
		f.t.Logf("%s, -want +got:\n%s", who, diff)
	}
}

// inspect checks the database.
func (f *fleet) inspect() {
	f.t.Helper()
	db, err := sql.Open("pgx", f.postgres.URL(fleetDatabase))
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	examine(f.t, db, invariants)
}

// terminate stops all nodes gracefully.
func (f *fleet) terminate() {
	f.t.Helper()
	for _, n := range f.nodes {
		n.terminate()
	}
}

// besides returns all nodes except one.
func (f *fleet) besides(one *node) []*node {
	return slices.DeleteFunc(slices.Clone(f.nodes), func(n *node) bool { return n == one })
}

// logOut ends a session on the first node that can do it.
func logOut(ctx context.Context, nodes []*node, token string) error {
	return insist(ctx, nodes, token, func(api client.API, again bool) error {
		err := api.LogOut(ctx)
		var answer *client.StatusError
		if again && errors.As(err, &answer) && answer.Status == http.StatusUnauthorized {
			return nil // an earlier attempt succeeded, but its response was lost
		}
		return err
	})
}
