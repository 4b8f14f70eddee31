package gateway

import (
	"testing"
	"time"
)

func TestTheMoreClientsTheLongerTheyTakeToComeBack(t *testing.T) {
	for _, test := range []struct {
		clients int
		want    time.Duration
	}{
		{0, 100 * time.Millisecond}, {60, 100 * time.Millisecond}, {2000, time.Second}, {5000, 2500 * time.Millisecond}, {1_000_000, 30 * time.Second},
	} {
		if got := restartWithin(test.clients); got != test.want {
			t.Errorf("%d clients: got %v, want %v", test.clients, got, test.want)
		}
	}
}

func TestAGateThatIsShutOpensForNobody(t *testing.T) {
	g := newGate()
	for range 2 {
		if !g.enter() {
			t.Fatal("an open gate lets nobody in")
		}
	}
	empty := g.close()
	if g.enter() {
		t.Error("a shut gate lets somebody in")
	}
	g.leave()
	select {
	case <-empty:
		t.Error("empty while one is left")
	default:
	}
	g.leave()
	<-empty
	<-g.close()
	<-newGate().close()
}
