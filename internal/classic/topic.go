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
	entering map[*client][]chat.Message
	// given maps clients whose history contains messages that the topic has yet to
	// deliver to the last seq of the history.
	given map[*client]int64
}

func newTopic() *topic {
	return &topic{
		seats:    make(map[*client]*dialect.Table),
		entering: make(map[*client][]chat.Message),
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
		t.entering[p] = nil
	}
}

// seated lists the clients that receive a room.
func (c places) seated(room chat.RoomID) []*client {
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

// bring keeps a message for clients that are entering, and returns the sockets that have
// it in their history.
func (t *topic) bring(m chat.Message) (having []string) {
	for p, late := range t.entering {
		t.entering[p] = append(late, m)
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
