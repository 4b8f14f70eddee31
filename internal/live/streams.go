// Package live brings the events of rooms and users to the sockets of this node:
// each stream's in the order of rev, each once, whatever the broker has lost,
// duplicated or reordered. What is missing is read from the store. The gateway and
// the classic events are handlers of the same streams.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gather"
)

// Store is what fills holes.
type Store interface {
	// ChangesSince gives what was lost of a room (chat.MessageStore).
	ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error)
	// Heads shows what was lost at the end (chat.RoomStore).
	Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error)
	// UserChanges gives what was lost of a user (chat.StreamStore).
	UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error)
	// UserRevs shows what was lost at the end (chat.StreamStore).
	UserRevs(ctx context.Context, users []chat.UserID) ([]chat.UserRev, error)
}

// Options are what Streams are made of. Fields without a default are needed.
type Options struct {
	Store  Store
	Broker chat.Broker
	// HoleGrace is how long an event waits for one that comes before it until the
	// missing one is read from the store. Default 50 ms.
	HoleGrace time.Duration
	// HoleRetry is how long filling a hole, or comparing heads, waits after the
	// store has failed. Default one second.
	HoleRetry time.Duration
	// CompareWithin is the time within which streams are compared with the store,
	// at random, after the broker has said that events may have been lost. Default
	// 250 ms.
	CompareWithin time.Duration
	// CompareInterval is how often all streams are compared with the store: upper
	// bound on the delay of a lost event that no other follows. Default 30 seconds.
	CompareInterval time.Duration
	// PageBytes bounds what is read at a time of a stream, in bytes of JSON.
	// Default: no bound.
	PageBytes int
	Log       *slog.Logger // default: nothing is logged
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&o.HoleGrace, 50 * time.Millisecond},
		{&o.HoleRetry, time.Second},
		{&o.CompareWithin, 250 * time.Millisecond},
		{&o.CompareInterval, 30 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

const (
	// readsAtOnce is how many streams read what they miss at the same time: after
	// an outage all do.
	readsAtOnce = 16
	// readTimeout bounds one reading.
	readTimeout = 30 * time.Second
)

// Streams are the rooms and users that somebody on this node listens to.
type Streams struct {
	opts     Options
	handlers []func(chat.Revised)
	reading  chan struct{} // has a place for each reading at a time
	rooms    *gather.Set[chat.RoomID]
	users    *gather.Set[chat.UserID]

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // goroutines that fill holes and deliver

	mu      sync.Mutex
	byTopic map[chat.Topic]*stream
}

// New makes Streams. They take events by Take; Run keeps them compared with the
// store; Close ends them.
func New(opts Options) *Streams {
	s := &Streams{
		opts:    opts.withDefaults(),
		reading: make(chan struct{}, readsAtOnce),
		byTopic: make(map[chat.Topic]*stream),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.rooms = gather.New(s.ctx, gather.Options[chat.RoomID]{
		Within: s.opts.CompareWithin, Retry: s.opts.HoleRetry, Work: s.compareRooms,
	})
	s.users = gather.New(s.ctx, gather.Options[chat.UserID]{
		Within: s.opts.CompareWithin, Retry: s.opts.HoleRetry, Work: s.compareUsers,
	})
	return s
}

// Handle adds a handler, before the first stream is held. It gets each stream's
// events in their order, one at a time, and different streams' at once. It must
// not block for long.
func (s *Streams) Handle(handler func(chat.Revised)) { s.handlers = append(s.handlers, handler) }

func (s *Streams) handle(e chat.Revised) {
	for _, handle := range s.handlers {
		handle(e)
	}
}

// Take takes what the broker brings, and reports false for what is of no stream.
func (s *Streams) Take(event chat.Event) bool {
	if missed, ok := event.(chat.Missed); ok {
		s.Doubt(missed.Of)
		return missed.Of.Presence == 0
	}
	e, ok := event.(chat.Revised)
	if !ok {
		return false
	}
	stream := s.find(e.Topic())
	if stream == nil {
		return true // the last socket has just left
	}
	if ends(e) {
		s.handle(e) // at once, whatever else is missing; it does no harm twice
	}
	if e.Revision() == 0 { // by a node of an older version
		s.Doubt(e.Topic())
		return true
	}
	stream.offer(e)
	return true
}

// ends reports whether an event ends sockets.
func ends(e chat.Revised) bool {
	switch e.(type) {
	case chat.SessionEnded, chat.UserBanned:
		return true
	default:
		return false
	}
}

// HoldUser begins to listen to a user. Once it returns, what happens from now on
// will be delivered, after Begin. It is undone by one Release.
func (s *Streams) HoldUser(user chat.UserID) error {
	_, err := s.hold(chat.Topic{User: user}, 0)
	return err
}

// Begin tells that the user's stream has reached rev in the store. Everything after
// the rev that it gives is delivered from now on, to those who were there before the
// call: whoever knows less must read the store again.
func (s *Streams) Begin(user chat.UserID, rev int64) (after int64) {
	stream := s.find(chat.Topic{User: user})
	if stream == nil {
		return rev
	}
	return stream.begin(rev)
}

// HoldRoom begins to listen to a room that has reached rev in the store. Everything
// after the rev that it gives is delivered from now on, to those who were there
// before the call. It is undone by one Release.
func (s *Streams) HoldRoom(room chat.RoomID, rev int64) (after int64, err error) {
	stream, err := s.hold(chat.Topic{Room: room}, rev)
	if err != nil {
		return 0, err
	}
	return stream.begin(rev), nil
}

// HearRoom is HoldRoom from where the room is in the store.
func (s *Streams) HearRoom(ctx context.Context, room chat.RoomID) error {
	heads, err := s.opts.Store.Heads(ctx, []chat.RoomID{room})
	if err != nil {
		return err
	}
	var rev int64
	for _, head := range heads {
		rev = head.Rev
	}
	_, err = s.HoldRoom(room, rev)
	return err
}

// HearUser is HoldUser and Begin from where the user's stream is in the store.
func (s *Streams) HearUser(ctx context.Context, user chat.UserID) error {
	if err := s.HoldUser(user); err != nil {
		return err
	}
	heads, err := s.opts.Store.UserRevs(ctx, []chat.UserID{user})
	if err != nil {
		s.Release(chat.Topic{User: user})
		return err
	}
	var rev int64
	for _, head := range heads {
		rev = head.Rev
	}
	s.Begin(user, rev)
	return nil
}

// hold adds one hold, and subscribes the node. A new room begins at rev, and is
// compared with the store once more, because rev is older than the subscription.
func (s *Streams) hold(topic chat.Topic, rev int64) (*stream, error) {
	held, fresh := s.enter(topic, rev)
	if err := s.opts.Broker.Subscribe(s.ctx, topic); err != nil {
		s.leave(topic)
		return nil, err
	}
	if fresh {
		s.rooms.Add(topic.Room)
	}
	return held, nil
}

func (s *Streams) enter(topic chat.Topic, rev int64) (held *stream, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held = s.byTopic[topic]
	if held == nil {
		held = &stream{streams: s, topic: topic, ended: make(chan struct{})}
		if fresh = topic.Room != 0; fresh {
			held.order.begin(rev)
		}
		s.byTopic[topic] = held
	}
	held.holds++
	return held, fresh
}

// Release undoes one hold of a room or a user.
func (s *Streams) Release(topic chat.Topic) {
	s.opts.Broker.Unsubscribe(topic)
	s.leave(topic)
}

func (s *Streams) leave(topic chat.Topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.byTopic[topic]
	if held.holds--; held.holds == 0 {
		close(held.ended)
		delete(s.byTopic, topic)
	}
}

// Expect compares a stream with a head that the store has shown.
func (s *Streams) Expect(topic chat.Topic, rev int64) {
	if stream := s.find(topic); stream != nil {
		stream.expect(rev)
	}
}

// find gives the stream of a topic, nil if nobody here listens to it.
func (s *Streams) find(topic chat.Topic) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byTopic[topic]
}

// Close ends delivery and waits for what is under way.
func (s *Streams) Close() {
	s.cancel()
	s.rooms.Wait()
	s.users.Wait()
	s.work.Wait()
}
