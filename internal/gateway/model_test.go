package gateway_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gateway"
)

// network joins nodes that share a store, and does to each event on its way to each
// node what networks do.
type network struct {
	nodes []*server

	mu     sync.Mutex
	random *rand.Rand
	whole  bool // nothing happens to events any more
	down   bool // nothing reaches another node
	flying sync.WaitGroup
}

// joinNodes makes so many nodes.
func joinNodes(t *testing.T, n int, random *rand.Rand, change ...func(*gateway.Options)) *network {
	t.Helper()
	network := &network{random: random}
	store := newStore(t)
	for range n {
		network.nodes = append(network.nodes, newNode(t, store, chat.Deps{}, change...))
	}
	for from, node := range network.nodes {
		node.broker.meddle(func(event chat.Event, _ func(chat.Event) error) error { return network.carry(from, event) })
	}
	t.Cleanup(network.flying.Wait)
	return network
}

func (n *network) carry(from int, event chat.Event) error {
	for to, node := range n.nodes {
		for range n.copies(from != to) {
			if delay := n.delay(); delay > 0 {
				n.flying.Go(func() {
					time.Sleep(delay)
					_ = node.broker.Broker.Publish(context.Background(), event)
				})
			} else if err := node.broker.Broker.Publish(context.Background(), event); err != nil {
				return err
			}
		}
	}
	return nil
}

// copies says how often an event arrives.
func (n *network) copies(elsewhere bool) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.down && elsewhere:
		return 0
	case n.whole:
		return 1
	}
	return []int{0, 1, 1, 1, 2}[n.random.IntN(5)]
}

// delay is drawn for each copy, so that events overtake each other.
func (n *network) delay() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.whole || n.random.IntN(2) == 0 {
		return 0
	}
	return time.Duration(n.random.IntN(20)) * time.Millisecond
}

// heal ends what the network does to events.
func (n *network) heal() {
	n.mu.Lock()
	n.whole, n.down = true, false
	n.mu.Unlock()
	n.flying.Wait()
}

// cut keeps the nodes from each other, or lets them reach each other again.
func (n *network) cut(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
}

// wander lets some client go, or come back to any node.
func (l *life) wander() {
	m := l.mirrors[l.random.IntN(len(l.mirrors))]
	if l.ends[m] != "" {
		return
	}
	m.Close()
	if err := m.Connect(l.anyNode().url); err != nil {
		l.t.Fatal(err)
	}
}

// missed has every node's broker say that it may have lost anything.
func (l *life) missed() {
	for _, node := range l.network.nodes {
		for _, person := range l.everybody {
			node.late(chat.Missed{Of: chat.Topic{User: person}})
		}
		for room := range l.rooms.all {
			node.late(chat.Missed{Of: chat.Topic{Room: room}})
		}
	}
}

// settle lets all clients take in what they have been sent.
func (l *life) settle() {
	l.t.Helper()
	for _, m := range l.mirrors {
		if err := m.Settle(); err != nil {
			l.t.Fatal(err)
		}
	}
}

// difference says in what a client is not as the store is, or does not know why.
func (l *life) difference() string {
	l.t.Helper()
	l.settle()
	for i, m := range l.mirrors {
		said, err := m.Difference(l.t.Context(), l.network.nodes[0].store)
		if err != nil {
			l.t.Fatal(err)
		}
		for _, gone := range m.Gone {
			if want := l.reasons[m.User.ID][gone.Rev]; said == "" && want != gone.Reason {
				said = fmt.Sprintf("by rev %d room %d has gone because of %q, not %q", gone.Rev, gone.Room, gone.Reason, want)
			}
		}
		if want := l.ends[m]; said == "" && want != m.Ended {
			said = fmt.Sprintf("the session has ended because of %q, not %q", m.Ended, want)
		}
		if said != "" {
			return fmt.Sprintf("client %d of %s (%d): %s", i, m.User.Username, m.User.ID, said)
		}
	}
	return ""
}

// agree waits until all clients are as the store is.
func (l *life) agree() {
	l.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for {
		said := l.difference()
		if said == "" {
			return
		}
		if time.Now().After(deadline) {
			for _, line := range l.log {
				l.t.Log(line)
			}
			l.t.Fatal(said)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// TestWhateverHappensToEventsEveryClientEndsWhereTheStoreIs loses, doubles and reorders
// the events on their way to each node, while people do what people do and their
// clients come and go.
func TestWhateverHappensToEventsEveryClientEndsWhereTheStoreIs(t *testing.T) {
	for _, way := range []struct {
		name   string
		change func(*gateway.Options)
		find   func(l *life)
	}{
		{"when the broker says that it has missed events", soon, (*life).missed},
		{"in time", func(o *gateway.Options) { soon(o); o.HeadsInterval = 20 * time.Millisecond }, func(*life) {}},
	} {
		for _, nodes := range []int{1, 3} {
			t.Run(fmt.Sprintf("%s, %d nodes", way.name, nodes), func(t *testing.T) {
				seed := rand.Uint64()
				t.Logf("seed %d", seed)
				random := rand.New(rand.NewPCG(seed, 1))
				network := joinNodes(t, nodes, rand.New(rand.NewPCG(seed, 2)), way.change)
				for _, node := range network.nodes {
					node.run()
				}
				l := newLife(t, network, random)
				for i := range 600 {
					l.step(t.Context())
					if i%10 == 9 {
						l.wander()
						l.settle()
					}
				}
				network.heal()
				way.find(l)
				l.agree()
			})
		}
	}
}

// TestAfterEachOutageEveryClientIsWhereTheStoreIs keeps the nodes from each other again
// and again, as an outage of Redis does.
func TestAfterEachOutageEveryClientIsWhereTheStoreIs(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	network := joinNodes(t, 3, rand.New(rand.NewPCG(seed, 2)), soon)
	network.heal()
	l := newLife(t, network, random)
	for range 4 {
		for _, down := range []bool{false, true} {
			network.cut(down)
			for range 20 + random.IntN(40) {
				l.step(t.Context())
			}
			l.wander()
		}
		network.cut(false)
		l.missed()
		l.agree()
	}
}
