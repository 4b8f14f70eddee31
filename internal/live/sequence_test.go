package live

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// event makes one of some kind or other; which one must not matter.
func event(rev int64) chat.Revised {
	switch rev % 4 {
	case 0:
		return chat.MessagePut{Message: &chat.Message{Room: 7, Seq: rev, Rev: rev}}
	case 1:
		return chat.MemberGone{Room: 7, User: 3, Rev: rev}
	case 2:
		return chat.SubscriptionPut{User: 3, Rev: rev}
	default:
		return chat.SessionEnded{User: 3, Rev: rev}
	}
}

func revs(events []chat.Revised) []int64 {
	list := []int64{}
	for _, e := range events {
		list = append(list, e.Revision())
	}
	return list
}

// begun is a sequence that has reached a rev.
func begun(at int64) *sequence {
	q := &sequence{}
	q.begin(at)
	return q
}

// log is what a store has of a stream of n changes: replaced has those that a later
// change of the same thing has replaced.
type log struct {
	n        int64
	replaced map[int64]bool
}

// since gives what fill takes: at most so many changes, and the rev that they reach.
func (l log) since(rev int64, limit int) (events []chat.Revised, reached int64) {
	for r := rev + 1; r <= l.n; r++ {
		if l.replaced[r] {
			continue
		}
		if len(events) == limit {
			return events, events[limit-1].Revision()
		}
		events = append(events, event(r))
	}
	return events, l.n
}

// all gives the revs from 1 to n.
func all(n int64) []int64 {
	list := []int64{}
	for r := int64(1); r <= n; r++ {
		list = append(list, r)
	}
	return list
}

func TestD3_ASequenceDeliversInTheOrderOfRev(t *testing.T) {
	tests := []struct {
		name       string
		at         int64
		offered    []int64
		want       []int64
		wantBehind bool
	}{
		{name: "in order", offered: []int64{1, 2, 3}, want: []int64{1, 2, 3}},
		{name: "swapped neighbours", offered: []int64{2, 1, 3}, want: []int64{1, 2, 3}},
		{name: "backwards", offered: []int64{4, 3, 2, 1}, want: []int64{1, 2, 3, 4}},
		{name: "doubled", offered: []int64{1, 1, 2, 2, 1}, want: []int64{1, 2}},
		{name: "doubled while waiting", offered: []int64{2, 2, 1, 2}, want: []int64{1, 2}},
		{name: "what the first listener knows from the store is not told again", at: 5, offered: []int64{4, 5, 6}, want: []int64{6}},
		{name: "a missing one holds back those behind it", offered: []int64{1, 3, 4}, want: []int64{1}, wantBehind: true},
		{name: "two holes, the first one closed", offered: []int64{2, 4, 1}, want: []int64{1, 2}, wantBehind: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q := begun(test.at)
			got := []int64{}
			for _, rev := range test.offered {
				got = append(got, revs(q.offer(event(rev)))...)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("delivered (-want +got):\n%s", diff)
			}
			if q.behind() != test.wantBehind {
				t.Errorf("behind: got %t, want %t", q.behind(), test.wantBehind)
			}
		})
	}
}

func TestASequenceDeliversNothingBeforeItHasBegun(t *testing.T) {
	q := &sequence{}
	for _, rev := range []int64{7, 5, 6, 9} {
		if out := q.offer(event(rev)); len(out) != 0 || q.behind() {
			t.Errorf("rev %d: got %v, behind %t, want nothing yet", rev, revs(out), q.behind())
		}
	}
	after, out := q.begin(5)
	if diff := cmp.Diff([]int64{6, 7}, revs(out)); diff != "" || after != 5 {
		t.Errorf("began after %d (-want +got):\n%s", after, diff)
	}
	if !q.behind() {
		t.Error("8 is missing, but the sequence does not say that it is behind")
	}
	if after, out := q.begin(9); after != 7 || len(out) != 0 {
		t.Errorf("a second beginning: got %d, %v, want where the sequence is, and nothing", after, revs(out))
	}
}

func TestD3_ASequenceIsFilledFromTheStore(t *testing.T) {
	q := begun(0)
	for _, rev := range []int64{1, 4, 6} {
		q.offer(event(rev))
	}
	got := revs(q.fill(log{n: 4}.since(1, 10)))
	if diff := cmp.Diff([]int64{2, 3, 4}, got); diff != "" {
		t.Errorf("first fill (-want +got):\n%s", diff)
	}
	if !q.behind() {
		t.Error("5 is missing, but the sequence does not say that it is behind")
	}
	got = revs(q.offer(event(5)))
	if diff := cmp.Diff([]int64{5, 6}, got); diff != "" {
		t.Errorf("after the missing one (-want +got):\n%s", diff)
	}
	if q.behind() || len(q.waiting) != 0 {
		t.Errorf("behind %t with %d waiting, want false with 0", q.behind(), len(q.waiting))
	}
}

func TestASequenceTakesReplacedChangesFromTheStoreAtTheirLastRev(t *testing.T) {
	q := begun(1)
	q.offer(event(5))
	got := revs(q.fill(log{n: 6, replaced: map[int64]bool{2: true, 6: true}}.since(1, 10)))
	if diff := cmp.Diff([]int64{3, 4, 5}, got); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if q.behind() || q.at != 6 {
		t.Errorf("behind %t at %d, want false at 6", q.behind(), q.at)
	}
}

func TestAHeadThatTheStoreShowsIsExpected(t *testing.T) {
	q := begun(3)
	q.expect(2)
	if q.behind() {
		t.Error("behind an older head")
	}
	q.expect(4)
	if !q.behind() {
		t.Error("not behind a newer head")
	}
}

func TestASequenceKeepsABoundedNumberOfEventsWaiting(t *testing.T) {
	for name, q := range map[string]*sequence{"behind a hole": begun(0), "not begun": {}} {
		const n = 4 * maxWaiting
		for rev := int64(2); rev <= n; rev++ {
			if out := q.offer(event(rev)); len(out) != 0 {
				t.Fatalf("%s: rev %d was delivered before rev 1", name, rev)
			}
		}
		if len(q.waiting) > maxWaiting {
			t.Errorf("%s: %d events wait, want at most %d", name, len(q.waiting), maxWaiting)
		}
		_, out := q.begin(0)
		got := append(revs(out), revs(q.offer(event(1)))...)
		for q.behind() {
			got = append(got, revs(q.fill(log{n: n}.since(q.at, 100)))...)
		}
		if !slices.Equal(got, all(n)) {
			t.Errorf("%s: delivered %d events, want 1 to %d in order", name, len(got), n)
		}
	}
}

// TestD3_WhateverTheBrokerDoesTheOutputIsComplete loses, doubles and reorders events,
// begins somewhere among them, and reads the store at any time.
func TestD3_WhateverTheBrokerDoesTheOutputIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 60).Draw(t, "changes")
		stream := log{n: n, replaced: make(map[int64]bool)}
		var events []int64
		for rev := int64(1); rev <= n; rev++ {
			stream.replaced[rev] = rev < n && rapid.IntRange(0, 4).Draw(t, "replaced later") == 0
			for range rapid.IntRange(0, 3).Draw(t, "copies") { // 0: lost
				events = append(events, rev)
			}
		}
		events = rapid.Permutation(events).Draw(t, "order of arrival")
		page := rapid.IntRange(1, 20).Draw(t, "changes per read")
		start := rapid.Int64Range(0, n).Draw(t, "where it begins")
		startsAt := rapid.IntRange(0, len(events)).Draw(t, "when it begins")

		q := &sequence{}
		var got []int64
		begin := func() {
			_, out := q.begin(start)
			got = append(got, revs(out)...)
		}
		for i, rev := range events {
			if i == startsAt {
				begin()
			}
			got = append(got, revs(q.offer(event(rev)))...)
			if q.behind() && rapid.Bool().Draw(t, "the store is read now") {
				got = append(got, revs(q.fill(stream.since(q.at, page)))...)
			}
		}
		begin()
		q.expect(n)
		for q.behind() {
			got = append(got, revs(q.fill(stream.since(q.at, page)))...)
		}
		if !slices.IsSorted(got) || slices.Index(got, start) >= 0 && start > 0 {
			t.Fatalf("delivered %v, want what comes after %d in order", got, start)
		}
		seen := make(map[int64]int)
		for _, rev := range got {
			seen[rev]++
		}
		for rev := start + 1; rev <= n; rev++ {
			if seen[rev] > 1 || seen[rev] == 0 && !stream.replaced[rev] {
				t.Fatalf("delivered rev %d %d times: %v", rev, seen[rev], got)
			}
		}
		if len(q.waiting) != 0 {
			t.Fatalf("%d events still wait", len(q.waiting))
		}
	})
}

// several makes an event of the changes with the revs from first to last.
func several(first, last int64) chat.Revised {
	return chat.ReactionsPut{Room: 7, Rev: last, Changes: make([]chat.ReactionPut, last-first+1)}
}

func TestEventsOfSeveralChangesKeepTheOrder(t *testing.T) {
	for _, test := range []struct {
		name       string
		offered    []chat.Revised
		want       []int64 // the last revs of what is delivered
		wantBehind bool
	}{
		{name: "in order", offered: []chat.Revised{several(1, 3), event(4), several(5, 6)}, want: []int64{3, 4, 6}},
		{name: "swapped", offered: []chat.Revised{event(4), several(5, 6), several(1, 3)}, want: []int64{3, 4, 6}},
		{name: "doubled", offered: []chat.Revised{several(1, 3), several(1, 3), event(2), event(4)}, want: []int64{3, 4}},
		{name: "behind a hole", offered: []chat.Revised{several(2, 3)}, wantBehind: true},
		{name: "of which only the end is new", offered: []chat.Revised{event(1), several(1, 3)}, want: []int64{1, 3}},
		{name: "of which only the end is new, after waiting", offered: []chat.Revised{several(2, 4), event(3), event(1)}, want: []int64{1, 4}},
		{name: "the longer one of two", offered: []chat.Revised{several(2, 3), several(2, 5), several(2, 4), event(1)}, want: []int64{1, 5}},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := begun(0)
			got := []int64{}
			for _, e := range test.offered {
				got = append(got, revs(q.offer(e))...)
			}
			if !slices.Equal(got, test.want) || q.behind() != test.wantBehind {
				t.Errorf("delivered %v, behind %t, want %v, %t", got, q.behind(), test.want, test.wantBehind)
			}
			if !test.wantBehind && len(q.waiting) != 0 {
				t.Errorf("%d events still wait", len(q.waiting))
			}
		})
	}
}

func TestAFillIntoTheMiddleOfAnEventOfSeveralChanges(t *testing.T) {
	q := begun(0)
	q.offer(several(3, 6))
	got := revs(q.fill([]chat.Revised{event(2), event(4)}, 4))
	if want := []int64{2, 4, 6}; !slices.Equal(got, want) || q.behind() {
		t.Errorf("delivered %v, behind %t, want %v and nothing missing", got, q.behind(), want)
	}
}
