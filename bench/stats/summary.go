package stats

import "slices"

// Summary is what is reported of a figure that was measured several times.
type Summary struct {
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	Runs   int     `json:"runs"`
}

// Summarize reduces a figure's values; their order is of no matter. Without
// values the summary is zero.
func Summarize(values []float64) Summary {
	if len(values) == 0 {
		return Summary{}
	}
	v := slices.Sorted(slices.Values(values))
	middle := len(v) / 2
	median := v[middle]
	if len(v)%2 == 0 {
		median = (v[middle-1] + v[middle]) / 2
	}
	return Summary{Median: median, Min: v[0], Max: v[len(v)-1], Runs: len(v)}
}

// Spread is the distance between the extremes as a share of the median; 0 if
// the median is.
func (s Summary) Spread() float64 {
	if s.Median == 0 {
		return 0
	}
	return (s.Max - s.Min) / s.Median
}
