//go:build linux

package faults

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/test/faults/client"
	"partychat/test/faults/proxy"
)

// outage is a loss of all traffic between some nodes and Redis.
type outage struct {
	name  string
	begin func(*proxy.Proxy)
	lasts time.Duration
	whole bool // all nodes lose Redis; otherwise some do
}

// outages returns the outages of a run. The packets of a connection are delayed until
// Redis returns, as by retransmission; or they vanish without the connection's end; or
// connections are reset, and new ones are refused.
func outages() (list []outage) {
	delayed := func(p *proxy.Proxy) { p.Block(proxy.Stall) }
	vanished := func(p *proxy.Proxy) { p.Block(proxy.Stall); p.Break(proxy.Stall) }
	reset := func(p *proxy.Proxy) { p.Block(proxy.Reset) }
	if !*full {
		return []outage{{"packets vanished", vanished, 5 * time.Second, true}, {"connections reset", reset, 2 * time.Second, false}}
	}
	for range 4 {
		for _, whole := range []bool{true, false} {
			list = append(list, outage{"packets delayed", delayed, 10 * time.Second, whole},
				outage{"packets vanished", vanished, 10 * time.Second, whole}, outage{"connections reset", reset, 10 * time.Second, whole})
		}
	}
	return list
}

// TestAfterAnOutageOfRedisEveryClientIsWhereTheStoreIs has people join, leave, read,
// write, rename rooms, and be removed and banned on several nodes that lose Redis again
// and again. Nodes compare all streams with the store by themselves only once a day
// here, so clients agree with the store only if the return of Redis sees to it.
func TestAfterAnOutageOfRedisEveryClientIsWhereTheStoreIs(t *testing.T) {
	for _, nodes := range short([]int{3}, []int{2, 3}) {
		t.Run(fmt.Sprintf("%d nodes", nodes), func(t *testing.T) {
			s := measuredOnNodes(t, fmt.Sprintf("%d nodes: outages of Redis while people come and go", nodes))
			random := rand.New(rand.NewPCG(*seed, uint64(nodes)))
			list := outages()
			random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			s.note("outages, seed", "%d, %d", len(list), *seed)
			town := found(t, launch(t, nodes, "--compare-interval", "24h"), random, short(6, 12), len(list))
			town.live()
			took := make(map[string][]time.Duration)
			for _, o := range list {
				name := fmt.Sprintf("%s for %v, %s", o.name, o.lasts, map[bool]string{true: "all nodes", false: "some nodes"}[o.whole])
				t.Logf("now: %s", name)
				took[name] = append(took[name], town.suffer(o))
			}
			town.rest()
			for _, name := range slices.Sorted(maps.Keys(took)) {
				s.note(name+": from the return of Redis until no client differed from the store", "%s", spread(took[name]))
			}
			town.note(s)
			town.leave()
			town.terminate()
			town.inspect()
		})
	}
}

// suffer causes an outage while people act. It returns the time from the return of
// Redis until every client was where the store was.
func (t *town) suffer(o outage) time.Duration {
	t.t.Helper()
	time.Sleep(short(time.Second, 3*time.Second)/2 + moment(time.Second)) // a random moment
	blocked := t.nodes
	if !o.whole {
		first := t.random.IntN(len(t.nodes))
		blocked = append(slices.Clone(t.nodes), t.nodes...)[first : first+1+t.random.IntN(len(t.nodes)-1)]
	}
	for _, n := range blocked {
		o.begin(n.toRedis)
	}
	t.unheard.Store(o.whole)
	ends := t.endSessions(o.whole)
	time.Sleep(o.lasts) // the duration of the fault itself, not a wait for something
	t.rest()
	t.unheard.Store(false)
	for _, n := range blocked {
		n.toRedis.Unblock()
	}
	start := time.Now()
	t.agree(ends)
	took := time.Since(start)
	t.reasons(ends)
	t.live()
	return took
}

// end is the end of a user's sessions, or of one of them, during an outage.
type end struct {
	*citizen
	want chat.EndReason
	how  string
}

// endSessions logs somebody out, has somebody end a session from the list of sessions,
// and bans somebody from the server. In an outage of all nodes the ends are written to
// the store alone: the sessions stay in Redis, as if the node had died right after
// that.
func (t *town) endSessions(alone bool) (ends []end) {
	t.t.Helper()
	ctx, cancel := context.WithTimeout(t.t.Context(), deadline)
	defer cancel()
	for i, want := range []chat.EndReason{chat.EndLogOut, chat.EndRevoked, chat.EndBanned} {
		c := t.doomed[0]
		t.doomed = t.doomed[1:]
		var err error
		switch {
		case want == chat.EndBanned:
			err = t.ask(ctx, t.mayor.token, func(api client.API) error { return api.Ban(ctx, 0, c.user.ID) },
				func(services *chat.Chat) error {
					_, _, err := services.Users.Ban(ctx, t.mayor.user, c.user.ID)
					return err
				})
		case alone:
			_, err = t.store.EndSession(ctx, c.user.ID, c.session, want)
		case want == chat.EndRevoked:
			err = t.ask(ctx, c.second, func(api client.API) error { return api.EndSession(ctx, c.session) }, nil)
		default:
			err = t.ask(ctx, c.token, func(api client.API) error { return api.LogOut(ctx) }, nil)
		}
		var refused *client.StatusError
		if errors.As(err, &refused) && (refused.Status == http.StatusUnauthorized || refused.Status == http.StatusNotFound) {
			err = nil // an earlier attempt succeeded, but its response was lost
		}
		if err != nil {
			t.t.Fatalf("end %d (%s): %v", i, want, err)
		}
		ends = append(ends, end{c, want, string(want)})
	}
	return ends
}

// reasons checks that clients know why they have lost rooms and sessions, and that no
// node takes a session that has ended.
func (t *town) reasons(ends []end) {
	t.t.Helper()
	for _, c := range t.citizens {
		for room, want := range c.standing {
			if c.pending != nil && c.pending.room == room {
				continue // it is not known what has become of it
			}
			for i, d := range c.devices {
				if got, gone := d.Gone[room]; gone != (want != "") || got.Reason != want {
					t.t.Errorf("client %d of %s: room %d has gone because of %q, want %q", i, c.user.Username, room, got.Reason, want)
				}
			}
		}
	}
	for _, e := range ends {
		for i, d := range e.devices {
			if d.Ended != e.want {
				t.t.Errorf("client %d of %s: the session ended because of %q, want %q", i, e.user.Username, d.Ended, e.want)
			}
		}
		for i, n := range t.nodes {
			err := t.eventuallyAnswered(func(ctx context.Context) error {
				_, err := client.API{URL: n.url, Token: e.token}.Session(ctx)
				return err
			})
			var answer *client.StatusError
			if !errors.As(err, &answer) || answer.Status != http.StatusUnauthorized {
				t.t.Errorf("node %d, the session of %s that ended because of %s: got %v, want 401", i, e.user.Username, e.want, err)
			}
		}
	}
}

// eventuallyAnswered repeats a call until a node is no longer unavailable.
func (t *town) eventuallyAnswered(call func(context.Context) error) (err error) {
	t.t.Helper()
	eventually(t.t, "a node answers", func() bool {
		err = call(t.t.Context())
		var answer *client.StatusError
		return err == nil || errors.As(err, &answer) && answer.Status < 500
	})
	return err
}
