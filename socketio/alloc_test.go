//go:build !race

// Under the race detector pools do not keep what they are given.

package socketio

import (
	"runtime"
	"strings"
	"testing"
)

func TestBroadcastAllocatesNothingPerDelivery(t *testing.T) {
	const connections = 100
	room, events := crowd(t, connections)
	text := strings.Repeat("x", 100)
	want := int64(0)
	round := func() {
		want += connections
		if err := room.Emit("message", text); err != nil {
			t.Fatal(err)
		}
		for events.Load() < want {
			runtime.Gosched()
		}
	}
	round()
	// What is allocated per message is not per delivery.
	if got := testing.AllocsPerRun(100, round); got > connections/4 {
		t.Errorf("%v allocations for %d deliveries, want none per delivery", got, connections)
	}
}
