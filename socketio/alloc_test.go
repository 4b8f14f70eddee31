//go:build !race

// The race detector makes pools drop items at random.

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
	// A few allocations per message do not count per delivery.
	if got := testing.AllocsPerRun(100, round); got > connections/4 {
		t.Errorf("%v allocations for %d deliveries, want none per delivery", got, connections)
	}
}
