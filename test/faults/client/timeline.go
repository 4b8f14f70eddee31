package client

import (
	"partychat/internal/chat"
	"partychat/test/faults/check"
)

// timeline is what a client has of one room, by docs/PROTOCOL.md, section 5. It
// does no input or output.
type timeline struct {
	room    chat.RoomID
	reader  string
	loaded  bool  // the first page is there
	loading bool  // it is being asked for
	syncing bool  // room:sync is under way
	known   int64 // the rev up to which everything is there
	highest int64 // the highest rev that was heard of

	feed  check.Feed
	bySeq map[int64]int // index into feed.Seen
	past  []check.Feed  // from before the server said to start over
}

// behind tells whether there is something to ask for.
func (t *timeline) behind() bool { return !t.loaded || t.known < t.highest }

// heard takes note of a head.
func (t *timeline) heard(rev int64) { t.highest = max(t.highest, rev) }

// load takes the first page.
func (t *timeline) load(page chat.Page) {
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

// put takes a live message. One behind a hole is left to room:sync.
func (t *timeline) put(m *chat.Message) {
	t.heard(m.Rev)
	if !t.loaded || m.Rev > t.known+1 {
		return
	}
	t.apply(m)
	t.known = max(t.known, m.Rev)
}

// changed takes an answer of room:sync.
func (t *timeline) changed(c chat.Changes) {
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

// apply is the upsert by seq. What is no news is not written down again.
func (t *timeline) apply(m *chat.Message) {
	next := check.From(*m)
	if i, ok := t.bySeq[m.Seq]; ok {
		if have := t.feed.Seen[i]; have == next || have.Rev > next.Rev {
			return
		}
	}
	t.bySeq[m.Seq] = len(t.feed.Seen)
	t.feed.Seen = append(t.feed.Seen, next)
}

// feeds gives all that this room's readers have seen.
func (t *timeline) feeds() []check.Feed {
	list := append([]check.Feed(nil), t.past...)
	if t.loaded {
		last := t.feed
		last.Complete = !t.behind()
		list = append(list, last)
	}
	return list
}
