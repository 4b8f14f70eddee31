package sqlstore

import (
	"container/heap"
	"context"
	"slices"
	"sync"

	"partychat/internal/chat"
)

const (
	// readAhead is the part of what a room lacks that is read at once, as a divisor. So
	// all rooms together keep few messages in memory, and large ones are read in pages.
	readAhead = 256
	// maxReadAhead is how many messages of a room are read at once at most.
	maxReadAhead = 256
)

// indexQueue has the rooms whose index lags, in the order in which their next messages
// were sent. An index that receives history in this order stays compact.
type indexQueue struct {
	mu    sync.Mutex // held by one batch at a time
	rooms map[chat.RoomID]*queuedRoom
	order byNextMessage
}

// queuedRoom is a room in the queue, with its next messages.
type queuedRoom struct {
	lag              // from: up to where the index has come
	mark  int64      // of Changed
	again bool       // the room has changed since its lag was read
	read  int64      // the rev up to which messages were read
	next  []revedDoc // never empty while the room is in the order
	taken portion    // of the batch in progress
}

// revedDoc is a document with the rev of its message.
type revedDoc struct {
	SearchDoc
	rev int64
}

// byNextMessage is a heap of rooms.
type byNextMessage []*queuedRoom

func (b byNextMessage) Len() int           { return len(b) }
func (b byNextMessage) Less(i, j int) bool { return b[i].next[0].Doc < b[j].next[0].Doc }
func (b byNextMessage) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

// Push is specified by heap.Interface.
func (b *byNextMessage) Push(room any) { *b = append(*b, room.(*queuedRoom)) } //nolint:errcheck,forcetypeassert // only rooms are pushed

// Pop is specified by heap.Interface.
func (b *byNextMessage) Pop() any {
	last := len(*b) - 1
	room := (*b)[last]
	(*b)[last], *b = nil, (*b)[:last]
	return room
}

// clear forgets all rooms.
func (q *indexQueue) clear() { q.rooms, q.order = map[chat.RoomID]*queuedRoom{}, nil }

// remove forgets a room.
func (q *indexQueue) remove(room *queuedRoom) {
	delete(q.rooms, room.room)
	q.order = slices.DeleteFunc(q.order, func(other *queuedRoom) bool { return other == room })
	heap.Init(&q.order)
}

// admit adds rooms that have changed to the queue.
func (s messageSearchStore) admit(ctx context.Context, q *indexQueue, changed []changedRoom) (finished []*queuedRoom, err error) {
	var ids []chat.RoomID
	admitted := make(map[chat.RoomID]*queuedRoom, len(changed))
	for _, c := range changed {
		if room := q.rooms[c.room]; room != nil {
			room.mark, room.again = c.mark, true
			continue
		}
		ids = append(ids, c.room)
		admitted[c.room] = &queuedRoom{lag: lag{room: c.room}, mark: c.mark}
	}
	lags, err := allOf(ctx, s.Core, s.sql.UnindexedOf, ids, scanLag)
	if err != nil {
		return nil, err
	}
	for _, l := range lags {
		room := admitted[l.room]
		delete(admitted, l.room)
		room.lag, room.read = l, l.from
		room.taken = portion{lag: l, to: l.from}
		more, err := s.readNext(ctx, room)
		if err != nil {
			return nil, err
		}
		if !more {
			room.taken.to = l.rev
			finished = append(finished, room)
			continue
		}
		q.rooms[l.room] = room
		heap.Push(&q.order, room)
	}
	for _, room := range admitted { // they lack nothing
		s.search.Changed.done(changedRoom{room.room, room.mark})
	}
	return finished, nil
}

// readNext reads the next messages of a room, and reports whether there are any.
func (s messageSearchStore) readNext(ctx context.Context, room *queuedRoom) (more bool, err error) {
	limit := min(max(1, (room.rev-room.read)/readAhead), maxReadAhead)
	room.next, err = all(ctx, s.Core, s.sql.UnindexedMessages, []any{room.room, room.read, room.rev, limit}, func(r Scanner) (revedDoc, error) {
		var row MessageRow
		err := r.Scan(row.Dest()...)
		room.read = row.rev
		return revedDoc{SearchDocOf(row.Message(room.room)), row.rev}, err
	})
	return len(room.next) > 0, err
}

// take removes the oldest messages from the queue, at most limit, and returns the rooms
// that they are in. Rooms of which nothing is left are no longer in the queue.
func (s messageSearchStore) take(ctx context.Context, q *indexQueue, limit int) (rooms []*queuedRoom, err error) {
	for ; limit > 0 && q.order.Len() > 0; limit-- {
		room := q.order[0]
		if room.taken.to == room.from {
			rooms = append(rooms, room)
		}
		room.taken.docs = append(room.taken.docs, room.next[0].SearchDoc)
		room.taken.to = room.next[0].rev
		if room.next = room.next[1:]; len(room.next) == 0 {
			more, err := s.readNext(ctx, room)
			if err != nil {
				return nil, err
			}
			if !more {
				room.taken.to = room.rev
				heap.Pop(&q.order)
				delete(q.rooms, room.room)
				continue
			}
		}
		heap.Fix(&q.order, 0)
	}
	return rooms, nil
}
