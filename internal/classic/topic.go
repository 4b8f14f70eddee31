package classic

import (
	"cmp"
	"maps"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// topic is a room to which this node is subscribed. Classic.mu guards it.
type topic struct {
	name string // of the room; "" for a conversation
	// seats maps clients to the dialect in which they receive the room; nil for
	// clients that have sent nothing.
	seats map[*client]*dialect.Table
	// entering maps clients that wait for the history to the messages that have
	// arrived meanwhile. They are not in the Socket.IO room yet.
	entering map[*client]*backlog
	// given maps clients whose history contains messages that the topic has yet to
	// deliver to the last seq of the history.
	given map[*client]int64
	// newest is the highest seq that the topic has brought, and late has the seqs below it
	// that it has not brought yet: what a room has missed comes in the order of rev.
	newest int64
	late   map[int64]struct{}
}

// backlog holds the messages that have arrived while a client waits for the history.
type backlog struct {
	messages []chat.Message
	bytes    int
	overrun  bool // there were too many, and they have been dropped
}

const (
	// backlogMax is the size of the messages that a backlog holds, in bytes.
	backlogMax = 1 << 20
	// messageOverhead is what a message counts for besides its body, in bytes.
	messageOverhead = 512
)

func (b *backlog) add(m chat.Message) {
	if b.overrun {
		return
	}
	if b.bytes += messageOverhead + len(m.Body); b.bytes > backlogMax {
		b.messages, b.overrun = nil, true
		return
	}
	b.messages = append(b.messages, m)
}

func newTopic() *topic {
	return &topic{
		seats:    make(map[*client]*dialect.Table),
		entering: make(map[*client]*backlog),
		given:    make(map[*client]int64),
	}
}

func (t *topic) forget(p *client) {
	delete(t.seats, p)
	delete(t.entering, p)
	delete(t.given, p)
}

// enter lets a client wait for the history, unless it has disconnected.
func (t *topic) enter(p *client, table *dialect.Table) {
	if _, hears := t.seats[p]; hears {
		t.seats[p] = table
		t.entering[p] = &backlog{}
	}
}

// seated lists the clients that receive a room.
func (c *Classic) seated(room chat.RoomID) []*client {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.topics[room]
	if t == nil {
		return nil
	}
	return slices.Collect(maps.Keys(t.seats))
}

// dialects lists the dialects in which clients receive the room, in no order; nil is
// that of clients that have sent nothing.
func (t *topic) dialects() []*dialect.Table {
	var tables []*dialect.Table
	for _, table := range t.seats {
		if !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
	}
	return tables
}

// people returns the names of those who look at the room.
func (t *topic) people(id chat.RoomID) []chat.Author {
	people := []chat.Author{}
	seen := make(map[chat.UserID]struct{}, len(t.seats))
	for p := range t.seats {
		p.mu.Lock()
		here, who := p.room == id, p.user.Author()
		p.mu.Unlock()
		if _, twice := seen[who.ID]; here && !twice {
			seen[who.ID] = struct{}{}
			people = append(people, who)
		}
	}
	slices.SortFunc(people, func(a, b chat.Author) int { return cmp.Compare(a.Username, b.Username) })
	return people
}

// maxLate is the maximum number of messages below the newest one that may still come.
const maxLate = 256

// isNew reports whether the topic brings a message for the first time; otherwise the
// message has changed. The first message that a topic sees counts as new
// unless it has reactions, which it can only have got later.
func (t *topic) isNew(m chat.Message) bool {
	if t.newest == 0 {
		t.newest = m.Seq
		return len(m.Reactions) == 0
	}
	if m.Seq <= t.newest {
		_, late := t.late[m.Seq]
		delete(t.late, m.Seq)
		return late
	}
	for seq := t.newest + 1; seq < m.Seq && len(t.late) < maxLate; seq++ {
		if t.late == nil {
			t.late = make(map[int64]struct{})
		}
		t.late[seq] = struct{}{}
	}
	t.newest = m.Seq
	return true
}

// bring keeps a message for clients that are entering, and returns the sockets that have
// it in their history.
func (t *topic) bring(m chat.Message) (having []string) {
	for _, late := range t.entering {
		late.add(m)
	}
	for p, last := range t.given {
		if m.Seq > last { // and so are all that come
			delete(t.given, p)
		} else {
			having = append(having, p.socket.ID())
		}
	}
	return having
}
