// Package stats reduces what a benchmark has seen to a few numbers: latencies
// to quantiles, repeated runs to a median and its spread.
package stats
