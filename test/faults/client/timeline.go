package client

import (
	"partychat/internal/chat"
	"partychat/internal/wire"
	"partychat/test/faults/check"
)

// timeline is a client's state of one room, as docs/PROTOCOL.md, section 5,
// requires. It does no I/O.
type timeline struct {
	room    chat.RoomID
	reader  string
	loaded  bool  // the first page has been received
	loading bool  // the first page has been requested
	syncing bool  // room:sync is in flight
	known   int64 // the rev up to which everything has been received
	highest int64 // the highest rev known to exist

	feed  check.Feed
	bySeq map[int64]int // index into feed.Seen
	past  []check.Feed  // feeds before the server said to start over
}

// behind reports whether something must be requested.
func (t *timeline) behind() bool { return !t.loaded || t.known < t.highest }

// heard records a head.
func (t *timeline) heard(rev int64) { t.highest = max(t.highest, rev) }

// load applies the first page.
func (t *timeline) load(page wire.Page) {
	after := page.Seq
	if len(page.Messages) > 0 {
		after = page.Messages[0].Seq - 1
	}
	t.feed = check.Feed{Reader: t.reader, Room: int64(t.room), After: after, Since: page.Rev}
	t.bySeq = make(map[int64]int)
	for i := range page.Messages {
		t.apply(&page.Messages[i])
	}
	t.loaded, t.loading, t.known = true, false, page.Rev
	t.heard(page.Rev)
}

// put applies a live message, unless a rev before it is missing; room:sync will
// bring both.
func (t *timeline) put(m *wire.Message) {
	t.heard(m.Rev)
	if !t.loaded || m.Rev > t.known+1 {
		return
	}
	t.apply(m)
	t.known = max(t.known, m.Rev)
}

// changed applies an answer of room:sync.
func (t *timeline) changed(c wire.Changes) {
	t.syncing = false
	if c.StartOver {
		t.past = append(t.past, t.feed)
		t.loaded, t.known = false, 0
		return
	}
	for i := range c.Messages {
		t.apply(&c.Messages[i])
	}
	t.known = max(t.known, c.Rev)
	t.heard(c.Rev)
}

// apply upserts a message by seq. It records only changes.
func (t *timeline) apply(m *wire.Message) {
	next := check.From(*m)
	if i, ok := t.bySeq[m.Seq]; ok {
		if have := t.feed.Seen[i]; have == next || have.Rev > next.Rev {
			return
		}
	}
	t.bySeq[m.Seq] = len(t.feed.Seen)
	t.feed.Seen = append(t.feed.Seen, next)
}

// feeds returns all feeds of the room.
func (t *timeline) feeds() []check.Feed {
	list := append([]check.Feed(nil), t.past...)
	if t.loaded {
		last := t.feed
		last.Complete = !t.behind()
		list = append(list, last)
	}
	return list
}
