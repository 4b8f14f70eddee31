package load

import (
	"context"
	"fmt"
	"time"

	"partychat/bench/stats"

	"golang.org/x/sys/unix"
)

const (
	// drainTimeout is how long a server may take to deliver what it has
	// accepted, after the last message has been sent.
	drainTimeout = 90 * time.Second
	// tick is how often the time is looked at, besides when something arrives.
	tick = 20 * time.Millisecond
)

// Style says how the senders of a crowd send.
type Style struct {
	Senders int     // how many clients send; spread evenly over the rooms
	Size    int     // bytes of each message's value, at least 12
	Rate    float64 // messages per second in all; 0 for a closed loop
	// Hasty senders do not wait, in a closed loop, until everyone has the
	// message before: it is enough that it is acknowledged.
	Hasty bool
}

// Traffic is a crowd that sends and receives. In a closed loop each sender
// sends a message as soon as everyone in its room has the one before and the
// server has acknowledged it. With a rate the senders take turns at even
// distances, whatever the server does.
type Traffic struct {
	crowd   *Crowd
	style   Style
	dialect dialect
	ledger  *ledger
	start   time.Time
	sending bool
	turn    int           // of the senders
	due     time.Duration // when the next message is to be sent
	arrived uint64
	settled uint64
	// From a message's sending to each of its deliveries, to its
	// acknowledgement, and to the last of all these.
	latency, across, answer, complete stats.Histogram // across: what came from another node
}

// Outcome is what a crowd has seen in one run.
type Outcome struct {
	Deliveries uint64
	Messages   uint64           // which everyone has and of which the sender knows
	Latency    *stats.Histogram // from a message's sending to each of its deliveries
	Across     *stats.Histogram // the same of clients of another node than the sender's, not in Latency
	Answer     *stats.Histogram // from its sending to its acknowledgement
	Complete   *stats.Histogram // from its sending to the last of all these
	Wall       time.Duration    // until the last delivery
	// SameOrder says whether everyone got all messages so far in the same
	// order, those of different senders too.
	SameOrder bool
}

// NewTraffic prepares a crowd.
func NewTraffic(crowd *Crowd, style Style) *Traffic {
	rooms := make([]int, len(crowd.clients))
	count := 0
	for i := range crowd.clients {
		rooms[i] = crowd.clients[i].room
		count = max(count, rooms[i]+1)
	}
	senders := make([]int, min(style.Senders, len(rooms)))
	for i := range senders {
		senders[i] = i
	}
	return &Traffic{
		crowd:   crowd,
		style:   style,
		dialect: newDialect(crowd.party, count, style.Size),
		ledger:  newLedger(rooms, senders),
		start:   time.Now(),
	}
}

// Run sends for a while and then waits until all has been delivered. An error
// means that something was lost, repeated, out of order or not to be had, so
// that there is no result. The outcome is valid until the next run.
func (t *Traffic) Run(ctx context.Context, d time.Duration) (Outcome, error) {
	t.latency.Reset()
	t.across.Reset()
	t.answer.Reset()
	t.complete.Reset()
	t.arrived, t.settled = 0, 0
	began := t.now()
	if err := t.begin(began); err != nil {
		return Outcome{}, err
	}
	end := began + d
	for t.ledger.unsettled > 0 || t.sending {
		if err := ctx.Err(); err != nil {
			return Outcome{}, err
		}
		if err := t.crowd.poll(tick, t.onPacket, t.onTimer); err != nil {
			return Outcome{}, err
		}
		switch now := t.now(); {
		case now > end+drainTimeout:
			return Outcome{}, fmt.Errorf("load: %d messages not with everyone after %v", t.ledger.unsettled, drainTimeout)
		case t.sending && now >= end:
			t.sending = false
		}
	}
	if err := t.setTimer(0); err != nil {
		return Outcome{}, err
	}
	return Outcome{
		Deliveries: t.arrived,
		Messages:   t.settled,
		Latency:    &t.latency,
		Across:     &t.across,
		Answer:     &t.answer,
		Complete:   &t.complete,
		Wall:       t.now() - began,
		SameOrder:  t.ledger.sameOrder(),
	}, nil
}

// Acked lists what has been acknowledged of all that was sent, for a crowd that
// is a party.
func (t *Traffic) Acked() []Ack {
	if c, ok := t.dialect.(*chatter); ok {
		return c.acked
	}
	return nil
}

// now is the time since the traffic was made.
func (t *Traffic) now() time.Duration { return time.Since(t.start) }

func (t *Traffic) begin(now time.Duration) error {
	t.sending = true
	if t.style.Rate > 0 {
		t.due = now
		return t.onTimer()
	}
	for i := range t.ledger.senders {
		if err := t.send(i); err != nil {
			return err
		}
	}
	return nil
}

// onTimer sends all that is due and sets the timer for the next.
func (t *Traffic) onTimer() error {
	for t.sending && t.due <= t.now() {
		if err := t.send(t.turn); err != nil {
			return err
		}
		t.turn = (t.turn + 1) % len(t.ledger.senders)
		t.due += time.Duration(float64(time.Second) / t.style.Rate)
	}
	if !t.sending {
		return nil
	}
	return t.setTimer(max(1, t.due-t.now()))
}

// setTimer has onTimer called after d; 0 calls it off.
func (t *Traffic) setTimer(d time.Duration) error {
	value := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	return unix.TimerfdSettime(t.crowd.timer, 0, &value, nil)
}

func (t *Traffic) send(from int) error {
	id, err := t.ledger.send(from, t.now())
	if err != nil {
		return err
	}
	client := t.ledger.senders[from].client
	return t.crowd.write(client, t.dialect.broadcast(t.ledger.rooms[client], id))
}

func (t *Traffic) onPacket(index int, packet []byte) error {
	id, isAck, err := t.dialect.parse(index, packet)
	if err != nil {
		return err
	}
	var e *entry
	if isAck {
		e, err = t.ledger.ack(id)
	} else {
		e, err = t.ledger.deliver(index, id)
	}
	if err != nil {
		return fmt.Errorf("connection %d: %w", index, err)
	}
	took, settled := t.now()-e.sentAt, e.settled()
	switch {
	case isAck:
		t.answer.Record(took)
	case t.crowd.clients[index].node != t.crowd.clients[t.ledger.senders[e.sender].client].node:
		t.arrived++
		t.across.Record(took)
	default:
		t.arrived++
		t.latency.Record(took)
	}
	if settled {
		t.settled++
		t.complete.Record(took)
	}
	if t.style.Rate > 0 || !t.sending {
		return nil
	}
	if t.style.Hasty && isAck || !t.style.Hasty && settled {
		return t.send(e.sender)
	}
	return nil
}
