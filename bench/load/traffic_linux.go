package load

import (
	"context"
	"fmt"
	"time"

	"partychat/bench/stats"

	"golang.org/x/sys/unix"
)

const (
	// drainTimeout is how long after the last send a server may take to deliver
	// everything.
	drainTimeout = 90 * time.Second
	// tick is the maximum time between two checks of the time.
	tick = 20 * time.Millisecond
)

// Style describes how a crowd sends.
type Style struct {
	Senders int     // number of clients that send; spread evenly over the rooms
	Size    int     // bytes of each message's value, at least 12
	Rate    float64 // total messages per second; 0 for a closed loop
	// Hasty senders, in a closed loop, send the next message as soon as the
	// previous one is acknowledged, before everyone has received it.
	Hasty bool
}

// Traffic is the messages of a crowd. In a closed loop, each sender sends a message
// as soon as the server has acknowledged the previous one and everyone in its room
// has received it. With a rate, the senders take turns at equal intervals, whatever
// the server does.
type Traffic struct {
	crowd   *Crowd
	style   Style
	dialect dialect
	ledger  *ledger
	start   time.Time
	sending bool
	turn    int           // the next sender
	due     time.Duration // when to send the next message
	arrived uint64
	settled uint64
	// The times from sending a message to each of its deliveries, to its
	// acknowledgement, and to the last of all these.
	latency, across, answer, complete stats.Histogram // across: deliveries from another node
}

// Outcome is the result of one run.
type Outcome struct {
	Deliveries uint64
	Messages   uint64           // acknowledged and received by everyone
	Latency    *stats.Histogram // from sending a message to each of its deliveries
	Across     *stats.Histogram // the same for clients of another node than the sender's; not part of Latency
	Answer     *stats.Histogram // from sending a message to its acknowledgement
	Complete   *stats.Histogram // from sending a message to the last of all these
	Wall       time.Duration    // until the last delivery
	// SameOrder is true if everyone has received all messages so far in the same
	// order, including those of different senders.
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

// Run sends for a while and then waits until everything has been delivered. An
// error means that a message was lost, repeated, reordered or refused, so that
// there is no result. The outcome is valid until the next run.
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
			return Outcome{}, fmt.Errorf("load: %d messages not delivered to everyone after %v", t.ledger.unsettled, drainTimeout)
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

// Acked returns all acknowledged messages, if the crowd has a party.
func (t *Traffic) Acked() []Ack {
	if c, ok := t.dialect.(*chatter); ok {
		return c.acked
	}
	return nil
}

// now returns the time since the Traffic was created.
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

// onTimer sends all messages that are due and sets the timer for the next one.
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

// setTimer calls onTimer after d; 0 cancels the timer.
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
