//go:build race

package engineio

// raceEnabled: the race detector makes sync.Pool forget things at random.
const raceEnabled = true
