package clock

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestItBeginsWithTheMachinesTimeAndGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewSteady()
		time.Sleep(90 * time.Minute)
		if got, want := c.Now(), time.Now(); !got.Equal(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestItGoesByWhatHasElapsedOnly(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	elapsed := time.Duration(0)
	c := From(start, func() time.Duration { return elapsed })
	elapsed = time.Minute
	if got, want := c.Now(), start.Add(time.Minute); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// Without a monotonic part, which would make differences to it step-proof
	// by accident and hide where they are not.
	if got := NewSteady().Now(); got != got.Round(0) {
		t.Errorf("%v has a monotonic reading", got)
	}
}
