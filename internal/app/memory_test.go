package app

import (
	"testing"
	"time"
)

func TestMemoryIsReleasedOnceAfterAStorm(t *testing.T) {
	var turnover uint64
	frees, count, now := 0, 1000, time.Unix(1_000_000, 0)
	r := &reclaimer{
		turnover: func() uint64 { return turnover }, count: func() int { return count }, free: func() { frees++ },
	}
	pass := func(what string, seconds int, perSecond uint64, want int) {
		t.Helper()
		for range seconds {
			turnover += perSecond
			now = now.Add(time.Second)
			r.look(now)
		}
		if frees != want {
			t.Errorf("%s: memory released %d times, want %d", what, frees, want)
		}
	}
	pass("the usual coming and going", 600, stormRate, 0)
	pass("few at once", 1, stormSize-100, 0)
	pass("and then calm", 2*calmSeconds, 10, 0)
	pass("a storm", 10, 1000, 0)
	pass("a pause in it", calmSeconds-1, 0, 0)
	pass("more of it", 1, 1000, 0)
	pass("soon after it", calmSeconds-1, 10, 0)
	pass("some seconds after it", 1, 10, 1)
	pass("long after it", 20, 0, 1)
	pass("another storm within the minute", 2, 1000, 1)
	pass("soon after that", calmSeconds, 0, 1)
	pass("when the minute is over", 60, 0, 2)
	count = 100_000
	pass("the usual coming and going of many", 600, 1000, 2)
	pass("a storm of many", 10, 2000, 2)
}
