package gateway

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// message makes one that nobody has edited: its seq is its rev.
func message(rev int64) chat.Message { return chat.Message{Room: 7, Seq: rev, Rev: rev} }

func revs(messages []chat.Message) []int64 {
	list := []int64{}
	for _, m := range messages {
		list = append(list, m.Rev)
	}
	return list
}

// since is what the store says of a room of n messages that nobody has edited.
func since(rev, n int64, limit int) chat.Changes {
	changes := chat.Changes{Rev: n}
	for r := rev + 1; r <= n; r++ {
		if len(changes.Messages) == limit {
			changes.Rev, changes.More = r-1, true
			break
		}
		changes.Messages = append(changes.Messages, message(r))
	}
	return changes
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
		{name: "what the first member knows from the store is not told again", at: 5, offered: []int64{4, 5, 6}, want: []int64{6}},
		{name: "a missing one holds back those behind it", offered: []int64{1, 3, 4}, want: []int64{1}, wantBehind: true},
		{name: "two holes, the first one closed", offered: []int64{2, 4, 1}, want: []int64{1, 2}, wantBehind: true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			q := sequence{at: test.at, known: test.at}
			got := []int64{}
			for _, rev := range test.offered {
				got = append(got, revs(q.offer(message(rev)))...)
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

func TestD3_ASequenceIsFilledFromTheStore(t *testing.T) {
	q := sequence{}
	q.offer(message(1))
	q.offer(message(4))
	q.offer(message(6))
	got := revs(q.fill(since(1, 4, 10)))
	if diff := cmp.Diff([]int64{2, 3, 4}, got); diff != "" {
		t.Errorf("first fill (-want +got):\n%s", diff)
	}
	if !q.behind() {
		t.Error("5 is missing, but the sequence does not say that it is behind")
	}
	got = revs(q.offer(message(5)))
	if diff := cmp.Diff([]int64{5, 6}, got); diff != "" {
		t.Errorf("after the missing one (-want +got):\n%s", diff)
	}
	if q.behind() || len(q.waiting) != 0 {
		t.Errorf("behind %t with %d waiting, want false with 0", q.behind(), len(q.waiting))
	}
}

func TestASequenceTakesEditedMessagesFromTheStoreAtTheirLastRev(t *testing.T) {
	q := sequence{at: 1, known: 1}
	q.offer(chat.Message{Room: 7, Seq: 2, Rev: 5}) // seq 2, which was rev 2, is edited
	changes := chat.Changes{Rev: 5, Messages: []chat.Message{
		{Room: 7, Seq: 3, Rev: 3}, {Room: 7, Seq: 4, Rev: 4}, {Room: 7, Seq: 2, Rev: 5},
	}}
	if diff := cmp.Diff([]int64{3, 4, 5}, revs(q.fill(changes))); diff != "" {
		t.Errorf("delivered (-want +got):\n%s", diff)
	}
	if q.behind() {
		t.Error("nothing is missing, but the sequence says that it is behind")
	}
}

func TestAHeadThatTheStoreShowsIsExpected(t *testing.T) {
	q := sequence{at: 3, known: 3}
	q.expect(2)
	if q.behind() {
		t.Error("behind an older head")
	}
	q.expect(4)
	if !q.behind() {
		t.Error("not behind a newer head")
	}
}

func TestASequenceKeepsABoundedNumberOfMessagesWaiting(t *testing.T) {
	q := sequence{}
	const n = 4 * maxWaiting
	for rev := int64(2); rev <= n; rev++ {
		if out := q.offer(message(rev)); len(out) != 0 {
			t.Fatalf("rev %d was delivered before rev 1", rev)
		}
	}
	if len(q.waiting) > maxWaiting {
		t.Errorf("%d messages wait, want at most %d", len(q.waiting), maxWaiting)
	}
	got := revs(q.offer(message(1)))
	for q.behind() {
		got = append(got, revs(q.fill(since(q.at, n, 100)))...)
	}
	if want := revs(since(0, n, n).Messages); !slices.Equal(got, want) {
		t.Errorf("delivered %d messages, want 1 to %d in order", len(got), n)
	}
}

func TestD3_WhateverTheBrokerDoesTheOutputIsComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 60).Draw(t, "messages")
		var events []int64
		for rev := int64(1); rev <= n; rev++ {
			for range rapid.IntRange(0, 3).Draw(t, "copies") { // 0: lost
				events = append(events, rev)
			}
		}
		events = rapid.Permutation(events).Draw(t, "order of arrival")
		page := rapid.IntRange(1, 20).Draw(t, "messages per read")

		var q sequence
		var got []int64
		committed := int64(0) // what the store knows: at least all that has been published
		for _, rev := range events {
			committed = max(committed, rev)
			got = append(got, revs(q.offer(message(rev)))...)
			if q.behind() && rapid.Bool().Draw(t, "the store is read now") {
				got = append(got, revs(q.fill(since(q.at, committed, page)))...)
			}
		}
		q.expect(n)
		for q.behind() {
			got = append(got, revs(q.fill(since(q.at, n, page)))...)
		}
		if want := revs(since(0, n, int(n)+1).Messages); !slices.Equal(got, want) {
			t.Fatalf("delivered %v, want %v", got, want)
		}
		if len(q.waiting) != 0 {
			t.Fatalf("%d messages still wait", len(q.waiting))
		}
	})
}
