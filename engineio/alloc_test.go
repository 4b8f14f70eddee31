//go:build !race

// The race detector makes pools drop items at random.

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
	// A few allocations per round, such as a new flusher's buffer, do not count per delivery.
	if got := testing.AllocsPerRun(100, round); got >= connections/10 {
		t.Errorf("%v allocations for %d deliveries, want none per delivery", got, connections)
	}
}
