package clock

import (
	"context"
	"errors"
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

func TestItBeginsWithTheTimeThatIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := time.Now().Add(-31 * time.Minute)
		c, err := NewShared(t.Context(), func(context.Context) (time.Time, error) {
			time.Sleep(time.Second) // on its way
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
		t.Errorf("when nobody tells: got %v, want %v", err, away)
	}
}
