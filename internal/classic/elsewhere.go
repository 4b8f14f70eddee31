package classic

import (
	"cmp"
	"context"
	"slices"
	"time"

	"partychat/internal/chat"
	"partychat/internal/classic/dialect"
)

const (
	// exchangesMax is how many rooms exchange with the other nodes at the same time.
	exchangesMax = 16
	// exchangeTimeout bounds one exchange.
	exchangeTimeout = 5 * time.Second
	// pausePerPerson is how much longer a room waits for its next exchange for each
	// person in it, up to ShareInterval.
	pausePerPerson = time.Millisecond
	// noticesMax is how many people of other nodes are announced at a time, such as
	// those of a node that has died. Of more, only the list of people tells.
	noticesMax = 50
)

// exchange is what this node and the others tell each other of who is in a room.
// Classic.mu guards it.
type exchange struct {
	elsewhere chat.Seats // who is there on other nodes, as far as is known
	asked     time.Time  // when the other nodes last answered
	told      []chat.UserID
	running   bool // a goroutine exchanges
	again     bool // something has changed since it began
	// under is closed at the end of the current exchange, and next at the end of the one
	// after it.
	under, next chan struct{}
}

// share tells the other nodes who is in the room on this one, and finds out who is
// there on the others, soon.
func (c nodes) share(room chat.RoomID) {
	if c.opts.Seats == nil || room == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nodes.shareLocked(room)
}

// shareLocked is share for callers that hold Classic.mu.
func (c nodes) shareLocked(room chat.RoomID) *exchange {
	x := c.exchanges[room]
	if x == nil {
		if c.topics[room] == nil {
			return nil
		}
		x = &exchange{next: make(chan struct{})}
		c.exchanges[room] = x
	}
	x.again = true
	if !x.running && !c.closed {
		x.running = true
		c.exchanging.Go(func() { c.nodes.exchange(c.lasting, room, x) })
	}
	return x
}

// shareNow shares a room that a client of the user has entered, waits for the answer of
// the other nodes, and reports whether the user is in the room there.
func (c nodes) shareNow(ctx context.Context, user chat.UserID, room chat.RoomID) bool {
	if c.opts.Seats == nil {
		return false
	}
	c.mu.Lock()
	x := c.nodes.shareLocked(room)
	if x == nil || c.closed {
		c.mu.Unlock()
		return false
	}
	answered := x.next
	c.mu.Unlock()
	select {
	case <-answered:
	case <-ctx.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.nodes.looksAtElsewhere(user, room)
}

// shareAll shares all rooms, so that the leases of this node stay and those of dead
// nodes are noticed.
func (c nodes) shareAll() {
	if c.opts.Seats == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for room := range c.topics {
		c.nodes.shareLocked(room)
	}
}

// exchange shares a room until nothing has changed meanwhile.
func (c nodes) exchange(ctx context.Context, room chat.RoomID, x *exchange) {
	for c.nodes.exchangeAgain(room, x) {
		c.exchangeSlots <- struct{}{}
		people := c.nodes.exchangeOnce(ctx, room, x)
		<-c.exchangeSlots
		// The more people there are, the more it costs.
		pause := time.NewTimer(min(c.opts.ShareInterval, time.Duration(people)*pausePerPerson))
		select {
		case <-pause.C:
		case <-c.ctx.Done(): // the last words are said at once
			pause.Stop()
		}
	}
}

// exchangeAgain reports whether there is something to share. If there is not, the
// goroutine of the exchange ends.
func (c nodes) exchangeAgain(room chat.RoomID, x *exchange) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if x.again {
		x.again = false
		x.under, x.next = x.next, make(chan struct{})
		return true
	}
	x.running = false
	if c.topics[room] == nil {
		delete(c.exchanges, room)
	}
	return false
}

// exchangeOnce shares a room, and returns how many people there are on all nodes.
func (c nodes) exchangeOnce(ctx context.Context, room chat.RoomID, x *exchange) (people int) {
	c.mu.Lock()
	list := []chat.Author{}
	if t := c.topics[room]; t != nil {
		list = t.people(room)
	}
	c.mu.Unlock()
	here := chat.Seats{Number: len(list), People: list[:min(len(list), c.opts.PeopleMax)]}
	ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
	defer cancel()
	elsewhere, err := c.opts.Seats.Share(ctx, room, here)
	if err != nil {
		c.logFault("sharing who is in a room", err)
	}
	ids := make([]chat.UserID, 0, len(list))
	for _, who := range list {
		ids = append(ids, who.ID)
	}
	if c.nodes.learn(room, x, elsewhere, ids, err == nil) {
		if err := c.opts.Broker.Publish(ctx, chat.SeatsChanged{Room: room, By: c.id}); err != nil {
			c.logFault("telling other nodes who is in a room", err)
		}
	}
	return here.Number + elsewhere.Number
}

// learn takes the answer of the other nodes, and tells the clients in the room what is
// new. It reports whether the other nodes do not know yet what this one has shared.
func (c nodes) learn(room chat.RoomID, x *exchange, elsewhere chat.Seats, told []chat.UserID, answered bool) (tell bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := x.asked.IsZero()
	switch {
	case answered:
		x.asked = time.Now()
		tell = !slices.Equal(x.told, told)
		x.told = told
	case time.Since(x.asked) < c.opts.SeatLease:
		elsewhere = x.elsewhere // they may be there still
	}
	before := x.elsewhere
	x.elsewhere = elsewhere
	close(x.under)
	t := c.topics[room]
	if t == nil {
		return tell
	}
	here := t.people(room)
	come, gone := without(elsewhere.People, before.People, here), without(before.People, elsewhere.People, here)
	if len(come) == 0 && len(gone) == 0 && before.Number == elsewhere.Number {
		return tell
	}
	if len(come)+len(gone) <= noticesMax && (!first || !answered) {
		for _, who := range gone {
			c.told.tellRoomLocked(t, room, dialect.Left, nil, personOf(who))
		}
		for _, who := range come {
			c.told.tellRoomLocked(t, room, dialect.Joined, nil, personOf(who))
		}
	}
	joiner := ""
	if len(come) > 0 {
		joiner = come[len(come)-1].Username
	}
	c.told.tellPeopleLocked(t, room, nil, joiner)
	return tell
}

// without returns those of a list who are in none of the others.
func without(list []chat.Author, others ...[]chat.Author) []chat.Author {
	left := make(map[chat.UserID]struct{})
	for _, other := range others {
		for _, who := range other {
			left[who.ID] = struct{}{}
		}
	}
	var rest []chat.Author
	for _, who := range list {
		if _, there := left[who.ID]; !there {
			rest = append(rest, who)
		}
	}
	return rest
}

// looksAtElsewhere reports whether the user is in the room on another node. The caller
// holds Classic.mu.
func (c nodes) looksAtElsewhere(user chat.UserID, room chat.RoomID) bool {
	x := c.exchanges[room]
	return x != nil && slices.ContainsFunc(x.elsewhere.People, func(who chat.Author) bool { return who.ID == user })
}

// peopleOf returns who is in a room on all nodes, by name and at most PeopleMax of them,
// and how many they are. The caller holds Classic.mu.
func (c nodes) peopleOf(t *topic, room chat.RoomID) (people []chat.Author, number int) {
	people = t.people(room)
	number = len(people)
	if x := c.exchanges[room]; x != nil {
		others := without(x.elsewhere.People, people)
		number += x.elsewhere.Number - len(x.elsewhere.People) + len(others)
		people = append(people, others...)
		slices.SortFunc(people, func(a, b chat.Author) int { return cmp.Compare(a.Username, b.Username) })
	}
	return people[:min(len(people), c.opts.PeopleMax)], number
}
