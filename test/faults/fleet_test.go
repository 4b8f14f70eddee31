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
	// fleetDatabase is the name of the database that the nodes share.
	fleetDatabase = "partychat"
	// gatherers is how many users sign up or come into a room at once. They wait
	// for each other at the room, and not for longer than a node lets them.
	gatherers = 8
)

// fleet is some nodes and the servers that they share, all of our own.
type fleet struct {
	t        *testing.T
	postgres *realserver.Postgres
	redis    *realserver.Redis
	nodes    []*node
}

// node is one process of the program, which reaches what it shares with the
// others through proxies of its own.
type node struct {
	*server
	toPostgres, toRedis *proxy.Proxy
}

// launch starts so many nodes, at once.
func launch(t *testing.T, nodes int) *fleet {
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
		n.server = newServer(t, filepath.Join(t.TempDir(), "data"),
			"--database-url", f.postgres.URLThrough(n.toPostgres.Address(), fleetDatabase),
			"--redis-url", "redis://"+n.toRedis.Address(),
			"--signups-address", "1000000", "--room-burst", "1000", "--ping-interval", "2s", "--ping-timeout", "2s")
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

// urls are where clients find the nodes.
func (f *fleet) urls() (urls []string) {
	for _, n := range f.nodes {
		urls = append(urls, n.url)
	}
	return urls
}

// gather signs users up and lets them into rooms, each call on any node. In
// says who is in which room besides main.
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

// join connects clients of the first of the users, spread over the nodes. Every
// third one watches who of them all is there.
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

// heads gives the rev that each room has by now. Right after a trouble a node
// may still answer that it cannot.
func (c *crowd) heads() map[chat.RoomID]int64 {
	c.t.Helper()
	heads := make(map[chat.RoomID]int64)
	for _, room := range c.party.rooms {
		c.await(fmt.Sprintf("a node tells the head of room %d", room), func() bool {
			page, err := c.api().Page(c.t.Context(), room, 0)
			heads[room] = page.Rev
			return err == nil
		})
	}
	return heads
}

// caughtUp waits until everyone has all that is stored by now.
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

// presenceRight waits until all nodes and all who watch agree that just the
// users of these clients are there.
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
		c.await(fmt.Sprintf("node %d says who is there", i), func() bool {
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
		c.await(fmt.Sprintf("client %d was told who is there", i), func() bool {
			told = one.Presence()
			return maps.Equal(told, want)
		})
	}
}

// differs shows by what somebody's view of who is there is wrong, for when a
// test fails.
func (f *fleet) differs(who string, got, want map[chat.UserID]chat.PresenceState) {
	if diff := cmp.Diff(want, got); diff != "" && f.t.Failed() {
		f.t.Logf("%s, -want +got:\n%s", who, diff)
	}
}

// inspect looks into the database.
func (f *fleet) inspect() {
	f.t.Helper()
	db, err := sql.Open("pgx", f.postgres.URL(fleetDatabase))
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	examine(f.t, db, invariants)
}

// terminate ends all nodes, gracefully.
func (f *fleet) terminate() {
	f.t.Helper()
	for _, n := range f.nodes {
		n.terminate()
	}
}

// besides gives the nodes but for one.
func (f *fleet) besides(one *node) []*node {
	return slices.DeleteFunc(slices.Clone(f.nodes), func(n *node) bool { return n == one })
}

// logOut ends a session on any of the nodes, as soon as one can do it.
func logOut(ctx context.Context, nodes []*node, token string) error {
	return insist(ctx, nodes, token, func(api client.API, again bool) error {
		err := api.LogOut(ctx)
		var answer *client.StatusError
		if again && errors.As(err, &answer) && answer.Status == http.StatusUnauthorized {
			return nil // an earlier attempt has done it, and its answer was lost
		}
		return err
	})
}
