package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

const (
	room = 7
	ada  = 1
	bob  = 2
)

// id returns the n-th clientId.
func id(n byte) uuid.UUID { return uuid.UUID{15: n} }

// message returns the author's n-th send, stored with that seq and rev.
func message(author int64, n byte, seq, rev int64) Message {
	return Message{Room: room, Seq: seq, Rev: rev, Author: author, ClientID: id(n), Body: "hello", Digest: uint64(rev)<<32 | uint64(n)}
}

// good returns a history without breaches: ada sends 1, 2 and 3; bob sends 4, which
// is stored but never acknowledged, and 5, which is lost.
func good() Evidence {
	stored := []Message{message(ada, 1, 1, 1), message(bob, 4, 2, 2), message(ada, 2, 3, 3), message(ada, 3, 4, 4)}
	send := func(author int64, n byte, acks ...Message) Send {
		return Send{Room: room, Author: author, ClientID: id(n), Body: "hello", Tries: 1, Acks: acks}
	}
	return Evidence{
		Sends: []Send{
			send(ada, 1, stored[0]), send(ada, 2, stored[2], stored[2]), send(ada, 3, stored[3]),
			send(bob, 4), send(bob, 5),
		},
		Feeds: []Feed{
			{Reader: "from the start", Room: room, Seen: slices.Clone(stored), Complete: true},
			{Reader: "late", Room: room, After: 2, Since: 3, Seen: slices.Clone(stored[2:]), Complete: true},
			{Reader: "gone early", Room: room, Seen: slices.Clone(stored[:2])},
		},
		Rooms: []Room{{ID: room, Seq: 4, Rev: 4, Messages: slices.Clone(stored)}},
	}
}

func TestAGoodHistoryHasNoBreaches(t *testing.T) {
	e := good()
	if got := e.Breaches(); len(got) != 0 {
		t.Errorf("got %q, want none", got)
	}
	if got := e.Acked(); got != 3 {
		t.Errorf("got %d acknowledged sends, want 3", got)
	}
}

func TestAChangedMessageIsNotABreach(t *testing.T) {
	e := good()
	edited := message(ada, 1, 1, 5)
	edited.Body = "changed"
	e.Rooms[0].Messages[0], e.Rooms[0].Rev = edited, 5
	e.Changes = []Message{edited}
	e.Feeds[0].Seen = append(e.Feeds[0].Seen, edited)
	// A reader who returns later receives the change after a newer message.
	late := message(ada, 3, 4, 4)
	e.Feeds[2] = Feed{Reader: "back", Room: room, Seen: []Message{e.Feeds[2].Seen[1], message(ada, 2, 3, 3), late, edited}, Complete: true}
	// A reader who left earlier may miss changes made since.
	e.Feeds = append(e.Feeds, Feed{Reader: "left", Room: room, Seen: []Message{e.Feeds[2].Seen[0], e.Feeds[2].Seen[1]}})
	// A reader who joins later may have begun after the change.
	e.Feeds[1].Seen = append(e.Feeds[1].Seen, edited)
	if got := e.Breaches(); len(got) != 0 {
		t.Errorf("got %q, want none", got)
	}
}

func TestEveryBreachIsFound(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*Evidence)
		want  string
	}{
		{"an acknowledged message is lost", func(e *Evidence) {
			e.Rooms[0].Messages, e.Rooms[0].Seq = e.Rooms[0].Messages[:3], 3
			e.Feeds = nil
		}, "is lost; it was acknowledged as seq 4"},
		{"an acknowledged message is there twice", func(e *Evidence) {
			r := &e.Rooms[0]
			r.Messages, r.Seq, r.Rev = append(r.Messages, message(ada, 1, 5, 5)), 5, 5
			e.Feeds = nil
		}, "is there twice, as seq 1 and 5"},
		{"an unacknowledged message is stored twice", func(e *Evidence) {
			r := &e.Rooms[0]
			r.Messages, r.Seq, r.Rev = append(r.Messages, message(bob, 4, 5, 5)), 5, 5
			e.Feeds = nil
		}, "is there twice, as seq 2 and 5"},
		{"two acknowledgements of one send differ", func(e *Evidence) {
			e.Sends[1].Acks[1].Seq = 4
		}, "is seq 3, but was acknowledged as 4"},
		{"a send is acknowledged with another send's message", func(e *Evidence) {
			e.Sends[0].Acks[0] = e.Rooms[0].Messages[1]
		}, "was acknowledged with another message"},
		{"a message is stored with another body", func(e *Evidence) {
			e.Rooms[0].Messages[0].Body = "hellp"
		}, `seq 1 is "hellp", acknowledged was "hello"`},
		{"an unacknowledged message is stored with another body", func(e *Evidence) {
			e.Rooms[0].Messages[1].Body = "hellp"
		}, `seq 2 is "hellp", sent was "hello"`},
		{"an author's messages swapped places", func(e *Evidence) {
			e.Sends[0], e.Sends[1] = e.Sends[1], e.Sends[0]
		}, "seq 1 of user 1 was sent after seq 3"},
		{"a message that nobody sent is stored", func(e *Evidence) {
			e.Sends = e.Sends[:3]
		}, "nobody has sent seq 2"},
		{"seq has a hole", func(e *Evidence) {
			e.Rooms[0].Messages = slices.Delete(e.Rooms[0].Messages, 1, 2)
		}, "has seq 3 where 2 is expected"},
		{"the head is ahead of the history", func(e *Evidence) { e.Rooms[0].Seq = 5 }, "the head is seq 5"},
		{"a rev is used twice", func(e *Evidence) {
			e.Rooms[0].Messages[3].Rev = 3
		}, "seq 3 and 4 both have rev 3"},
		{"a rev is beyond the room's", func(e *Evidence) { e.Rooms[0].Rev = 3 }, "beyond the room's 3"},
		{"the rev is below the seq", func(e *Evidence) { e.Rooms[0].Rev = 3 }, "below seq 4"},
		{"two readers saw different orders", func(e *Evidence) {
			seen := e.Feeds[0].Seen
			seen[0], seen[1] = message(bob, 4, 1, 1), message(ada, 1, 2, 2)
		}, "another message as rev 1"},
		{"an answered change is lost", func(e *Evidence) {
			e.Changes = []Message{message(ada, 1, 1, 5)}
		}, "the change of seq 1 to rev 5 is lost"},
		{"a change is stored differently from its response", func(e *Evidence) {
			other := message(ada, 1, 1, 1)
			other.Digest++
			e.Changes = []Message{other}
		}, "another message as rev 1"},
		{"a reader saw another message with a seq", func(e *Evidence) {
			e.Feeds[2].Seen[1] = message(ada, 2, 2, 9)
		}, "reader gone early has " + id(2).String() + " as seq 2"},
		{"a reader went back", func(e *Evidence) {
			seen := e.Feeds[0].Seen
			seen[1], seen[2] = seen[2], seen[1]
		}, "saw rev 2 after rev 3"},
		{"a reader saw a message twice", func(e *Evidence) {
			e.Feeds[2].Seen = append(e.Feeds[2].Seen, e.Feeds[2].Seen[1])
		}, "saw rev 2 after rev 2"},
		{"a reader skipped a message", func(e *Evidence) {
			e.Feeds[0].Seen = slices.Delete(e.Feeds[0].Seen, 1, 2)
		}, "reader from the start never saw seq 2"},
		{"a reader missed the last one", func(e *Evidence) {
			e.Feeds[0].Seen = e.Feeds[0].Seen[:3]
		}, "has caught up, but without seq 4"},
		{"a reader missed a change", func(e *Evidence) {
			edited := message(ada, 1, 1, 5)
			e.Rooms[0].Messages[0], e.Rooms[0].Rev = edited, 5
		}, "has seq 1 as of rev 1 instead of 5"},
		{"a reader has a message that is not stored", func(e *Evidence) {
			e.Rooms[0].Messages, e.Rooms[0].Seq, e.Rooms[0].Rev = e.Rooms[0].Messages[:3], 3, 3
			e.Sends = e.Sends[:2]
		}, "has seq 4, which is not stored"},
		{"a reader was shown another room's message", func(e *Evidence) { e.Feeds[0].Seen[0].Room = 8 }, "received a message of room 8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := good()
			test.spoil(&e)
			got := e.Breaches()
			if !slices.ContainsFunc(got, func(b string) bool { return strings.Contains(b, test.want) }) {
				t.Errorf("got %q, want one with %q", got, test.want)
			}
		})
	}
}

func TestLiveCountsGapsAndDisorder(t *testing.T) {
	tests := []struct {
		name            string
		revs            []int64
		holes, disorder int
	}{
		{"consecutive revs, from any start", []int64{5, 6, 7}, 0, 0},
		{"a missing rev", []int64{5, 7, 8}, 1, 0},
		{"a repeated rev", []int64{5, 6, 6, 7}, 0, 1},
		{"two swapped revs", []int64{5, 7, 6, 8}, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var l Live
			for _, rev := range test.revs {
				l.Put(rev)
			}
			if l.Holes != test.holes || l.Disorder != test.disorder {
				t.Errorf("got %d holes, %d in disorder, want %d and %d", l.Holes, l.Disorder, test.holes, test.disorder)
			}
		})
	}
}

func TestFromKeepsEverythingCompared(t *testing.T) {
	m := wire.Message{
		Room: room, Seq: 3, Rev: 4, ClientID: id(9).String(), Author: wire.Author{ID: ada, Username: "ada"},
		Kind: chat.MessageText, Body: "hello", CreatedAt: time.Unix(1, 0).UTC(),
	}
	got := From(m)
	want := Message{Room: room, Seq: 3, Rev: 4, Author: ada, ClientID: id(9), Body: "hello", Digest: got.Digest}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	m.CreatedAt = m.CreatedAt.Add(time.Millisecond)
	if From(m).Digest == got.Digest {
		t.Error("a message with another time has the same digest")
	}
}
