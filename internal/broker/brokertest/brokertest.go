// Package brokertest contains the contract of chat.Broker as tests. Every broker
// passes them with its real server running.
package brokertest

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

// patience is the time after which a test stops waiting for an event.
const patience = time.Minute

// Run runs the suite. open returns a broker that nobody else uses; the suite sets
// the handler and closes it.
func Run(t *testing.T, open func(t *testing.T) chat.Broker) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, b chat.Broker)
	}{
		{"an event reaches the handler of a subscribed topic as it was published", testDelivery},
		{"every kind of event arrives", testKinds},
		{"events of other topics do not arrive", testOtherTopics},
		{"delivery ends with the last unsubscribing", testUnsubscribe},
		{"a topic that was left can be entered again", testSubscribeAgain},
		{"events published one after the other arrive in that order", testOrder},
		{"nothing is lost when many publish", testManyPublishers},
		{"the handler runs once at a time for a topic", testOneAtATime},
		{"a slow handler keeps neither publishers nor other topics waiting", testSlowHandler},
		{"the handler may subscribe and unsubscribe", testHandlerSubscribes},
		{"a closed broker delivers nothing more", testClose},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := open(t)
			t.Cleanup(func() {
				if err := b.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
			test.run(t, b)
		})
	}
}

var (
	roomA = chat.Topic{Room: 11}
	roomB = chat.Topic{Room: 12}
	roomC = chat.Topic{Room: 13}
	userA = chat.Topic{User: 11}
)

// message returns an event of the room, identified by its seq.
func message(room chat.Topic, seq int64) chat.Event {
	return chat.MessagePut{Message: &chat.Message{
		Room: room.Room, Seq: seq, Rev: seq, ClientID: "id", Author: chat.Author{ID: 5, Username: "Zoë", Kind: chat.KindBot},
		Kind: chat.MessageText, Body: "“hello”\n🎉", CreatedAt: time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.UTC),
	}}
}

// listen sets a handler that puts all events into the returned channel.
func listen(b chat.Broker) <-chan chat.Event {
	events := make(chan chat.Event, 10_000)
	b.Handle(func(event chat.Event) { events <- event })
	return events
}

func subscribe(t *testing.T, b chat.Broker, topics ...chat.Topic) {
	t.Helper()
	for _, topic := range topics {
		if err := b.Subscribe(t.Context(), topic); err != nil {
			t.Fatalf("Subscribe(%+v): %v", topic, err)
		}
	}
}

func publish(t *testing.T, b chat.Broker, events ...chat.Event) {
	t.Helper()
	for _, event := range events {
		if err := b.Publish(t.Context(), event); err != nil {
			t.Errorf("Publish: %v", err)
		}
	}
}

// next waits for an event, and fails the test unless it is the expected one.
func next(t *testing.T, events <-chan chat.Event, want chat.Event) {
	t.Helper()
	nextBut(t, events, want, nil)
}

// nextBut is next, but skips the other event.
func nextBut(t *testing.T, events <-chan chat.Event, want, other chat.Event) {
	t.Helper()
	nextUnless(t, events, want, func(got chat.Event) bool { return reflect.DeepEqual(got, other) })
}

// nextThatIsKnown is next, but skips Missed: a topic's may come after it was left.
func nextThatIsKnown(t *testing.T, events <-chan chat.Event, want chat.Event) {
	t.Helper()
	nextUnless(t, events, want, func(got chat.Event) bool { _, missed := got.(chat.Missed); return missed })
}

// nextUnless is next, but skips the events that the function chooses.
func nextUnless(t *testing.T, events <-chan chat.Event, want chat.Event, skipped func(chat.Event) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case got := <-events:
			if reflect.DeepEqual(got, want) {
				return
			}
			if !skipped(got) {
				t.Fatalf("got event\n%T %+v, want\n%T %+v", got, got, want, want)
			}
		case <-deadline:
			t.Fatalf("no event came, want %T %+v", want, want)
		}
	}
}

func testDelivery(t *testing.T, b chat.Broker) {
	events := listen(b)
	subscribe(t, b, roomA)
	publish(t, b, message(roomA, 1), message(roomA, 2))
	next(t, events, message(roomA, 1))
	next(t, events, message(roomA, 2))
}

func testKinds(t *testing.T, b chat.Broker) {
	events := listen(b)
	for _, event := range Events() {
		subscribe(t, b, event.Topic())
		publish(t, b, event)
		nextThatIsKnown(t, events, event)
		b.Unsubscribe(event.Topic())
	}
}

func testOtherTopics(t *testing.T, b chat.Broker) {
	events := listen(b)
	subscribe(t, b, roomA)
	// A user with the same number is a different topic.
	publish(t, b, message(roomB, 1), chat.SubscriptionGone{User: userA.User}, message(roomA, 2))
	next(t, events, message(roomA, 2))
	if len(events) > 0 {
		t.Errorf("got also %+v, want nothing more", <-events)
	}
}

func testUnsubscribe(t *testing.T, b chat.Broker) {
	events := listen(b)
	subscribe(t, b, roomA, roomA, roomB)
	b.Unsubscribe(roomA)
	publish(t, b, message(roomA, 1))
	next(t, events, message(roomA, 1))
	b.Unsubscribe(roomA)
	b.Unsubscribe(chat.Topic{Room: 99}) // never subscribed
	publish(t, b, message(roomA, 2), message(roomB, 3))
	next(t, events, message(roomB, 3))
	if len(events) > 0 {
		t.Errorf("got also %+v, want nothing more", <-events)
	}
}

func testSubscribeAgain(t *testing.T, b chat.Broker) {
	events := listen(b)
	for i := range int64(20) {
		subscribe(t, b, roomA)
		publish(t, b, message(roomA, i))
		next(t, events, message(roomA, i))
		b.Unsubscribe(roomA)
	}
}

func testOrder(t *testing.T, b chat.Broker) {
	const n = 1000
	events := listen(b)
	subscribe(t, b, roomA)
	for i := range int64(n) {
		publish(t, b, message(roomA, i))
	}
	for i := range int64(n) {
		next(t, events, message(roomA, i))
	}
}

func testManyPublishers(t *testing.T, b chat.Broker) {
	const publishers, each = 16, 100
	events := listen(b)
	subscribe(t, b, roomA, roomB)
	var wg sync.WaitGroup
	for i := range int64(publishers) {
		wg.Go(func() {
			for j := range int64(each) {
				publish(t, b, message([]chat.Topic{roomA, roomB}[i%2], i*each+j))
			}
		})
	}
	latest := map[int64]int64{} // per publisher
	deadline := time.After(patience)
	for range publishers * each {
		select {
		case event := <-events:
			put, ok := event.(chat.MessagePut)
			if !ok {
				t.Fatalf("got event %T, want MessagePut", event)
			}
			seq := put.Message.Seq
			publisher, number := seq/each, seq%each
			if number != latest[publisher] {
				t.Fatalf("publisher %d: got event %d, want %d", publisher, number, latest[publisher])
			}
			latest[publisher]++
		case <-deadline:
			t.Fatalf("events are missing; got per publisher %v, want %d", latest, each)
		}
	}
	wg.Wait()
}

func testOneAtATime(t *testing.T, b chat.Broker) {
	var inside atomic.Int32
	done := make(chan struct{}, 1000)
	b.Handle(func(chat.Event) {
		if inside.Add(1) != 1 {
			t.Error("the handler runs twice at a time for one topic")
		}
		inside.Add(-1)
		done <- struct{}{}
	})
	subscribe(t, b, roomA)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := range int64(50) {
				publish(t, b, message(roomA, i))
			}
		})
	}
	wg.Wait()
	deadline := time.After(patience)
	for i := range 8 * 50 {
		select {
		case <-done:
		case <-deadline:
			t.Fatalf("got %d events, want %d", i, 8*50)
		}
	}
}

func testSlowHandler(t *testing.T, b chat.Broker) {
	release := make(chan struct{})
	events := make(chan chat.Event, 1000)
	b.Handle(func(event chat.Event) {
		if event.Topic() == roomA {
			<-release
		}
		events <- event
	})
	subscribe(t, b, roomA, roomB)
	for i := range int64(100) {
		publish(t, b, message(roomA, i)) // returns although the handler does not
	}
	publish(t, b, message(roomB, 1))
	next(t, events, message(roomB, 1))
	close(release)
	for i := range int64(100) {
		next(t, events, message(roomA, i))
	}
}

func testHandlerSubscribes(t *testing.T, b chat.Broker) {
	events := make(chan chat.Event, 10)
	ctx := t.Context()
	b.Handle(func(event chat.Event) {
		if event.Topic() == roomA {
			if err := b.Subscribe(ctx, roomB); err != nil {
				t.Errorf("Subscribe in the handler: %v", err)
			}
			b.Unsubscribe(roomA)
		}
		events <- event
	})
	subscribe(t, b, roomA)
	publish(t, b, message(roomA, 1))
	next(t, events, message(roomA, 1))
	publish(t, b, message(roomA, 2), message(roomB, 3))
	next(t, events, message(roomB, 3))
}

func testClose(t *testing.T, b chat.Broker) {
	events := listen(b)
	subscribe(t, b, roomA)
	if err := b.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	if err := b.Publish(t.Context(), message(roomA, 1)); err == nil {
		t.Error("Publish after Close: got no error")
	}
	if err := b.Subscribe(t.Context(), roomB); err == nil {
		t.Error("Subscribe after Close: got no error")
	}
	b.Unsubscribe(roomA)
	if len(events) > 0 {
		t.Errorf("got %+v after Close", <-events)
	}
}
