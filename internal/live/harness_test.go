package live

import (
	"context"
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
	if _, err := b.FollowRoom(theRoom, 0); err != nil {
		b.t.Fatal(err)
	}
	if err := b.FollowUser(theUser); err != nil {
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
