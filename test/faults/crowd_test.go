//go:build linux

package faults

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/check"
	"partychat/test/faults/client"
)

// crowd is a client for each of many users.
type crowd struct {
	t       *testing.T
	party   *party
	url     string
	nodes   []string // if there are several; url is the first one
	clients []*client.Client
}

// join connects a client for each user of the party. Every fifth client polls.
func join(t *testing.T, p *party, url string, change ...func(*client.Options)) *crowd {
	t.Helper()
	c := &crowd{t: t, party: p, url: url}
	for i := range p.users {
		c.enter(i, change...)
	}
	t.Cleanup(c.leave)
	c.connected()
	return c
}

// enter connects another client of user i.
func (c *crowd) enter(i int, change ...func(*client.Options)) *client.Client {
	a := &c.party.users[i]
	o := client.Options{
		URL: c.url, Token: a.token, User: a.ID, Polling: i%5 == 4,
		Name: fmt.Sprintf("%s (client %d)", a.Username, len(c.clients)),
	}
	if len(c.nodes) > 0 {
		at := i % len(c.nodes)
		o.URL, o.Elsewhere = c.nodes[at], slices.Concat(c.nodes[:at], c.nodes[at+1:])
	}
	for _, f := range change {
		f(&o)
	}
	one := client.New(o)
	c.clients = append(c.clients, one)
	return one
}

// leave closes all clients.
func (c *crowd) leave() {
	each(len(c.clients), func(i int) { c.clients[i].Close() })
}

// await waits until the condition holds. It fails the test as soon as a client has
// a fault.
func (c *crowd) await(what string, holds func() bool) {
	c.t.Helper()
	eventually(c.t, what, func() bool {
		for _, one := range c.clients {
			if faults := one.Faults(); len(faults) > 0 {
				c.t.Fatalf("while waiting for this: %s: %s", what, faults[0])
			}
		}
		return holds()
	})
}

// connected waits until all clients are connected.
func (c *crowd) connected() {
	c.t.Helper()
	c.await("all are connected", func() bool {
		return !slices.ContainsFunc(c.clients, func(one *client.Client) bool { return !one.Connected() })
	})
}

// talk has every client send messages to its rooms until the context ends: one
// message per pace on average, but no more than four in flight. Occasionally it
// edits or deletes one of its own.
func (c *crowd) talk(ctx context.Context, pace time.Duration) (wait func()) {
	var work sync.WaitGroup
	for i, one := range c.clients {
		rooms := c.party.users[i%len(c.party.users)].rooms
		work.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-time.After(rand.N(2 * pace)):
				case <-ctx.Done():
					return
				}
				if n%10 == 9 {
					one.Change(ctx, fmt.Sprintf("change %d by client %d", n, i))
				}
				if one.Pending() < 4 {
					one.Send(rooms[rand.IntN(len(rooms))], fmt.Sprintf("message %d of client %d", n, i))
				}
			}
		})
	}
	return work.Wait
}

// acked returns the total number of acknowledged sends.
func (c *crowd) acked() (n int) {
	for _, one := range c.clients {
		n += one.Acked()
	}
	return n
}

// moved waits until that many more messages have been acknowledged.
func (c *crowd) moved(more int) {
	c.t.Helper()
	want := c.acked() + more
	c.await(fmt.Sprintf("%d more messages are acknowledged", more), func() bool { return c.acked() >= want })
}

// sent returns the sends so far and their acknowledgements.
func (c *crowd) sent() (e check.Evidence) {
	for _, one := range c.clients {
		e.Sends = append(e.Sends, one.Sends()...)
		e.Changes = append(e.Changes, one.Changes()...)
	}
	return e
}

// seen returns the sends and feeds so far, while clients are active.
func (c *crowd) seen() check.Evidence {
	e := c.sent()
	for _, one := range c.clients {
		for _, f := range one.Feeds() {
			f.Complete = false // some changes may not have arrived yet
			e.Feeds = append(e.Feeds, f)
		}
	}
	return e
}

// settle waits until everything is acknowledged and everyone has received
// everything, and returns all evidence.
func (c *crowd) settle() check.Evidence {
	c.t.Helper()
	c.connected()
	c.await("everything is acknowledged", func() bool {
		return !slices.ContainsFunc(c.clients, func(one *client.Client) bool { return one.Pending() > 0 })
	})
	rooms := c.histories()
	for i, one := range c.clients {
		for _, room := range c.party.users[i%len(c.party.users)].rooms {
			at := slices.IndexFunc(rooms, func(r check.Room) bool { return r.ID == int64(room) })
			c.await(fmt.Sprintf("client %d has everything of room %d up to rev %d", i, room, rooms[at].Rev), func() bool {
				return one.KnowsUpTo(room, rooms[at].Rev)
			})
		}
	}
	e := c.sent()
	e.Rooms = rooms
	for _, one := range c.clients {
		e.Feeds = append(e.Feeds, one.Feeds()...)
	}
	return e
}

// api calls REST as the first user, who is a member of every room.
func (c *crowd) api() client.API { return client.API{URL: c.url, Token: c.party.users[0].token} }

// connects returns how many times all clients have received ready.
func (c *crowd) connects() (n int) {
	for _, one := range c.clients {
		n += one.Connects()
	}
	return n
}

// histories reads all rooms.
func (c *crowd) histories() []check.Room {
	c.t.Helper()
	api := c.api()
	rooms := make([]check.Room, len(c.party.rooms))
	for i, room := range c.party.rooms {
		var err error
		if rooms[i], err = api.History(c.t.Context(), room); err != nil {
			c.t.Fatalf("history of room %d: %v", room, err)
		}
	}
	return rooms
}

// mostShown is the maximum number of breaches shown.
const mostShown = 20

// verify checks the evidence and the clients' faults.
func (c *crowd) verify(e check.Evidence) {
	c.t.Helper()
	breaches := e.Breaches()
	for _, one := range c.clients {
		breaches = append(breaches, one.Faults()...)
	}
	c.complain(breaches)
}

// complain reports each breach as a failure of the test.
func (c *crowd) complain(breaches []string) {
	c.t.Helper()
	for i, breach := range breaches {
		if i == mostShown {
			c.t.Errorf("and %d more breaches", len(breaches)-mostShown)
			break
		}
		c.t.Error(breach)
	}
}

// note records the figures of the crowd.
func (c *crowd) note(s *section, e check.Evidence) {
	c.t.Helper()
	var total client.Counts
	refusals := make(map[chat.Code]int)
	for _, one := range c.clients {
		n := one.Counts()
		total.Connects += n.Connects
		total.Restarts += n.Restarts
		total.Syncs += n.Syncs
		total.Holes += n.Holes
		total.Tries += n.Tries
		total.Seen += n.Seen
		for code, times := range n.Refusals {
			refusals[code] += times
		}
	}
	stored := 0
	for _, room := range e.Rooms {
		stored += len(room.Messages)
	}
	s.note("clients, rooms", "%d, %d", len(c.clients), len(c.party.rooms))
	s.note("messages sent / acknowledged / stored", "%d / %d / %d", len(e.Sends), e.Acked(), stored)
	s.note("edits and deletions answered", "%d", len(e.Changes))
	s.note("attempts of sends", "%d", total.Tries)
	s.note("messages seen by readers", "%d", total.Seen)
	s.note("connections made, `room:sync` asked", "%d, %d", total.Connects, total.Syncs)
	s.note("gaps in live feeds (filled by `room:sync`)", "%d", total.Holes)
	if total.Restarts > 0 {
		s.note("`server:restart` events received", "%d", total.Restarts)
	}
	for _, code := range slices.Sorted(maps.Keys(refusals)) {
		s.note("answers `"+string(code)+"`", "%d", refusals[code])
	}
	s.note("breaches of the promise", "%d", len(e.Breaches()))
}
