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

// roomsPerBatch is how many rooms one transaction of the indexer takes at most.
const roomsPerBatch = 64

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
	for n == 0 {
		changed := s.search.Changed.some(roomsPerBatch)
		if len(changed) == 0 {
			return 0, nil
		}
		portions, err := s.portions(ctx, changed, limit)
		if err != nil {
			return 0, err
		}
		for _, p := range portions {
			n += len(p.docs)
		}
		if err := s.addPortions(ctx, portions); err != nil {
			return 0, err
		}
		s.settle(changed, portions)
	}
	return n, nil
}

// portions reads what the rooms lack, of at most limit messages together.
func (s messageSearchStore) portions(ctx context.Context, changed []changedRoom, limit int) (list []portion, err error) {
	rooms := make([]chat.RoomID, len(changed))
	for i, c := range changed {
		rooms[i] = c.room
	}
	lags, err := allOf(ctx, s.Core, s.sql.UnindexedOf, rooms, scanLag)
	if err != nil {
		return nil, err
	}
	for _, l := range lags {
		p := portion{lag: l, to: l.from}
		if limit > 0 {
			if p, err = s.portion(ctx, l, limit); err != nil {
				return nil, err
			}
			limit -= len(p.docs)
		}
		list = append(list, p)
	}
	return list, nil
}

func (s messageSearchStore) portion(ctx context.Context, l lag, limit int) (p portion, err error) {
	p = portion{lag: l, to: l.rev}
	last := int64(0)
	p.docs, err = all(ctx, s.Core, s.sql.UnindexedMessages, []any{l.room, l.from, l.rev, limit}, func(r Scanner) (SearchDoc, error) {
		var row MessageRow
		err := r.Scan(row.Dest()...)
		last = row.rev
		return searchDocOf(row.Message(l.room)), err
	})
	if len(p.docs) == limit {
		p.to = last
	}
	return p, err
}

// addPortions adds to the index those portions that no other node has added meanwhile.
func (s messageSearchStore) addPortions(ctx context.Context, portions []portion) error {
	slices.SortFunc(portions, func(a, b portion) int { return cmp.Compare(a.room, b.room) }) // the order of locks
	return s.db.WriteBeside(ctx, func(tx Tx) error {
		var docs []SearchDoc
		for _, p := range portions {
			if p.to == p.from {
				continue
			}
			query, args := s.sql.AdvanceIndex, []any{p.room, p.from, p.to}
			if p.from == 0 {
				query, args = s.sql.BeginIndex, []any{p.room, p.to}
			}
			advanced, err := tx.Exec(query, args...)
			if err != nil {
				return err
			}
			if advanced > 0 {
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
}

// settle removes rooms from the set that have nothing left to be indexed.
func (s messageSearchStore) settle(changed []changedRoom, portions []portion) {
	behind := map[chat.RoomID]bool{}
	for _, p := range portions {
		behind[p.room] = p.to < p.rev
	}
	for _, c := range changed {
		if !behind[c.room] {
			s.search.Changed.done(c)
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
	return s.CompareIndex(ctx)
}
