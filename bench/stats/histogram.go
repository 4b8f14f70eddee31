package stats

import (
	"math/bits"
	"time"
)

const (
	// subBits divides each power of two into 64 parts, so that a quantile is at
	// most 1.6 % too high.
	subBits = 6
	subSize = 1 << subBits
	// exponents covers durations up to 2^40 ns, 18 minutes.
	exponents = 40 - subBits + 1
)

// Histogram counts durations in buckets whose width grows with the duration. Its
// size is small and constant. The zero value is empty.
type Histogram struct {
	counts [exponents * subSize]uint64
	total  uint64
	max    time.Duration
}

// Record counts a duration. Negative ones count as 0, and those beyond the range as
// its maximum.
func (h *Histogram) Record(d time.Duration) {
	h.counts[bucket(max(0, d))]++
	h.total++
	h.max = max(h.max, d)
}

// Count is the number of durations recorded.
func (h *Histogram) Count() uint64 { return h.total }

// Max is the longest duration recorded, exactly.
func (h *Histogram) Max() time.Duration { return h.max }

// Reset empties the histogram.
func (h *Histogram) Reset() { *h = Histogram{} }

// Quantile returns a duration that the share q, from 0 to 1, of all recorded ones
// does not exceed; 0 if there are none.
func (h *Histogram) Quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	rank := uint64(q * float64(h.total))
	rank = min(max(rank, 1), h.total)
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= rank {
			return min(upper(i), h.max)
		}
	}
	return h.max
}

// bucket returns the index of a duration's bucket: below 2*subSize, each nanosecond
// has its own; above that, each power of two has subSize buckets.
func bucket(d time.Duration) int {
	v := uint64(d)
	exponent := max(0, bits.Len64(v)-subBits-1)
	i := exponent<<subBits + int(v>>exponent)
	return min(i, exponents*subSize-1)
}

// upper returns the longest duration in a bucket.
func upper(i int) time.Duration {
	if i < 2*subSize {
		return time.Duration(i)
	}
	exponent := i>>subBits - 1
	return time.Duration((i-exponent<<subBits+1)<<exponent - 1)
}
