package brokertest

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

// Nodes are brokers that are connected through a server.
type Nodes struct {
	Brokers []chat.Broker
	// Stop kills the server; Start restarts it, with or without its data.
	Stop, Start func(t *testing.T)
	// Pause makes the server hang; Resume lets it continue.
	Pause, Resume func(t *testing.T)
}

// RunNodes runs the part of the contract of chat.Broker that concerns several
// nodes. Open returns that many brokers on a server that nobody else uses; the
// suite sets the handlers and closes them.
func RunNodes(t *testing.T, open func(t *testing.T, n int) Nodes) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, n Nodes)
	}{
		{"an event of any kind crosses nodes as it was published", testCrossing},
		{"nothing arrives twice, and each publisher's events in their order", testCrossingOrder},
		{"a node that has left a topic hears no more of it", testCrossingLeft},
		{"every node is told of each topic after a restart of the server", testRestart},
		{"a node serves its own while the server is away", testAway},
		{"nobody waits for a server that hangs, and it shuffles nothing when it goes on", testHanging},
		{"many topics are heard of again after a restart", testRestartMany},
		{"nobody is left behind, whenever the server dies", testLeftBehind},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := open(t, 3)
			for _, b := range n.Brokers {
				t.Cleanup(func() {
					if err := b.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				})
			}
			test.run(t, n)
		})
	}
}

// RunParted runs the part of the contract of chat.Broker that concerns a single
// node without a connection to the server: the first of the two that open
// returns, from part to heal. part waits until the node has noticed.
func RunParted(t *testing.T, open func(t *testing.T) (n Nodes, part, heal func())) {
	n, part, heal := open(t)
	own, other := listen(n.Brokers[0]), listen(n.Brokers[1])
	for _, b := range n.Brokers {
		t.Cleanup(func() { _ = b.Close() })
		subscribe(t, b, roomA, roomB)
	}
	crosses(t, n.Brokers[0], other, roomA, 1)
	waitFor(t, own, message(roomA, 1))
	hears(t, n.Brokers[0], true)
	part()
	publish(t, n.Brokers[0], message(roomA, 2))
	waitFor(t, own, message(roomA, 2))
	hears(t, n.Brokers[0], false)
	hears(t, n.Brokers[1], true)
	heal()
	// The connection of the other node was not interrupted, so it can learn this
	// only from the first.
	waitFor(t, other, chat.Missed{Of: roomA})
	toldOf(t, own, roomA, roomB)
	hears(t, n.Brokers[0], true)
	crosses(t, n.Brokers[0], other, roomB, 3)
	crosses(t, n.Brokers[1], own, roomB, 4)
}

// hears waits until the broker reports that it receives events from the others,
// or that it does not.
func hears(t *testing.T, b chat.Broker, want bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); b.Hears() != want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("hears the others: got %t, want %t", !want, want)
		}
	}
}

// waitFor skips events until the expected one arrives.
func waitFor(t *testing.T, events <-chan chat.Event, want chat.Event) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case got := <-events:
			if reflect.DeepEqual(got, want) {
				return
			}
		case <-deadline:
			t.Fatalf("no event came, want %T %+v", want, want)
		}
	}
}

// toldOf waits for Missed for all the topics, in any order.
func toldOf(t *testing.T, events <-chan chat.Event, topics ...chat.Topic) {
	t.Helper()
	deadline := time.After(patience)
	for told := map[chat.Topic]bool{}; len(told) < len(topics); {
		select {
		case event := <-events:
			if m, ok := event.(chat.Missed); ok && slices.Contains(topics, m.Of) {
				told[m.Of] = true
			}
		case <-deadline:
			t.Fatalf("told of %v, want %v", told, topics)
		}
	}
}

// crosses publishes until the event arrives. While the two reconnect after an
// outage, each at its own time, events may be lost.
func crosses(t *testing.T, from chat.Broker, to <-chan chat.Event, room chat.Topic, seq int64) {
	t.Helper()
	deadline := time.After(patience)
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	event := message(room, seq)
	publish(t, from, event)
	for {
		select {
		case got := <-to:
			if reflect.DeepEqual(got, event) {
				return
			}
		case <-again.C:
			publish(t, from, event)
		case <-deadline:
			t.Fatalf("no event came from another node, want %+v", event)
		}
	}
}

func testCrossing(t *testing.T, n Nodes) {
	a, b, uninvolved := listen(n.Brokers[0]), listen(n.Brokers[1]), listen(n.Brokers[2])
	for _, event := range Events() {
		missed := chat.Missed{Of: event.Topic()}
		subscribe(t, n.Brokers[0], event.Topic())
		subscribe(t, n.Brokers[1], event.Topic())
		if event.Topic().Presence != 0 { // presence is read only after Missed
			next(t, a, missed)
			next(t, b, missed)
		}
		publish(t, n.Brokers[0], event)
		next(t, a, event)
		next(t, b, event)
		n.Brokers[0].Unsubscribe(event.Topic())
		n.Brokers[1].Unsubscribe(event.Topic())
	}
	if len(uninvolved) > 0 {
		t.Errorf("a node that has subscribed to nothing got %+v", <-uninvolved)
	}
}

func testCrossingOrder(t *testing.T, n Nodes) {
	const each = 500
	var heard []<-chan chat.Event
	for _, b := range n.Brokers {
		heard = append(heard, listen(b))
		subscribe(t, b, roomA, roomB)
	}
	var work sync.WaitGroup
	for i, b := range n.Brokers {
		work.Go(func() {
			for j := range int64(each) {
				publish(t, b, message(roomA, int64(i)*each+j), message(roomB, int64(i)*each+j))
			}
		})
	}
	work.Wait()
	for node, events := range heard {
		latest := make(map[string]int64) // by room and publisher
		deadline := time.After(patience)
		for range 2 * each * len(n.Brokers) {
			select {
			case event := <-events:
				put, ok := event.(chat.MessagePut)
				if !ok {
					t.Fatalf("node %d got %T, want a MessagePut", node, event)
				}
				publisher, number := put.Message.Seq/each, put.Message.Seq%each
				stream := fmt.Sprint(put.Message.Room, publisher)
				if number != latest[stream] {
					t.Fatalf("node %d: got event %d of publisher %d, want %d", node, number, publisher, latest[stream])
				}
				latest[stream]++
			case <-deadline:
				t.Fatalf("node %d: events are missing; got %v", node, latest)
			}
		}
		if len(events) > 0 {
			t.Errorf("node %d got also %+v, want nothing more", node, <-events)
		}
	}
}

func testCrossingLeft(t *testing.T, n Nodes) {
	listen(n.Brokers[0])
	events := listen(n.Brokers[1])
	subscribe(t, n.Brokers[1], roomA, roomB)
	n.Brokers[1].Unsubscribe(roomA)
	publish(t, n.Brokers[0], message(roomA, 1), message(roomB, 2))
	next(t, events, message(roomB, 2))
	subscribe(t, n.Brokers[1], roomA)
	publish(t, n.Brokers[0], message(roomA, 3))
	// The first subscription may have taken so long that the node subscribes
	// again.
	nextBut(t, events, message(roomA, 3), message(roomA, 1))
}

func testRestart(t *testing.T, n Nodes) {
	var heard []<-chan chat.Event
	for _, b := range n.Brokers {
		heard = append(heard, listen(b))
		subscribe(t, b, roomA, userA)
	}
	for range 2 {
		n.Stop(t)
		n.Start(t)
		for _, events := range heard {
			toldOf(t, events, roomA, userA)
		}
		for i := range n.Brokers {
			crosses(t, n.Brokers[i], heard[(i+1)%len(heard)], roomA, int64(i))
		}
	}
}

func testAway(t *testing.T, n Nodes) {
	a, b := listen(n.Brokers[0]), listen(n.Brokers[1])
	subscribe(t, n.Brokers[0], roomA)
	subscribe(t, n.Brokers[1], roomA, roomB)
	n.Stop(t)
	publish(t, n.Brokers[0], message(roomA, 1))
	waitFor(t, a, message(roomA, 1))
	subscribe(t, n.Brokers[0], roomB, roomC)
	n.Brokers[0].Unsubscribe(roomC)
	for i := range int64(100) {
		publish(t, n.Brokers[0], message(roomB, i))
	}
	for i := range int64(100) {
		waitFor(t, a, message(roomB, i))
	}
	n.Start(t)
	waitFor(t, a, chat.Missed{Of: roomB})
	waitFor(t, b, chat.Missed{Of: roomB})
	crosses(t, n.Brokers[1], a, roomB, 200)
}

func testHanging(t *testing.T, n Nodes) {
	a, b := listen(n.Brokers[0]), listen(n.Brokers[1])
	subscribe(t, n.Brokers[0], roomA)
	subscribe(t, n.Brokers[1], roomA)
	publish(t, n.Brokers[0], message(roomA, 1))
	next(t, a, message(roomA, 1))
	next(t, b, message(roomA, 1))
	n.Pause(t)
	// Until the nodes notice that the server hangs, they send events to it.
	subscribe(t, n.Brokers[0], roomB)
	publishing := time.NewTicker(20 * time.Millisecond)
	defer publishing.Stop()
	seq := int64(1)
	for range 300 {
		<-publishing.C
		seq++
		publish(t, n.Brokers[0], message(roomA, seq))
		waitFor(t, a, message(roomA, seq))
	}
	n.Resume(t)
	deadline := time.After(patience)
	var latest int64
	missed := false
	for end := seq + 100; latest < end; {
		select {
		case <-publishing.C:
			seq++
			publish(t, n.Brokers[0], message(roomA, seq))
		case event := <-b:
			switch e := event.(type) {
			case chat.Missed:
				missed = true
			case chat.MessagePut:
				if e.Message.Seq <= latest {
					t.Fatalf("got event %d after %d", e.Message.Seq, latest)
				}
				latest = e.Message.Seq
			}
		case <-deadline:
			t.Fatalf("got event %d, want %d", latest, end)
		}
	}
	if !missed {
		t.Error("nobody has told that events were lost")
	}
}

func testRestartMany(t *testing.T, n Nodes) {
	const rooms = 2000
	events := listen(n.Brokers[0])
	var work sync.WaitGroup
	for i := range 20 {
		work.Go(func() {
			for room := i; room < rooms; room += 20 {
				subscribe(t, n.Brokers[0], chat.Topic{Room: chat.RoomID(room + 1)})
			}
		})
	}
	work.Wait()
	n.Stop(t)
	n.Start(t)
	missed := make(map[chat.Topic]int)
	for len(missed) < rooms {
		select {
		case event := <-events:
			missed[event.Topic()]++
		case <-time.After(patience):
			t.Fatalf("told of %d topics, want %d", len(missed), rooms)
		}
	}
}
