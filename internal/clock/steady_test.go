package clock

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestNewSteadyStartsAtTheMachinesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewSteady()
		time.Sleep(90 * time.Minute)
		if got, want := c.Now(), time.Now(); !got.Equal(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestSteadyAdvancesByElapsedTimeOnly(t *testing.T) {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	elapsed := time.Duration(0)
	c := From(start, func() time.Duration { return elapsed })
	elapsed = time.Minute
	if got, want := c.Now(), start.Add(time.Minute); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	// A monotonic reading would make time differences immune to clock changes by
	// accident, and so hide code that isn't.
	if got := NewSteady().Now(); got != got.Round(0) {
		t.Errorf("%v has a monotonic reading", got)
	}
}

func TestNewSharedStartsAtTheSharedTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := time.Now().Add(-31 * time.Minute)
		c, err := NewShared(t.Context(), func(context.Context) (time.Time, error) {
			time.Sleep(time.Second) // the time that the answer takes
			return shared, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(90 * time.Minute)
		if got, want := c.Now(), shared.Add(90*time.Minute); !got.Equal(want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
	away := errors.New("away")
	if _, err := NewShared(t.Context(), func(context.Context) (time.Time, error) { return time.Time{}, away }); !errors.Is(err, away) {
		t.Errorf("if the source fails: got %v, want %v", err, away)
	}
}
