package gather

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// worked is one call of Work.
type worked struct {
	keys  []int
	after time.Duration
}

// gathering returns a set that records the calls of Work, for a test in a synctest
// bubble. Each of fails lists keys that Work returns for a retry, in the call with
// that index.
func gathering(t *testing.T, within, retry time.Duration, fails ...[]int) (*Set[int], *[]worked) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	begin, calls := time.Now(), &[]worked{}
	s := New(ctx, Options[int]{Within: within, Retry: retry, Work: func(_ context.Context, keys []int) []int {
		slices.Sort(keys)
		*calls = append(*calls, worked{keys, time.Since(begin)})
		if len(*calls) <= len(fails) {
			return fails[len(*calls)-1]
		}
		return nil
	}})
	t.Cleanup(func() {
		cancel()
		s.Wait()
	})
	return s, calls
}

func TestABurstOfKeysIsProcessedTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, calls := gathering(t, time.Second, time.Minute)
		for range 2 {
			for key := range 1000 {
				s.Add(key)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if len(*calls) != 1 || len((*calls)[0].keys) != 1000 {
			t.Fatalf("got %d calls, want one with 1000 keys", len(*calls))
		}
		time.Sleep(time.Hour)
		s.Add(7)
		time.Sleep(time.Second)
		synctest.Wait()
		if len(*calls) != 2 || !slices.Equal((*calls)[1].keys, []int{7}) {
			t.Errorf("got %v after the burst, want the later key", (*calls)[1:])
		}
	})
}

func TestNodesDoNotActAtTheSameInstant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		instants := map[time.Duration]bool{}
		for range 10 {
			s, calls := gathering(t, time.Second, time.Minute)
			s.Add(1)
			time.Sleep(time.Second)
			synctest.Wait()
			instants[(*calls)[0].after] = true
		}
		if len(instants) < 8 {
			t.Errorf("ten nodes act at %d different instants, want them spread", len(instants))
		}
	})
}

func TestReturnedKeysAreRetried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, calls := gathering(t, time.Second, time.Minute, []int{1, 2}, []int{2})
		for key := range 3 {
			s.Add(key)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if len(*calls) != 3 || !slices.Equal((*calls)[1].keys, []int{1, 2}) || !slices.Equal((*calls)[2].keys, []int{2}) {
			t.Fatalf("got %v, want all keys, then the failed ones until none fails", *calls)
		}
		if pause := (*calls)[1].after - (*calls)[0].after; pause < time.Minute {
			t.Errorf("retried after %v, want at least a minute", pause)
		}
	})
}

func TestNoWorkStartsAfterTheContextHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := New(ctx, Options[int]{Within: time.Second, Retry: time.Second, Work: func(context.Context, []int) []int {
			t.Error("Work was called after the context had ended")
			return nil
		}})
		s.Add(1)
		cancel()
		s.Add(2)
		s.Wait()
		time.Sleep(time.Minute)
	})
}
