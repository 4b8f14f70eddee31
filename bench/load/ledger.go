package load

import (
	"errors"
	"fmt"
	"time"
)

// ledgerSize is the maximum number of broadcasts in flight.
const ledgerSize = 1 << 16

// Each of these errors invalidates the result.
var (
	errOverrun   = errors.New("load: server is more than 65,536 messages behind")
	errUnknown   = errors.New("load: message was never sent, or not to this room")
	errRepeated  = errors.New("load: message was delivered twice")
	errReordered = errors.New("load: message skipped or overtook another one of its sender")
	errStrayAck  = errors.New("load: acknowledgement of nothing")
)

// ledger tracks the messages in flight. It checks that everyone in the sender's
// room gets each message exactly once and in order.
type ledger struct {
	rooms   []int // each client's room
	members []int // number of clients in each room

	senders []sender
	next    [][]uint32 // per client, per sender of its room: the next number expected
	digests []uint64   // per client: of all ids received, in their order

	entries   []entry
	numbered  uint64 // broadcasts so far
	unsettled int    // of these, those not yet acknowledged and received by everyone
}

// sender is a client that sends.
type sender struct {
	client int
	place  int    // position among the senders of its room
	sent   uint32 // messages sent so far
}

// entry is one broadcast.
type entry struct {
	sender int
	number uint32 // number among its sender's messages
	left   int    // clients that have not received it
	acked  bool
	sentAt time.Duration
}

func newLedger(rooms, senders []int) *ledger {
	l := &ledger{
		rooms:   rooms,
		senders: make([]sender, len(senders)),
		next:    make([][]uint32, len(rooms)),
		digests: make([]uint64, len(rooms)),
		entries: make([]entry, ledgerSize),
	}
	for _, room := range rooms {
		l.members = grown(l.members, room)
		l.members[room]++
	}
	places := make([]int, len(l.members))
	for i, client := range senders {
		room := rooms[client]
		l.senders[i] = sender{client: client, place: places[room]}
		places[room]++
	}
	for client, room := range rooms {
		l.next[client] = make([]uint32, places[room])
	}
	return l
}

// grown returns a slice that is long enough for an index.
func grown(s []int, index int) []int {
	for len(s) <= index {
		s = append(s, 0)
	}
	return s
}

// send registers a broadcast and returns its id.
func (l *ledger) send(from int, now time.Duration) (id uint64, err error) {
	id = l.numbered
	e := &l.entries[id%ledgerSize]
	if id >= ledgerSize && !e.settled() {
		return 0, errOverrun
	}
	s := &l.senders[from]
	*e = entry{sender: from, number: s.sent, left: l.members[l.rooms[s.client]], sentAt: now}
	s.sent++
	l.numbered++
	l.unsettled++
	return id, nil
}

// deliver records that a client has received a broadcast.
func (l *ledger) deliver(client int, id uint64) (*entry, error) {
	e := l.find(id)
	if e == nil {
		return nil, fmt.Errorf("%w (message %d)", errUnknown, id)
	}
	s := &l.senders[e.sender]
	if l.rooms[s.client] != l.rooms[client] {
		return nil, fmt.Errorf("%w (message %d)", errUnknown, id)
	}
	next := &l.next[client][s.place]
	switch {
	case e.number < *next:
		return nil, fmt.Errorf("%w (message %d)", errRepeated, id)
	case e.number > *next:
		return nil, fmt.Errorf("%w (message %d)", errReordered, id)
	}
	*next++
	l.digests[client] = l.digests[client]*0x9e3779b97f4a7c15 + id + 1
	e.left--
	l.settle(e)
	return e, nil
}

// ack records that a broadcast has been acknowledged.
func (l *ledger) ack(id uint64) (*entry, error) {
	e := l.find(id)
	if e == nil || e.acked {
		return nil, fmt.Errorf("%w (message %d)", errStrayAck, id)
	}
	e.acked = true
	l.settle(e)
	return e, nil
}

// find returns the broadcast, or nil if the ledger doesn't have it any more.
func (l *ledger) find(id uint64) *entry {
	if id >= l.numbered || l.numbered-id > ledgerSize {
		return nil
	}
	return &l.entries[id%ledgerSize]
}

func (l *ledger) settle(e *entry) {
	if e.settled() {
		l.unsettled--
	}
}

// settled reports whether the broadcast is acknowledged and everyone has received
// it.
func (e *entry) settled() bool { return e.left == 0 && e.acked }

// sameOrder reports whether all clients of each room received the messages in the
// same order. Socket.IO guarantees the order only per sender.
func (l *ledger) sameOrder() bool {
	first := make([]*uint64, len(l.members))
	for client, room := range l.rooms {
		switch digest := &l.digests[client]; {
		case first[room] == nil:
			first[room] = digest
		case *first[room] != *digest:
			return false
		}
	}
	return true
}
