package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"partychat/internal/chat"
)

// messageSearchStore is the part that searches messages and keeps their index. The
// index of each room has come up to a rev, which search_rooms holds. So new, edited and
// deleted messages are all found in the same way, by their revs.
type messageSearchStore struct{ *Core }

// Unindexed is specified by chat.MessageSearchStore.
func (s messageSearchStore) Unindexed() <-chan struct{} { return s.search.Changed.wake }

// StoredMessages is specified by chat.MessageSearchStore.
func (s messageSearchStore) StoredMessages() int64 { return s.search.Changed.count() }

// CompareIndex is specified by chat.MessageSearchStore.
func (s messageSearchStore) CompareIndex(ctx context.Context) error {
	rooms, err := all(ctx, s.Core, s.sql.UnindexedRooms, nil, scanRoomID)
	if err != nil {
		return err
	}
	for _, room := range rooms {
		s.search.Changed.Mark(room, 0)
	}
	s.compared.Store(true)
	return nil
}

// lag is a room whose index has come up to from, while the room is at rev.
type lag struct {
	room      chat.RoomID
	rev, from int64
}

func scanLag(r Scanner) (l lag, err error) {
	err = r.Scan(&l.room, &l.rev, &l.from)
	return l, err
}

// portion is what a batch adds of one room.
type portion struct {
	lag
	docs []SearchDoc
	to   int64 // the rev that the index will have come up to
}

// IndexMessages is specified by chat.MessageSearchStore. It reads and cuts outside of the
// transaction. A message that changes meanwhile takes a rev behind the portion.
func (s messageSearchStore) IndexMessages(ctx context.Context, limit int) (n int, err error) {
	q := &s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	defer func() {
		if err != nil { // the next call reads everything again
			q.clear()
			s.search.Changed.renew()
		}
	}()
	for n == 0 {
		rooms, err := s.admit(ctx, q, s.search.Changed.takeFresh())
		if err != nil {
			return 0, err
		}
		taken, err := s.take(ctx, q, limit)
		if err != nil {
			return 0, err
		}
		if rooms = append(rooms, taken...); len(rooms) == 0 {
			return 0, nil
		}
		for _, room := range rooms {
			n += len(room.taken.docs)
		}
		added, err := s.addPortions(ctx, rooms)
		if err != nil {
			return 0, err
		}
		s.settle(q, rooms, added)
	}
	return n, nil
}

// addPortions adds to the index those portions that no other node has added meanwhile,
// and returns their rooms.
func (s messageSearchStore) addPortions(ctx context.Context, rooms []*queuedRoom) (added map[chat.RoomID]bool, err error) {
	slices.SortFunc(rooms, func(a, b *queuedRoom) int { return cmp.Compare(a.room, b.room) }) // the order of locks
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		added = make(map[chat.RoomID]bool, len(rooms))
		var docs []SearchDoc
		for _, room := range rooms {
			p := room.taken
			query, args := s.sql.AdvanceIndex, []any{p.room, p.from, p.to}
			if p.from == 0 {
				query, args = s.sql.BeginIndex, []any{p.room, p.to}
			}
			advanced, err := tx.Exec(query, args...)
			if err != nil {
				return err
			}
			if advanced > 0 {
				added[p.room] = true
				docs = append(docs, p.docs...)
			}
		}
		// Indexes add documents fastest in their order.
		slices.SortFunc(docs, func(a, b SearchDoc) int {
			return cmp.Or(cmp.Compare(a.Doc, b.Doc), cmp.Compare(a.Room, b.Room), cmp.Compare(a.Seq, b.Seq))
		})
		if len(docs) == 0 {
			return nil
		}
		return s.search.Index.Put(tx, docs)
	})
	return added, err
}

// settle removes rooms from the set of changed ones that have nothing left to be
// indexed. Those that another node has indexed are looked at again.
func (s messageSearchStore) settle(q *indexQueue, rooms []*queuedRoom, added map[chat.RoomID]bool) {
	for _, room := range rooms {
		room.from = room.taken.to
		room.taken = portion{lag: room.lag, to: room.from}
		queued := q.rooms[room.room] != nil
		switch {
		case !added[room.room]:
			q.remove(room)
			s.search.Changed.Mark(room.room, 0)
		case !queued && room.again:
			s.search.Changed.Mark(room.room, 0)
		case !queued:
			s.search.Changed.done(changedRoom{room.room, room.mark})
		}
	}
}

// ResetIndex is specified by chat.MessageSearchStore.
func (s messageSearchStore) ResetIndex(ctx context.Context) error {
	err := s.db.WriteBeside(ctx, func(tx Tx) error {
		if _, err := tx.Exec(s.sql.ForgetIndexed); err != nil {
			return err
		}
		return s.search.Index.Clear(tx)
	})
	if err != nil {
		return err
	}
	s.queue.mu.Lock()
	s.queue.clear()
	s.queue.mu.Unlock()
	return s.CompareIndex(ctx)
}
