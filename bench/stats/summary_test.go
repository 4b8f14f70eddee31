package stats

import "testing"

func TestSummarize(t *testing.T) {
	tests := []struct {
		name   string
		values []float64
		want   Summary
		spread float64
	}{
		{"nothing", nil, Summary{}, 0},
		{"one value", []float64{7}, Summary{Median: 7, Min: 7, Max: 7, Runs: 1}, 0},
		{"the middle one of an odd number", []float64{9, 1, 5}, Summary{Median: 5, Min: 1, Max: 9, Runs: 3}, 1.6},
		{"between the middle two of an even number", []float64{4, 1, 2, 9}, Summary{Median: 3, Min: 1, Max: 9, Runs: 4}, 8. / 3},
		{"a median of zero has no spread", []float64{0, 0, 5}, Summary{Max: 5, Runs: 3}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Summarize(test.values)
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if got.Spread() != test.spread {
				t.Errorf("spread: got %v, want %v", got.Spread(), test.spread)
			}
		})
	}
}

func TestSummarizeLeavesItsInputInOrder(t *testing.T) {
	values := []float64{3, 1, 2}
	Summarize(values)
	if values[0] != 3 || values[1] != 1 || values[2] != 2 {
		t.Errorf("got %v, want [3 1 2]", values)
	}
}
