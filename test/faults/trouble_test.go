//go:build linux

package faults

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"partychat/test/faults/check"
	"partychat/test/faults/client"
	"partychat/test/faults/proxy"
)

var seed = flag.Uint64("seed", rand.Uint64(), "`seed` of the order of faults")

// trouble is a fault that affects a fleet for a while, or one of its nodes. Begin
// returns the function that ends it.
type trouble struct {
	name  string
	begin func(f *fleet, victim *node) (end func())
	lasts time.Duration
}

// must fails the test if err is not nil.
func (f *fleet) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func nodeKilled(lasts time.Duration) trouble {
	return trouble{"a node killed", func(_ *fleet, n *node) func() {
		n.kill()
		return n.start
	}, lasts}
}

func redisKilled(lasts time.Duration) trouble {
	return trouble{"Redis killed", func(f *fleet, _ *node) func() {
		f.must(f.redis.Kill())
		return func() { f.must(f.redis.Start(f.t.Context())) }
	}, lasts}
}

func postgresKilled(lasts time.Duration) trouble {
	return trouble{"PostgreSQL killed", func(f *fleet, _ *node) func() {
		f.must(f.postgres.Kill())
		return func() { f.must(f.postgres.Start(f.t.Context())) }
	}, lasts}
}

func nodePaused(lasts time.Duration) trouble {
	return trouble{"a node paused", func(_ *fleet, n *node) func() {
		n.signal(syscall.SIGSTOP)
		return func() { n.signal(syscall.SIGCONT) }
	}, lasts}
}

func redisPaused(lasts time.Duration) trouble {
	return trouble{"Redis paused", func(f *fleet, _ *node) func() {
		f.must(f.redis.Pause())
		return func() { f.must(f.redis.Resume()) }
	}, lasts}
}

func postgresPaused(lasts time.Duration) trouble {
	return trouble{"PostgreSQL paused", func(f *fleet, _ *node) func() {
		f.must(f.postgres.Pause())
		return func() { f.must(f.postgres.Resume()) }
	}, lasts}
}

// restarted is a rolling restart of all nodes.
func restarted() trouble {
	return trouble{name: "all nodes restarted, one after the other", begin: func(f *fleet, _ *node) func() {
		for _, n := range f.nodes {
			n.terminate()
			n.start()
		}
		return func() {}
	}}
}

// parted is a network partition between one node and a server. Connections either
// stall, so that neither end notices, or break.
func parted(from string, fault proxy.Fault, lasts time.Duration) trouble {
	how := map[proxy.Fault]string{proxy.Stall: "without notice", proxy.Reset: "by resets"}[fault]
	return trouble{fmt.Sprintf("a node partitioned from %s %s", from, how), func(_ *fleet, n *node) func() {
		between := n.toRedis
		if from == "PostgreSQL" {
			between = n.toPostgres
		}
		between.Block(fault)
		return between.Unblock
	}, lasts}
}

// afflicted is a fleet under load that suffers faults.
type afflicted struct {
	*fleet
	*crowd
	random  *rand.Rand
	strange int              // number of users outside the crowd so far
	leavers []*client.Client // each is logged out during one fault
	gone    []*client.Client // each vanishes without closing its connection during one fault
	back    map[string][]time.Duration
	cut     []time.Duration // from log-out, or from the end of the fault, to the close of the socket

	outcasts []*outcast // each is removed during one fault
}

// befall causes one fault. Meanwhile, it logs one user out and removes another one,
// on a node other than that of the user's socket. Then it waits until everything
// works again.
func (a *afflicted) befall(t trouble) {
	a.fleet.t.Helper()
	a.fleet.t.Logf("now: %s for %v", t.name, t.lasts)
	home, victim := a.anyNode(), a.anyNode()
	leaver := a.stranger(home, a.next(), "logs out", func(o *client.Options) { o.LogsOut = true })
	a.leavers = append(a.leavers, leaver)
	if *full { // detecting this takes a lease's lifetime
		a.gone = append(a.gone, a.stranger(victim, a.next(), "goes"))
	}
	out := a.outcast(home)
	a.moved(20 + a.random.IntN(100))
	if leaver.Ended() {
		a.fleet.t.Errorf("a client's session ended before it logged out")
	}
	end := t.begin(a.fleet, victim)
	for _, one := range a.gone {
		one.Close()
	}
	left, cast := make(chan error, 1), make(chan error, 1)
	var at time.Time
	ctx, cancel := context.WithTimeout(a.fleet.t.Context(), deadline)
	defer cancel()
	go func() {
		err := logOut(ctx, a.besides(home), leaver.Token())
		at = time.Now()
		left <- err
	}()
	go func() {
		cast <- insist(ctx, a.besides(home), a.party.admin().token, func(api client.API, _ bool) error { return out.cast(ctx, api) })
	}()
	time.Sleep(t.lasts) // the duration of the fault itself, not a wait for something
	end()
	start := time.Now()
	a.connected()
	a.caughtUp()
	a.back[t.name] = append(a.back[t.name], time.Since(start))
	for what, err := range map[string]error{"logging out": <-left, "a user being " + out.how: <-cast} {
		if err != nil {
			a.fleet.t.Fatalf("%s: %v", what, err)
		}
	}
	a.await("the socket of a logged-out session is closed", leaver.Ended)
	if at.Before(start) {
		at = start
	}
	a.cut = append(a.cut, time.Since(at))
	a.isOut(out)
}

// anyNode picks a random node.
func (a *afflicted) anyNode() *node {
	return a.fleet.nodes[a.random.IntN(len(a.fleet.nodes))]
}

// next returns the next user who is not in the crowd.
func (a *afflicted) next() account {
	a.strange++
	return a.party.users[len(a.clients)+a.strange-1]
}

// stranger connects a client of a user outside the crowd.
func (a *afflicted) stranger(home *node, account account, what string, change ...func(*client.Options)) *client.Client {
	a.fleet.t.Helper()
	var others []string
	for _, n := range a.besides(home) {
		others = append(others, n.url)
	}
	o := client.Options{
		URL: home.url, Elsewhere: others, Token: account.token, User: account.ID,
		Name: fmt.Sprintf("%s (%s)", account.Username, what), Polling: a.random.IntN(5) == 0,
	}
	for _, f := range change {
		f(&o)
	}
	one := client.New(o)
	a.fleet.t.Cleanup(one.Close)
	a.await("a client that "+what+" is connected", one.Connected)
	return one
}

// withStrangers adds the evidence of clients that have left.
func (a *afflicted) withStrangers(e check.Evidence) check.Evidence {
	strangers := slices.Concat(a.leavers, a.gone)
	for _, o := range a.outcasts {
		strangers = append(strangers, o.one)
	}
	for _, one := range strangers {
		for _, f := range one.Feeds() {
			f.Complete = false // they left before the others finished
			e.Feeds = append(e.Feeds, f)
		}
		a.complain(one.Faults())
	}
	return e
}

// withstand attacks that many nodes with all faults, and checks the evidence.
func withstand(t *testing.T, name string, nodes int, troubles []trouble) {
	t.Helper()
	s := measuredOnNodes(t, fmt.Sprintf("%d nodes: %s", nodes, name))
	random := rand.New(rand.NewPCG(*seed, uint64(nodes)))
	// In the short form, a node is killed first, so that its leases have expired
	// when everything else is done.
	rest := troubles[short(1, 0):]
	random.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	s.note("faults, seed of their order", "%d, %d", len(troubles), *seed)
	f := launch(t, nodes)
	clients := short(9, 24)
	p := f.gather(clients+3*len(troubles), short(4, 8), scattered)
	a := &afflicted{fleet: f, crowd: f.join(p, clients), random: random, back: make(map[string][]time.Duration)}
	talking, hush := context.WithCancel(t.Context())
	defer hush()
	wait := a.talk(talking, 100*time.Millisecond)
	for _, trouble := range troubles {
		a.befall(trouble)
	}
	a.moved(50)
	hush()
	wait()
	for _, o := range a.outcasts {
		o.one.Close() // it must not have received anything about the room it was removed from
	}
	start := time.Now()
	f.presenceRight(a.crowd)
	lapsed := time.Since(start)
	e := a.withStrangers(a.settle())
	a.verify(e)
	for _, name := range slices.Sorted(maps.Keys(a.back)) {
		s.note(name+": until all were connected and had everything", "%s", spread(a.back[name]))
	}
	s.note("until the sockets of a session logged out meanwhile on another node were closed", "%s", spread(a.cut))
	s.note("users removed from rooms and the server meanwhile on another node", "%d", len(a.outcasts))
	s.note("until presence was right everywhere in the end", "%v", lapsed.Round(time.Millisecond))
	a.note(s, e)
	a.leave()
	f.terminate()
	f.inspect()
}

// times repeats faults.
func times(n int, make func() trouble) (list []trouble) {
	for range n {
		list = append(list, make())
	}
	return list
}

// moment returns a random time up to d.
func moment(d time.Duration) time.Duration { return rand.N(d) }

func TestNodesWithstandFaults(t *testing.T) {
	pause := short(2*time.Second, 8*time.Second)
	cut := short(time.Second, 4*time.Second)
	n := func(inFull int) int { return short(1, inFull) }
	killed := slices.Concat(
		times(n(20), func() trouble { return nodeKilled(moment(time.Second)) }),
		times(n(20), func() trouble { return redisKilled(moment(2 * time.Second)) }),
		times(n(20), func() trouble { return postgresKilled(moment(time.Second)) }),
	)
	var partings []trouble
	for _, from := range []string{"Redis", "PostgreSQL"} {
		for _, fault := range []proxy.Fault{proxy.Stall, proxy.Reset} {
			partings = append(partings, times(n(5), func() trouble { return parted(from, fault, cut/2+moment(cut)) })...)
		}
	}
	paused := slices.Concat(
		times(n(3), func() trouble { return nodePaused(pause) }),
		times(n(3), func() trouble { return redisPaused(pause) }),
	)
	attacks := map[string][]trouble{"everything once": slices.Concat(killed, partings, paused, times(1, restarted))}
	counts := []int{2}
	if *full {
		paused = append(paused, times(3, func() trouble { return postgresPaused(pause) })...)
		partings = append(partings, parted("Redis", proxy.Stall, 40*time.Second), parted("PostgreSQL", proxy.Stall, 40*time.Second))
		attacks = map[string][]trouble{
			"`kill -9` of nodes, Redis and PostgreSQL": killed, "partitions": partings,
			"paused processes": paused, "rolling restarts": times(5, restarted),
		}
		counts = []int{2, 3}
	}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		for _, nodes := range counts {
			t.Run(fmt.Sprintf("%d nodes, %s", nodes, name), func(t *testing.T) {
				withstand(t, name, nodes, slices.Clone(attacks[name]))
			})
		}
	}
}
