package classic

import (
	"cmp"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

// topic is a room that is heard. Classic.mu guards it.
type topic struct {
	name string // of the room; "" for a conversation
	// seats has the clients and in which dialect they hear the room; nil for those that
	// have said nothing.
	seats map[*client]*dialect.Table
	// entering has the clients that wait for the history, with what has come in
	// meanwhile. They are not in the Socket.IO room yet.
	entering map[*client][]chat.Message
	// given has the clients whose history reaches beyond what the topic has
	// brought, with the last seq of that.
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

// enter lets a client wait for the history, unless it has gone.
func (t *topic) enter(p *client, table *dialect.Table) {
	if _, hears := t.seats[p]; hears {
		t.seats[p] = table
		t.entering[p] = nil
	}
}

// dialects lists those in which the room is heard, in no order; nil is that of
// clients that have said nothing.
func (t *topic) dialects() []*dialect.Table {
	var tables []*dialect.Table
	for _, table := range t.seats {
		if !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
	}
	return tables
}

// people gives those who look at the room, by name.
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

// bring keeps a message for those who are entering, and gives the sockets that
// have it in their history.
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
