// Package stats reduces measurements to a few numbers: latencies to quantiles,
// repeated runs to a median and its spread.
package stats
