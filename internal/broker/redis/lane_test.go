package redis

import (
	"fmt"
	"log/slog"
	"slices"
	"testing"
)

func newTestLane() *lane {
	return newLane(&Client{prefix: keyPrefix, node: "NODE"}, 0, groups, slog.New(slog.DiscardHandler))
}

func TestLaneReportsEventsThatDidNotFit(t *testing.T) {
	l := newTestLane()
	for i := range laneMax + 10 {
		l.put(fmt.Sprint("channel ", i%3), "body")
	}
	batch := l.take()
	if len(batch) != batchMax {
		t.Fatalf("first batch: got %d, want %d", len(batch), batchMax)
	}
	missed := 0
	for _, o := range batch {
		if o.body == typeMissed {
			missed++
		}
	}
	if missed != 3 {
		t.Errorf("channels that are told of a loss: got %d, want each of the 3 once", missed)
	}
	n := len(batch)
	for batch := l.take(); len(batch) > 0; batch = l.take() {
		n += len(batch)
	}
	if n != laneMax+3 || l.bytes != 0 {
		t.Errorf("all batches: got %d and %d bytes left, want %d and none", n, l.bytes, laneMax+3)
	}
}

func TestLaneThatLostTooMuchReportsAllChannels(t *testing.T) {
	l := newTestLane()
	l.away = true
	for i := range markedMax + 1 {
		l.put(fmt.Sprint("channel ", i), "body")
	}
	if len(l.marked) != 0 || len(l.queue) != 0 {
		t.Errorf("kept in mind: got %d channels and %d events, want none", len(l.marked), len(l.queue))
	}
	batch := l.take()
	if len(batch) != groups {
		t.Fatalf("batch: got %d, want one for each of the %d groups", len(batch), groups)
	}
	for i, o := range batch {
		if o.channel != l.client.channelOfAll(i) || o.body != typeMissed {
			t.Errorf("told: got %+v, want %s on %s", o, typeMissed, l.client.channelOfAll(i))
		}
	}
}

func TestLaneNumbersItsFrames(t *testing.T) {
	l := newTestLane()
	got := []string{l.compose("message {}"), l.compose("missed")}
	if want := []string{"1 NODE 1 message {}", "1 NODE 2 missed"}; !slices.Equal(got, want) {
		t.Errorf("frames: got %q, want %q", got, want)
	}
}
