package app

import (
	"runtime/debug"
	"testing"
	"time"
)

func TestMemoryIsReleasedOnceAfterAStorm(t *testing.T) {
	var turnover uint64
	frees, storms, count, now := 0, 0, 1000, time.Unix(1_000_000, 0)
	r := &reclaimer{
		turnover: func() uint64 { return turnover }, count: func() int { return count }, free: func() { frees++ },
		begin: func() { storms++ }, end: func() { storms-- },
	}
	pass := func(what string, seconds int, perSecond uint64, wantStorms, wantFrees int) {
		t.Helper()
		for range seconds {
			turnover += perSecond
			now = now.Add(time.Second)
			r.look(now)
		}
		if storms != wantStorms || frees != wantFrees {
			t.Errorf("%s: %d storms in progress, memory released %d times; want %d, %d", what, storms, frees, wantStorms, wantFrees)
		}
	}
	pass("the usual coming and going", 600, stormRate, 0, 0)
	pass("few at once", 1, stormSize-100, 1, 0)
	pass("and then calm", 2*calmSeconds, 10, 0, 0)
	pass("a storm", 10, 1000, 1, 0)
	pass("a pause in it", calmSeconds-1, 0, 1, 0)
	pass("more of it", 1, 1000, 1, 0)
	pass("soon after it", calmSeconds-1, 10, 1, 0)
	pass("some seconds after it", 1, 10, 0, 1)
	pass("long after it", 20, 0, 0, 1)
	pass("another storm within the minute", 2, 1000, 1, 1)
	pass("soon after that", calmSeconds, 0, 0, 1)
	pass("when the minute is over", 60, 0, 0, 2)
	count = 100_000
	pass("the usual coming and going of many", 600, 1000, 0, 2)
	pass("a storm of many", 10, 2000, 1, 2)
}

func TestAStormTightensTheCollectorOnlyWhileItLasts(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, test := range []struct{ usual, during int }{{100, stormGC}, {stormGC - 10, stormGC - 10}, {-1, -1}} {
		debug.SetGCPercent(test.usual)
		r := newReclaimer(func() uint64 { return 0 }, func() int { return 0 })
		r.begin()
		if got := debug.SetGCPercent(test.during); got != test.during {
			t.Errorf("GOGC=%d, during a storm: got %d, want %d", test.usual, got, test.during)
		}
		r.end()
		if got := debug.SetGCPercent(test.usual); got != test.usual {
			t.Errorf("GOGC=%d, after a storm: got %d", test.usual, got)
		}
	}
}
