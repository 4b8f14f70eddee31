//go:build race

package socketio

// raceEnabled: the race detector makes sync.Pool forget things at random.
const raceEnabled = true
