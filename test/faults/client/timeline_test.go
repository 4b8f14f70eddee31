package client

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

const room = chat.RoomID(7)

// put returns a message with that seq and rev.
func put(seq, rev int64) *wire.Message { return &wire.Message{Room: room, Seq: seq, Rev: rev} }

func puts(first, last int64) (list []wire.Message) {
	for n := first; n <= last; n++ {
		list = append(list, *put(n, n))
	}
	return list
}

func TestATimelineFollowsTheProtocol(t *testing.T) {
	page := wire.Page{Messages: puts(3, 5), Seq: 5, Rev: 5}
	tests := []struct {
		name   string
		events func(*timeline)
		want   []int64 // revs in the order of application
		behind bool
	}{
		{"a live message follows the page", func(l *timeline) { l.put(put(6, 6)) }, []int64{3, 4, 5, 6}, false},
		{"a known message changes nothing", func(l *timeline) { l.put(put(5, 5)) }, []int64{3, 4, 5}, false},
		{"a change is applied", func(l *timeline) { l.put(put(4, 6)) }, []int64{3, 4, 5, 6}, false},
		{"an older state is ignored", func(l *timeline) { l.put(put(4, 6)); l.put(put(4, 4)) }, []int64{3, 4, 5, 6}, false},
		{"a message after a gap waits", func(l *timeline) { l.put(put(7, 7)) }, []int64{3, 4, 5}, true},
		{"room:sync fills the gap", func(l *timeline) {
			l.put(put(7, 7))
			l.changed(wire.Changes{Messages: puts(6, 7), Rev: 7})
		}, []int64{3, 4, 5, 6, 7}, false},
		{"an outdated answer leaves a gap", func(l *timeline) {
			l.put(put(8, 8))
			l.changed(wire.Changes{Messages: puts(6, 7), Rev: 7})
		}, []int64{3, 4, 5, 6, 7}, true},
		{"a head alone reveals a gap", func(l *timeline) { l.heard(6) }, []int64{3, 4, 5}, true},
		{"starting over clears the timeline", func(l *timeline) { l.changed(wire.Changes{StartOver: true, Rev: 900}) }, []int64{3, 4, 5}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := &timeline{room: room, reader: "ada"}
			l.load(page)
			test.events(l)
			var got []int64
			for _, f := range l.feeds() {
				if f.After != 2 || f.Since != 5 {
					t.Errorf("the feed begins after seq %d, rev %d, want 2 and 5", f.After, f.Since)
				}
				for _, m := range f.Seen {
					got = append(got, m.Rev)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if l.behind() != test.behind {
				t.Errorf("behind: got %t, want %t", l.behind(), test.behind)
			}
		})
	}
}

func TestATimelineThatStartsOverHasTwoFeeds(t *testing.T) {
	l := &timeline{room: room, reader: "ada"}
	l.put(put(1, 1)) // before the first page, which will include it
	l.load(wire.Page{Messages: puts(1, 1), Seq: 1, Rev: 1})
	l.changed(wire.Changes{StartOver: true, Rev: 900})
	l.load(wire.Page{Messages: puts(899, 900), Seq: 900, Rev: 900})
	feeds := l.feeds()
	if len(feeds) != 2 || feeds[0].Complete || !feeds[1].Complete || feeds[1].After != 898 {
		t.Errorf("got %+v, want an ended feed and a complete one after 898", feeds)
	}
}
