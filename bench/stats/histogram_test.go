package stats

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestQuantileOfAnEmptyHistogramIsZero(t *testing.T) {
	var h Histogram
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("got %v, want 0", got)
	}
}

func TestQuantilesAreCloseToTheExactOnes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	tests := map[string]func() time.Duration{
		"all the same":                func() time.Duration { return 1234 * time.Microsecond },
		"a few nanoseconds":           func() time.Duration { return time.Duration(random.IntN(100)) },
		"even up to a second":         func() time.Duration { return time.Duration(random.Int64N(int64(time.Second))) },
		"spread over many magnitudes": func() time.Duration { return time.Duration(math.Exp(random.Float64() * 27)) },
	}
	for name, draw := range tests {
		t.Run(name, func(t *testing.T) {
			var h Histogram
			values := make([]time.Duration, 10_000)
			for i := range values {
				values[i] = draw()
				h.Record(values[i])
			}
			slices.Sort(values)
			for _, q := range []float64{0.001, 0.5, 0.9, 0.99, 0.999, 1} {
				exact := values[max(0, int(q*float64(len(values)))-1)]
				got := h.Quantile(q)
				if got < exact || float64(got) > float64(exact)*1.016+1 {
					t.Errorf("quantile %v: got %v, want %v or up to 1.6 %% more", q, got, exact)
				}
			}
			if h.Count() != 10_000 {
				t.Errorf("count: got %d, want 10000", h.Count())
			}
			if want := values[len(values)-1]; h.Max() != want {
				t.Errorf("max: got %v, want %v", h.Max(), want)
			}
		})
	}
}

func TestDurationsOutsideTheRangeAreCountedAtItsEnds(t *testing.T) {
	var h Histogram
	h.Record(-time.Second)
	h.Record(math.MaxInt64)
	if got := h.Quantile(0.5); got != 0 {
		t.Errorf("negative duration: got %v, want 0", got)
	}
	if got, want := h.Quantile(1), 18*time.Minute; got < want {
		t.Errorf("longest duration: got %v, want at least %v", got, want)
	}
}

func TestEachBucketEndsWhereTheNextBegins(t *testing.T) {
	for i := range exponents*subSize - 1 {
		end := upper(i)
		if got := bucket(end); got != i {
			t.Fatalf("bucket of %v: got %d, want %d", end, got, i)
		}
		if got := bucket(end + 1); got != i+1 {
			t.Fatalf("bucket of %v: got %d, want %d", end+1, got, i+1)
		}
	}
}

func TestAResetHistogramIsEmpty(t *testing.T) {
	var h Histogram
	h.Record(time.Second)
	h.Reset()
	if h.Count() != 0 || h.Max() != 0 || h.Quantile(1) != 0 {
		t.Errorf("got count %d, max %v, want nothing", h.Count(), h.Max())
	}
}

func BenchmarkRecord(b *testing.B) {
	var h Histogram
	for i := range b.N {
		h.Record(time.Duration(i))
	}
}
