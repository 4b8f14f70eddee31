package redis_test

import (
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"partychat/internal/broker/brokertest"
	"partychat/internal/broker/redis"
	"partychat/internal/chat"
	"partychat/internal/realserver"
	"partychat/test/faults/proxy"
)

func TestContract(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		next := databases(t)
		brokertest.Run(t, func(t *testing.T) chat.Broker {
			t.Helper()
			return newBroker(t, next())
		})
	})
	t.Run("as a cluster", func(t *testing.T) {
		server := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
		brokertest.Run(t, func(t *testing.T) chat.Broker {
			t.Helper()
			return newBroker(t, server.URL())
		})
	})
}

// nodes returns brokers on the server.
func nodes(t *testing.T, server *realserver.Redis, n int) brokertest.Nodes {
	t.Helper()
	do := func(f func() error) func(*testing.T) {
		return func(t *testing.T) {
			t.Helper()
			if err := f(); err != nil {
				t.Fatal(err)
			}
		}
	}
	nodes := brokertest.Nodes{
		Stop: do(server.Kill), Start: do(func() error { return server.Start(t.Context()) }),
		Pause: do(server.Pause), Resume: do(server.Resume),
	}
	for range n {
		nodes.Brokers = append(nodes.Brokers, newBroker(t, server.URL()))
	}
	return nodes
}

func TestNodes(t *testing.T) {
	t.Parallel() // it mostly waits
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			brokertest.RunNodes(t, func(t *testing.T, n int) brokertest.Nodes {
				t.Helper()
				return nodes(t, realserver.RedisServer(t, kind.options), n)
			})
		})
	}
}

func TestNodeThatLostRedisReportsMissedEventsToTheOthers(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault proxy.Fault
	}{
		{"its connections are cut", proxy.Cut},
		{"nothing passes, and nobody is told", proxy.Stall},
	} {
		t.Run(test.name, func(t *testing.T) {
			brokertest.RunParted(t, func(t *testing.T) (n brokertest.Nodes, part, heal func()) {
				t.Helper()
				server := realserver.RedisServer(t, realserver.RedisOptions{})
				between, err := proxy.New(t.Context(), server.Address())
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(between.Close)
				n = nodes(t, server, 1)
				n.Brokers = append([]chat.Broker{newBroker(t, "redis://"+between.Address())}, n.Brokers...)
				probe := connect(t, "redis://"+between.Address())
				return n, func() { between.Block(test.fault) }, func() {
					// Three missing answers take longer than the detection of an outage.
					for failed := 0; failed < 3; {
						if probe.Ping(t.Context()) != nil {
							failed++
						}
					}
					between.Unblock()
				}
			})
		})
	}
}

func TestSubscriptionsFollowAMovedSlot(t *testing.T) {
	from := realserver.RedisServer(t, realserver.RedisOptions{Cluster: true})
	bus, err := realserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	to := realserver.RedisServer(t, realserver.RedisOptions{
		Args: []string{"--cluster-enabled", "yes", "--cluster-port", strconv.Itoa(bus)},
	})
	do := func(on *realserver.Redis, command ...string) string {
		t.Helper()
		answer, err := on.Do(t.Context(), command...)
		if err != nil {
			t.Fatalf("%v: %v", command, err)
		}
		return answer
	}
	host, port, _ := net.SplitHostPort(to.Address())
	do(from, "CLUSTER", "MEET", host, port, strconv.Itoa(bus))
	// Each of the two must know that the other knows it.
	eventually(t, "the two to be one cluster", func() bool {
		return strings.Contains(do(to, "CLUSTER", "NODES"), "0-16383") && strings.Contains(do(from, "CLUSTER", "NODES"), do(to, "CLUSTER", "MYID"))
	})

	brokers := nodes(t, from, 2).Brokers
	events := make(chan chat.Event, 10_000)
	room := chat.Topic{Room: 5}
	for _, b := range brokers {
		t.Cleanup(func() { _ = b.Close() })
	}
	brokers[0].Handle(func(chat.Event) {})
	brokers[1].Handle(func(event chat.Event) { events <- event })
	if err := brokers[1].Subscribe(t.Context(), room); err != nil {
		t.Fatal(err)
	}
	channel := redis.ChannelOf(room)
	slot := strings.TrimPrefix(do(from, "CLUSTER", "KEYSLOT", channel), ":")
	id := do(to, "CLUSTER", "MYID")
	do(to, "CLUSTER", "SETSLOT", slot, "NODE", id)
	do(from, "CLUSTER", "SETSLOT", slot, "NODE", id)

	event := chat.MemberGone{Room: 5, User: 7}
	told, crossed := false, false
	eventually(t, "an event to cross the shard that has the slot now", func() bool {
		if err := brokers[0].Publish(t.Context(), event); err != nil {
			t.Fatal(err)
		}
		for len(events) > 0 {
			switch <-events {
			case chat.Event(chat.Missed{Of: room}):
				told = true
			case chat.Event(event):
				crossed = told
			}
		}
		return crossed
	})
}

func TestInstallationsWithSeparateDatabasesDoNotReceiveEachOthersEvents(t *testing.T) {
	server := realserver.RedisServer(t, realserver.RedisOptions{})
	room := chat.Topic{Room: 1}
	var heard []chan chat.Event
	var brokers []chat.Broker
	for _, database := range []string{"/0", "/1", "/1"} {
		events, b := make(chan chat.Event, 10), newBroker(t, server.URL()+database)
		t.Cleanup(func() { _ = b.Close() })
		b.Handle(func(event chat.Event) { events <- event })
		if err := b.Subscribe(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		heard, brokers = append(heard, events), append(brokers, b)
	}
	for i, user := range []chat.UserID{7, 8} {
		if err := brokers[i].Publish(t.Context(), chat.MemberGone{Room: 1, User: user}); err != nil {
			t.Fatal(err)
		}
	}
	// The second broker's event is the only one that the third receives.
	for i, user := range []chat.UserID{7, 8, 8} {
		select {
		case got := <-heard[i]:
			if want := chat.Event(chat.MemberGone{Room: 1, User: user}); got != want {
				t.Errorf("broker %d: got %+v, want %+v", i, got, want)
			}
		case <-time.After(time.Minute):
			t.Errorf("broker %d: no event came", i)
		}
	}
}
