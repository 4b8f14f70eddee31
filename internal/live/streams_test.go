package live

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"partychat/internal/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	theRoom chat.RoomID = 7
	theUser chat.UserID = 3
)

var (
	roomTopic = chat.Topic{Room: theRoom}
	userTopic = chat.Topic{User: theUser}
)

// record is a Store in memory: the changes of each stream, each of something else.
type record struct {
	mu       sync.Mutex
	changes  map[chat.Topic][]chat.Revised
	floor    map[chat.Topic]int64 // what is older is not listed any more
	failures int
	reads    int
}

func newRecord() *record {
	return &record{changes: make(map[chat.Topic][]chat.Revised), floor: make(map[chat.Topic]int64)}
}

// commit adds the next change of a stream.
func (r *record) commit(of chat.Topic) chat.Revised {
	r.mu.Lock()
	defer r.mu.Unlock()
	rev := int64(len(r.changes[of])) + 1
	var e chat.Revised = chat.SubscriptionGone{User: of.User, Room: chat.RoomID(rev), Rev: rev, Reason: chat.GoneRemoved}
	if of.Room != 0 {
		e = chat.MemberGone{Room: of.Room, User: chat.UserID(rev), Rev: rev, Reason: chat.GoneBanned}
	}
	r.changes[of] = append(r.changes[of], e)
	return e
}

func (r *record) since(of chat.Topic, since int64, limit int) (events []chat.Revised, rev int64, more, startOver bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reads++
	if r.failures > 0 {
		r.failures--
		return nil, 0, false, false, chat.Errorf(chat.CodeUnavailable, "The store is away.")
	}
	all := r.changes[of]
	if since < r.floor[of] {
		return nil, int64(len(all)), false, true, nil
	}
	events = all[since:]
	if more = len(events) > limit; more {
		events = events[:limit]
	}
	return events, since + int64(len(events)), more, false, nil
}

func (r *record) ChangesSince(_ context.Context, room chat.RoomID, rev int64, _, _ int) (c chat.Changes, err error) {
	var events []chat.Revised
	events, c.Rev, c.More, c.StartOver, err = r.since(chat.Topic{Room: room}, rev, 3)
	for _, e := range events {
		gone := e.(chat.MemberGone)
		c.Members = append(c.Members, chat.MemberChange{Rev: gone.Rev, User: gone.User, Reason: gone.Reason})
	}
	return c, err
}

func (r *record) UserChanges(_ context.Context, user chat.UserID, rev int64, _, _ int) (c chat.UserChanges, err error) {
	var events []chat.Revised
	events, c.Rev, c.More, c.StartOver, err = r.since(chat.Topic{User: user}, rev, 3)
	for _, e := range events {
		c.Events = append(c.Events, e)
	}
	return c, err
}

func (r *record) Heads(_ context.Context, rooms []chat.RoomID) (heads []chat.Head, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, room := range rooms {
		heads = append(heads, chat.Head{Room: room, Rev: int64(len(r.changes[chat.Topic{Room: room}]))})
	}
	return heads, nil
}

func (r *record) UserRevs(_ context.Context, users []chat.UserID) (heads []chat.UserRev, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, user := range users {
		heads = append(heads, chat.UserRev{User: user, Rev: int64(len(r.changes[chat.Topic{User: user}]))})
	}
	return heads, nil
}

// deaf is a broker that only counts subscriptions: the tests bring the events.
type deaf struct {
	mu    sync.Mutex
	holds map[chat.Topic]int
	fail  error
}

func (b *deaf) Publish(context.Context, chat.Event) error { return nil }

func (b *deaf) Subscribe(_ context.Context, topic chat.Topic) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail == nil {
		b.holds[topic]++
	}
	return b.fail
}

func (b *deaf) Unsubscribe(topic chat.Topic) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.holds[topic]--; b.holds[topic] == 0 {
		delete(b.holds, topic)
	}
}

func (b *deaf) Hears() bool             { return true }
func (b *deaf) Handle(func(chat.Event)) {}
func (b *deaf) Close() error            { return nil }

// bench is Streams with everything around them.
type bench struct {
	*Streams
	t      *testing.T
	record *record
	broker *deaf

	mu  sync.Mutex
	got []chat.Revised
}

// inBubble runs a test where time passes only when nothing else happens.
func inBubble(t *testing.T, test func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, record: newRecord(), broker: &deaf{holds: make(map[chat.Topic]int)}}
		b.Streams = New(Options{Store: b.record, Broker: b.broker})
		b.Handle(func(e chat.Revised) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.got = append(b.got, e)
		})
		test(b)
		b.Close()
	})
}

// take gives what has been delivered, of one stream, once nothing else happens and
// that time has passed.
func (b *bench) take(of chat.Topic, after time.Duration) (delivered []int64) {
	b.t.Helper()
	time.Sleep(after)
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	delivered = []int64{}
	b.got = slices.DeleteFunc(b.got, func(e chat.Revised) bool {
		if e.Topic() != of {
			return false
		}
		delivered = append(delivered, e.Revision())
		return true
	})
	return delivered
}

func (b *bench) want(of chat.Topic, after time.Duration, want ...int64) {
	b.t.Helper()
	if got := b.take(of, after); !slices.Equal(got, want) {
		b.t.Errorf("delivered %v, want %v", got, want)
	}
}

// hold begins to listen to the room and the user.
func (b *bench) hold() {
	b.t.Helper()
	if _, err := b.HoldRoom(theRoom, 0); err != nil {
		b.t.Fatal(err)
	}
	if err := b.HoldUser(theUser); err != nil {
		b.t.Fatal(err)
	}
	b.Begin(theUser, 0)
	b.want(roomTopic, time.Second)
}

const soon = 100 * time.Millisecond // after the default of HoleGrace

var both = []struct {
	name string
	of   chat.Topic
}{{"a room", roomTopic}, {"a user", userTopic}}

func TestAHoleIsFilledFromTheStoreWithItsReason(t *testing.T) {
	for _, test := range both {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.hold()
				b.Take(b.record.commit(test.of))
				lost := b.record.commit(test.of)
				b.Take(b.record.commit(test.of))
				b.want(test.of, 0, 1)
				time.Sleep(soon)
				synctest.Wait()
				b.mu.Lock()
				got := slices.Clone(b.got)
				b.mu.Unlock()
				if len(got) != 2 || got[0] != lost {
					t.Errorf("delivered %+v, want %+v first", got, lost)
				}
			})
		})
	}
}

func TestALateEventNeedsNoStore(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		first, second := b.record.commit(roomTopic), b.record.commit(roomTopic)
		b.Take(second)
		b.Take(first)
		b.Take(second)
		b.want(roomTopic, soon, 1, 2)
		if b.record.reads != 0 {
			t.Errorf("the store was read %d times", b.record.reads)
		}
	})
}

func TestALostLastEventIsFoundByTheHead(t *testing.T) {
	for _, way := range []struct {
		name string
		find func(b *bench, of chat.Topic)
	}{
		{"when the broker has missed something", func(b *bench, of chat.Topic) { b.Take(chat.Missed{Of: of}) }},
		{"when a node of an older version tells of something", func(b *bench, of chat.Topic) {
			if of.Room != 0 {
				b.Take(chat.MemberGone{Room: of.Room, User: 1})
			} else {
				b.Take(chat.SubscriptionGone{User: of.User, Room: 1})
			}
		}},
		{"in time", func(b *bench, _ chat.Topic) {
			ctx, cancel := context.WithTimeout(b.t.Context(), 31*time.Second)
			defer cancel()
			b.Run(ctx)
		}},
	} {
		for _, test := range both {
			t.Run(way.name+", "+test.name, func(t *testing.T) {
				inBubble(t, func(b *bench) {
					b.hold()
					for range 5 { // more than a page
						b.record.commit(test.of)
					}
					b.want(test.of, time.Second)
					way.find(b, test.of)
					b.want(test.of, time.Second, 1, 2, 3, 4, 5)
				})
			})
		}
	}
}

func TestAHoleIsFilledOnceTheStoreIsBack(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		b.record.failures = 3
		b.record.commit(userTopic)
		b.Take(b.record.commit(userTopic))
		b.want(userTopic, 2*time.Second)
		b.want(userTopic, 2*time.Second, 1, 2)
	})
}

func TestWhatTheStoreDoesNotListAnyMoreIsToBeReadAnew(t *testing.T) {
	for _, test := range both {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, func(b *bench) {
				b.hold()
				for range 9 {
					b.record.commit(test.of)
				}
				b.record.floor[test.of] = 5
				b.Doubt(test.of)
				time.Sleep(time.Second)
				synctest.Wait()
				b.mu.Lock()
				if want := (StartOver{Of: test.of, Rev: 9}); len(b.got) != 1 || b.got[0] != chat.Revised(want) {
					t.Errorf("delivered %+v, want %+v", b.got, want)
				}
				b.got = nil
				b.mu.Unlock()
				b.Take(b.record.commit(test.of))
				b.want(test.of, 0, 10)
			})
		})
	}
}

func TestTheEndOfASessionWaitsForNothing(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		end := chat.SessionEnded{User: theUser, Session: "one", Rev: 2}
		b.Take(end)
		b.want(userTopic, 0, 2)
	})
}

func TestAListenerIsToldFromWhereOthersAre(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		for range 3 {
			b.Take(b.record.commit(roomTopic))
			b.Take(b.record.commit(userTopic))
		}
		if after, err := b.HoldRoom(theRoom, 1); err != nil || after != 3 {
			t.Errorf("the room: got %d, %v, want what has been delivered", after, err)
		}
		if after := b.Begin(theUser, 2); after != 3 {
			t.Errorf("the user: got %d, want what has been delivered", after)
		}
		b.Release(roomTopic)
	})
}

func TestWhatHappenedBeforeTheNodeWasSubscribedIsFound(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.record.commit(roomTopic) // after the caller has read that the room is at 0
		if after, err := b.HoldRoom(theRoom, 0); err != nil || after != 0 {
			t.Errorf("got %d, %v, want 0", after, err)
		}
		b.want(roomTopic, time.Second, 1)
	})
}

func TestNothingIsDeliveredAfterTheLastRelease(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.hold()
		b.record.commit(roomTopic)
		b.Take(b.record.commit(roomTopic)) // leaves a hole
		b.Release(roomTopic)
		b.Release(userTopic)
		b.Take(b.record.commit(userTopic))
		b.want(roomTopic, time.Minute)
		b.want(userTopic, time.Minute)
		if len(b.broker.holds) != 0 || len(b.byTopic) != 0 {
			t.Errorf("left over: %v, %v", b.broker.holds, b.byTopic)
		}
	})
}

func TestAStreamThatCannotBeSubscribedIsLetGo(t *testing.T) {
	inBubble(t, func(b *bench) {
		b.broker.fail = chat.Errorf(chat.CodeUnavailable, "The broker is away.")
		if _, err := b.HoldRoom(theRoom, 0); err == nil {
			t.Error("holding a room: got no error")
		}
		if err := b.HearUser(t.Context(), theUser); err == nil {
			t.Error("hearing a user: got no error")
		}
		if len(b.byTopic) != 0 {
			t.Errorf("left over: %v", b.byTopic)
		}
	})
}

// TestWhateverTheBrokerDoesEveryStreamEndsWhereTheStoreIs loses, doubles and
// reorders the events of many streams.
func TestWhateverTheBrokerDoesEveryStreamEndsWhereTheStoreIs(t *testing.T) {
	for seed := range uint64(20) {
		inBubble(t, func(b *bench) {
			random := rand.New(rand.NewPCG(seed, 1))
			b.Handle(func(chat.Revised) { runtime.Gosched() })
			var topics []chat.Topic
			for i := range int64(4) {
				room, user := chat.RoomID(i+1), chat.UserID(i+1)
				if err := b.HearUser(t.Context(), user); err != nil {
					t.Fatal(err)
				}
				if err := b.HearRoom(t.Context(), room); err != nil {
					t.Fatal(err)
				}
				topics = append(topics, chat.Topic{Room: room}, chat.Topic{User: user})
			}
			var flying sync.WaitGroup
			for range 400 {
				e := b.record.commit(topics[random.IntN(len(topics))])
				for range random.IntN(3) { // 0: lost
					delay := time.Duration(random.IntN(100)) * time.Millisecond
					flying.Go(func() {
						time.Sleep(delay)
						b.Take(e)
					})
				}
				time.Sleep(time.Duration(random.IntN(5)) * time.Millisecond)
			}
			flying.Wait()
			for _, topic := range topics {
				b.Take(chat.Missed{Of: topic})
			}
			for _, topic := range topics {
				var want []int64
				for _, e := range b.record.changes[topic] {
					want = append(want, e.Revision())
				}
				if got := b.take(topic, time.Second); !slices.Equal(got, want) {
					t.Errorf("seed %d, %+v: delivered %v, want %v", seed, topic, got, want)
				}
			}
		})
	}
}
