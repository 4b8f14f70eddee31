//go:build !race

// Under the race detector pools do not keep what they are given.

package engineio

import "testing"

func TestBroadcastAllocatesNothingPerDelivery(t *testing.T) {
	const connections = 100
	server := NewServer(Options{}, nil)
	sessions, stop := connected(t, server, connections)
	defer stop()
	message := NewText(make([]byte, 100))
	round := func() {
		for _, s := range sessions {
			if err := s.Send(message); err != nil {
				t.Fatal(err)
			}
		}
		drained(sessions)
	}
	round()
	// What a round allocates at most, as a new flusher's buffer, is not per
	// delivery.
	if got := testing.AllocsPerRun(100, round); got >= connections/10 {
		t.Errorf("%v allocations for %d deliveries, want none per delivery", got, connections)
	}
}
