package sqlstore

import (
	"sync"

	"partychat/internal/chat"
)

// Changed are the rooms with messages that the search index lacks, and those that the
// trail of pushes lacks, as far as this node knows. Marking a room costs the path of a message no more than an entry in a map.
type Changed struct {
	mu     sync.Mutex
	rooms  map[chat.RoomID]int64    // each with the count of marks at its last one
	fresh  map[chat.RoomID]struct{} // those that takeFresh has not returned since
	marks  int64
	stored int64
	wake   chan struct{}
	pushes *pushMarks // of the trail of pushes; nil in its own set
}

// NewChanged returns an empty set.
func NewChanged() *Changed {
	c := newChanged()
	c.pushes = &pushMarks{rooms: newChanged(), users: make(map[chat.UserID]struct{})}
	return c
}

func newChanged() *Changed {
	return &Changed{rooms: make(map[chat.RoomID]int64), fresh: make(map[chat.RoomID]struct{}), wake: make(chan struct{}, 1)}
}

// Mark adds the room, in which so many messages have been stored or changed. It follows
// the commit and precedes its answer.
func (c *Changed) Mark(room chat.RoomID, messages int) {
	c.mu.Lock()
	c.marks++
	c.rooms[room] = c.marks
	c.fresh[room] = struct{}{}
	c.stored += int64(messages)
	c.mu.Unlock()
	c.rouse()
	if c.pushes != nil && messages > 0 && c.pushes.on.Load() {
		c.pushes.rooms.Mark(room, 0)
	}
}

func (c *Changed) rouse() {
	select {
	case c.wake <- struct{}{}:
	default: // it is awake
	}
}

// changedRoom is a room of the set at one moment.
type changedRoom struct {
	room chat.RoomID
	mark int64
}

// some returns at most n of the rooms.
func (c *Changed) some(n int) []changedRoom {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]changedRoom, 0, min(n, len(c.rooms)))
	for room, mark := range c.rooms {
		if len(list) == n {
			break
		}
		list = append(list, changedRoom{room, mark})
	}
	return list
}

// takeFresh returns the rooms that were marked since the last call.
func (c *Changed) takeFresh() []changedRoom {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]changedRoom, 0, len(c.fresh))
	for room := range c.fresh {
		if mark, there := c.rooms[room]; there {
			list = append(list, changedRoom{room, mark})
		}
	}
	clear(c.fresh)
	return list
}

// renew makes takeFresh return all rooms again.
func (c *Changed) renew() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for room := range c.rooms {
		c.fresh[room] = struct{}{}
	}
}

// done removes a room that is indexed, unless it was marked again.
func (c *Changed) done(r changedRoom) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rooms[r.room] == r.mark {
		delete(c.rooms, r.room)
	}
}

// all returns all rooms.
func (c *Changed) all() []chat.RoomID {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]chat.RoomID, 0, len(c.rooms))
	for room := range c.rooms {
		list = append(list, room)
	}
	return list
}

func (c *Changed) count() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stored
}
