package check

import (
	"fmt"

	"github.com/google/uuid"
)

// identity identifies a send.
type identity struct {
	author   int64
	clientID uuid.UUID
}

// place identifies a message.
type place struct{ room, seq int64 }

// version is one state of a room's timeline.
type version struct{ room, rev int64 }

// history is a room's stored timeline with indexes.
type history struct {
	*Room
	bySeq map[int64]Message
	bySend
}

type bySend map[identity]int64 // to seq

// judge collects breaches.
type judge struct {
	breaches   []string
	rooms      map[int64]*history
	versions   map[version]uint64 // digest of the message with that rev, for all readers
	identities map[place]identity // identity of the message at that place, for all readers
}

func (j *judge) breach(format string, args ...any) {
	j.breaches = append(j.breaches, fmt.Sprintf(format, args...))
}

// room checks a stored timeline: seqs are 1, 2, 3 …, and no send is stored twice.
func (j *judge) room(r *Room) {
	h := &history{Room: r, bySeq: make(map[int64]Message, len(r.Messages)), bySend: make(bySend, len(r.Messages))}
	j.rooms[r.ID] = h
	revs := make(map[int64]int64, len(r.Messages))
	for i, m := range r.Messages {
		if want := int64(i) + 1; m.Seq != want {
			j.breach("room %d: the history has seq %d where %d is expected", r.ID, m.Seq, want)
		}
		if m.Room != r.ID {
			j.breach("room %d: its history has seq %d of room %d", r.ID, m.Seq, m.Room)
		}
		id := identity{m.Author, m.ClientID}
		if before, twice := h.bySend[id]; twice {
			j.breach("room %d: %s of user %d is there twice, as seq %d and %d", r.ID, m.ClientID, m.Author, before, m.Seq)
		}
		if other, twice := revs[m.Rev]; twice {
			j.breach("room %d: seq %d and %d both have rev %d", r.ID, other, m.Seq, m.Rev)
		}
		if m.Rev < 1 || m.Rev > r.Rev {
			j.breach("room %d: seq %d has rev %d, beyond the room's %d", r.ID, m.Seq, m.Rev, r.Rev)
		}
		h.bySend[id], revs[m.Rev], h.bySeq[m.Seq] = m.Seq, m.Seq, m
		j.shown("the history", m)
	}
	if r.Seq != int64(len(r.Messages)) {
		j.breach("room %d: the head is seq %d, the history has %d messages", r.ID, r.Seq, len(r.Messages))
	}
	if r.Rev < r.Seq {
		j.breach("room %d: the head is rev %d, below seq %d", r.ID, r.Rev, r.Seq)
	}
}

// shown compares a message that somebody received with the same message at all
// others.
func (j *judge) shown(whom string, m Message) {
	v := version{m.Room, m.Rev}
	if digest, known := j.versions[v]; known && digest != m.Digest {
		j.breach("room %d: %s has another message as rev %d (seq %d) than others", m.Room, whom, m.Rev, m.Seq)
	}
	j.versions[v] = m.Digest
	p, id := place{m.Room, m.Seq}, identity{m.Author, m.ClientID}
	if other, known := j.identities[p]; known && other != id {
		j.breach("room %d: %s has %s as seq %d, others have %s", m.Room, whom, id.clientID, m.Seq, other.clientID)
	}
	j.identities[p] = id
}

// sends compares the sends with the stored messages, in both directions.
func (j *judge) sends(sends []Send) {
	type lane struct{ room, author int64 }
	last := make(map[lane]int64)
	sent := make(map[identity]struct{}, len(sends))
	for i := range sends {
		s := &sends[i]
		id := identity{s.Author, s.ClientID}
		sent[id] = struct{}{}
		h := j.rooms[s.Room]
		if h == nil {
			j.breach("room %d: has no history, but user %d has sent to it", s.Room, s.Author)
			continue
		}
		j.acks(s, h)
		seq, stored := h.bySend[id]
		if !stored {
			continue
		}
		// Only the author changes a message, and not before it is acknowledged.
		if m := h.bySeq[seq]; len(s.Acks) == 0 && m.Body != s.Body {
			j.breach("room %d: seq %d is %q, sent was %q", s.Room, seq, m.Body, s.Body)
		}
		l := lane{s.Room, s.Author}
		if seq < last[l] {
			j.breach("room %d: seq %d of user %d was sent after seq %d", s.Room, seq, s.Author, last[l])
		}
		last[l] = seq
	}
	for _, h := range j.rooms {
		for _, m := range h.Messages {
			if _, ok := sent[identity{m.Author, m.ClientID}]; !ok && !m.Notice {
				j.breach("room %d: nobody has sent seq %d (%s of user %d)", h.ID, m.Seq, m.ClientID, m.Author)
			}
		}
	}
}

// acks compares a send's acknowledgements with the stored message.
func (j *judge) acks(s *Send, h *history) {
	for _, ack := range s.Acks {
		if ack.Room != s.Room || ack.Author != s.Author || ack.ClientID != s.ClientID {
			j.breach("room %d: %s was acknowledged with another message: %+v", s.Room, s.ClientID, ack)
			continue
		}
		seq, stored := h.bySend[identity{s.Author, s.ClientID}]
		m := h.bySeq[seq]
		switch {
		case !stored:
			j.breach("room %d: %s of user %d is lost; it was acknowledged as seq %d", s.Room, s.ClientID, s.Author, ack.Seq)
		case seq != ack.Seq:
			j.breach("room %d: %s is seq %d, but was acknowledged as %d", s.Room, s.ClientID, seq, ack.Seq)
		case m.Rev == ack.Rev && (m.Body != s.Body || m.Digest != ack.Digest):
			j.breach("room %d: seq %d is %q, acknowledged was %q, sent was %q", s.Room, seq, m.Body, ack.Body, s.Body)
		}
	}
}

// changes compares answered edits and deletions with the stored messages.
func (j *judge) changes(changes []Message) {
	for _, c := range changes {
		h := j.rooms[c.Room]
		if h == nil {
			continue
		}
		j.shown("the user who changed it", c)
		if m := h.bySeq[c.Seq]; m.Rev < c.Rev {
			j.breach("room %d: the change of seq %d to rev %d is lost; it has rev %d", c.Room, c.Seq, c.Rev, m.Rev)
		}
	}
}

// feed compares a reader's feed with those of all others and with the stored
// messages.
func (j *judge) feed(f *Feed) {
	who := "reader " + f.Reader
	latest := make(map[int64]Message, len(f.Seen))
	at := f.Since
	for _, m := range f.Seen {
		if m.Room != f.Room {
			j.breach("room %d: %s received a message of room %d", f.Room, who, m.Room)
			continue
		}
		j.shown(who, m)
		if m.Rev > f.Since {
			if m.Rev <= at {
				j.breach("room %d: %s saw rev %d after rev %d", f.Room, who, m.Rev, at)
			}
			at = m.Rev
		}
		latest[m.Seq] = m
	}
	j.gaps(f, who, at, latest)
	j.stored(f, who, latest)
	if f.Complete {
		j.complete(f, who, latest)
	}
}

// gaps finds seqs that the reader missed. A seq below the highest may only be
// missing if its message has changed since, in a rev that the reader had not
// reached.
func (j *judge) gaps(f *Feed, who string, at int64, latest map[int64]Message) {
	highest := f.After
	for seq := range latest {
		highest = max(highest, seq)
	}
	h := j.rooms[f.Room]
	for seq := f.After + 1; seq <= highest; seq++ {
		if _, ok := latest[seq]; !ok && (h == nil || h.bySeq[seq].Rev <= at) {
			j.breach("room %d: %s never saw seq %d", f.Room, who, seq)
		}
	}
}

// complete finds the differences between the stored messages and those of a reader
// who has caught up.
func (j *judge) complete(f *Feed, who string, latest map[int64]Message) {
	h := j.rooms[f.Room]
	if h == nil {
		return
	}
	for _, m := range h.Messages {
		if m.Seq <= f.After {
			continue
		}
		switch have, ok := latest[m.Seq]; {
		case !ok:
			j.breach("room %d: %s has caught up, but without seq %d", f.Room, who, m.Seq)
		case have.Digest != m.Digest:
			j.breach("room %d: %s has caught up, but has seq %d as of rev %d instead of %d", f.Room, who, m.Seq, have.Rev, m.Rev)
		}
	}
}

// stored finds messages that a reader received although they are not stored.
func (j *judge) stored(f *Feed, who string, latest map[int64]Message) {
	h := j.rooms[f.Room]
	if h == nil {
		return
	}
	for seq := range latest {
		if _, ok := h.bySeq[seq]; !ok {
			j.breach("room %d: %s has seq %d, which is not stored", f.Room, who, seq)
		}
	}
}
