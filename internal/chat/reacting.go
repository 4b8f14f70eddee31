package chat

import "sync"

// reactionBatch is the maximum number of reactions that are stored together.
const reactionBatch = 256

// reactionQueue lets the reactions to messages of one room that come while others are
// being stored share the next transaction, and the next event. The first that waits
// stores them for all, and then passes its turn on.
type reactionQueue struct {
	mu    sync.Mutex
	rooms map[RoomID][]*reacting // those that wait; a room is here while reactions are stored
}

// reacting is a reaction in the queue.
type reacting struct {
	Reacting
	turn  chan struct{} // closed when it is the one to store what waits
	ended chan struct{} // closed when done is set
	done  Reacted
}

func newReacting(r Reacting) *reacting {
	return &reacting{Reacting: r, turn: make(chan struct{}), ended: make(chan struct{})}
}

// share returns once r is stored: by store, which is called with it and others, or by
// the caller of another. Store sets done of each.
func (q *reactionQueue) share(room RoomID, r *reacting, store func([]*reacting)) {
	if q.join(room, r) {
		select {
		case <-r.ended:
			return
		case <-r.turn:
		}
	}
	list := q.take(room)
	store(list)
	for _, stored := range list {
		close(stored.ended)
	}
	q.passOn(room)
}

// join adds a reaction, and reports whether another one is being stored.
func (q *reactionQueue) join(room RoomID, r *reacting) (busy bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.rooms == nil {
		q.rooms = make(map[RoomID][]*reacting)
	}
	waiting, busy := q.rooms[room]
	q.rooms[room] = append(waiting, r)
	return busy
}

// take returns the first that wait.
func (q *reactionQueue) take(room RoomID) []*reacting {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting := q.rooms[room]
	n := min(reactionBatch, len(waiting))
	q.rooms[room] = append([]*reacting(nil), waiting[n:]...)
	return waiting[:n]
}

// passOn gives the turn to the first that waits.
func (q *reactionQueue) passOn(room RoomID) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if waiting := q.rooms[room]; len(waiting) > 0 {
		close(waiting[0].turn)
	} else {
		delete(q.rooms, room)
	}
}
