// Package live delivers the events of rooms and users to the handlers of this node, the
// gateway and the classic events. Each stream's events come in the order of rev and
// once, whatever the broker has lost, duplicated or reordered: missing events are read
// from the store.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"partychat/internal/chat"
	"partychat/internal/gather"
)

// Store reads missing events.
type Store interface {
	// ChangesSince reads missing changes of a room (chat.MessageStore).
	ChangesSince(ctx context.Context, room chat.RoomID, rev int64, limit, bytes int) (chat.Changes, error)
	// Heads detects missing last changes of rooms (chat.RoomStore).
	Heads(ctx context.Context, rooms []chat.RoomID) ([]chat.Head, error)
	// UserChanges reads missing changes of a user (chat.StreamStore).
	UserChanges(ctx context.Context, user chat.UserID, since int64, limit, bytes int) (chat.UserChanges, error)
	// UserRevs detects missing last changes of users (chat.StreamStore).
	UserRevs(ctx context.Context, users []chat.UserID) ([]chat.UserRev, error)
}

// Options configure Streams. Fields without a default are required.
type Options struct {
	Store  Store
	Broker chat.Broker
	// HoleGrace is how long an event waits for an earlier one before the earlier one is
	// read from the store. Default 50 ms.
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
	// PageBytes is the maximum size of one read of a stream, in bytes of JSON.
	// Default: no limit.
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
	// readsAtOnce is the maximum number of streams that read the store at the same
	// time. After an outage, all streams need to.
	readsAtOnce = 16
	// readTimeout limits the time of one read.
	readTimeout = 30 * time.Second
)

// Streams are the rooms and users that handlers on this node follow.
type Streams struct {
	opts     Options
	handlers []func(chat.Revised)
	reading  chan struct{} // a semaphore of readsAtOnce
	rooms    *gather.Set[chat.RoomID]
	users    *gather.Set[chat.UserID]

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	work   sync.WaitGroup // goroutines that fill holes and deliver

	mu      sync.Mutex
	byTopic map[chat.Topic]*stream
}

// New returns Streams. Pass events to Take, call Run to compare the streams with the
// store, and call Close at the end.
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

// Handle adds a handler; call it before following the first stream. The handler gets
// the events of one stream in order, one at a time, and those of different streams
// concurrently. It must not block for long.
func (s *Streams) Handle(handler func(chat.Revised)) { s.handlers = append(s.handlers, handler) }

func (s *Streams) handle(e chat.Revised) {
	for _, handle := range s.handlers {
		handle(e)
	}
}

// Take handles an event from the broker. It reports false for events that belong to no
// stream.
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
		return true // the last follower has just left
	}
	if ends(e) {
		s.handle(e) // at once, whatever else is missing; handling it twice is harmless
	}
	if e.Revision() == 0 { // by a node of an older version
		s.Doubt(e.Topic())
		return true
	}
	stream.offer(e)
	return true
}

// ends reports whether an event disconnects sockets.
func ends(e chat.Revised) bool {
	switch e.(type) {
	case chat.SessionEnded, chat.UserBanned:
		return true
	default:
		return false
	}
}

// FollowUser follows a user until Unfollow. Events that are published after it returns
// will be delivered, once Begin has been called.
func (s *Streams) FollowUser(user chat.UserID) error {
	_, err := s.acquire(chat.Topic{User: user}, 0)
	return err
}

// Begin starts the delivery of a user's stream, which has reached rev in the store. It
// returns the rev after which every event is delivered, to handlers that followed the
// user before the call. A caller that knows less must read the store again.
func (s *Streams) Begin(user chat.UserID, rev int64) (after int64) {
	stream := s.find(chat.Topic{User: user})
	if stream == nil {
		return rev
	}
	return stream.begin(rev)
}

// FollowRoom follows a room, which has reached rev in the store, until Unfollow.
// It returns the rev after which every event is delivered.
func (s *Streams) FollowRoom(room chat.RoomID, rev int64) (after int64, err error) {
	stream, err := s.acquire(chat.Topic{Room: room}, rev)
	if err != nil {
		return 0, err
	}
	return stream.begin(rev), nil
}

// Reached returns the rev after which FollowRoom would deliver every event; false if
// the node does not follow the room.
func (s *Streams) Reached(room chat.RoomID) (rev int64, ok bool) {
	stream := s.find(chat.Topic{Room: room})
	if stream == nil {
		return 0, false
	}
	return stream.reached()
}

// FollowRoomFromHead is FollowRoom at the room's present rev in the store.
func (s *Streams) FollowRoomFromHead(ctx context.Context, room chat.RoomID) error {
	heads, err := s.opts.Store.Heads(ctx, []chat.RoomID{room})
	if err != nil {
		return err
	}
	var rev int64
	for _, head := range heads {
		rev = head.Rev
	}
	_, err = s.FollowRoom(room, rev)
	return err
}

// FollowUserFromHead is FollowUser and Begin at the stream's present rev in the store.
func (s *Streams) FollowUserFromHead(ctx context.Context, user chat.UserID) error {
	if err := s.FollowUser(user); err != nil {
		return err
	}
	heads, err := s.opts.Store.UserRevs(ctx, []chat.UserID{user})
	if err != nil {
		s.Unfollow(chat.Topic{User: user})
		return err
	}
	var rev int64
	for _, head := range heads {
		rev = head.Rev
	}
	s.Begin(user, rev)
	return nil
}

// acquire adds a user of the stream and subscribes the node to it. A new room begins at
// rev, and is compared with the store again, because rev was read before the
// subscription.
func (s *Streams) acquire(topic chat.Topic, rev int64) (*stream, error) {
	found, fresh := s.enter(topic, rev)
	if err := s.opts.Broker.Subscribe(s.ctx, topic); err != nil {
		s.leave(topic)
		return nil, err
	}
	if fresh {
		s.rooms.Add(topic.Room)
	}
	return found, nil
}

func (s *Streams) enter(topic chat.Topic, rev int64) (found *stream, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found = s.byTopic[topic]
	if found == nil {
		found = &stream{streams: s, topic: topic, ended: make(chan struct{})}
		if fresh = topic.Room != 0; fresh {
			found.order.begin(rev)
		}
		s.byTopic[topic] = found
	}
	found.users++
	return found, fresh
}

// Unfollow undoes one FollowRoom, FollowUser, FollowRoomFromHead or FollowUserFromHead.
func (s *Streams) Unfollow(topic chat.Topic) {
	s.opts.Broker.Unsubscribe(topic)
	s.leave(topic)
}

func (s *Streams) leave(topic chat.Topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.byTopic[topic]
	if found.users--; found.users == 0 {
		close(found.ended)
		delete(s.byTopic, topic)
	}
}

// Expect notes that a stream has reached rev in the store.
func (s *Streams) Expect(topic chat.Topic, rev int64) {
	if stream := s.find(topic); stream != nil {
		stream.expect(rev)
	}
}

// find returns the stream of a topic; nil if no handler follows it.
func (s *Streams) find(topic chat.Topic) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byTopic[topic]
}

// Close stops delivery and waits for its goroutines.
func (s *Streams) Close() {
	s.cancel()
	s.rooms.Wait()
	s.users.Wait()
	s.work.Wait()
}
