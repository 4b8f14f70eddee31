package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

const (
	// stormRate is the number of sockets per second that must connect or disconnect
	// for a storm, if that is also more than 1/stormShare of the open ones.
	// Otherwise the server is calm.
	stormRate  = 20
	stormShare = 100
	// stormSize is the number of sockets that must connect or disconnect in a storm
	// for memory to be released afterwards.
	stormSize = 500
	// calmSeconds is how long the server must be calm before memory is released.
	calmSeconds = 5
	// freeInterval is the minimum time between two releases, because each costs a
	// garbage collection.
	freeInterval = time.Minute
)

// reclaimer returns memory to the system after a storm, in which many sockets
// connect or disconnect at once. The heap has grown to hold what all of them needed
// at the same time, and the runtime would keep most of it. During the storm, the
// garbage collector works as always: a stricter one (GOGC=30) kept the heap a quarter
// smaller, but made each reconnect a third more expensive.
type reclaimer struct {
	turnover func() uint64 // total connects and disconnects so far
	count    func() int    // open connections
	free     func()        // returns memory to the system

	last    uint64    // turnover at the last check
	changes uint64    // turnover during storms since memory was last released
	calm    int       // number of consecutive calm checks
	freed   time.Time // when memory was last released
}

func newReclaimer(turnover func() uint64, count func() int) *reclaimer {
	return &reclaimer{
		turnover: turnover, count: count,
		free: func() {
			runtime.GC() // together with the collection of FreeOSMemory, this empties pools
			debug.FreeOSMemory()
		},
	}
}

// run calls look once a second until the context ends.
func (r *reclaimer) run(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			r.look(now)
		}
	}
}

// look checks the turnover; it is called once a second.
func (r *reclaimer) look(now time.Time) {
	turnover := r.turnover()
	changes := turnover - r.last
	r.last = turnover
	if changes > stormRate && changes > uint64(r.count()/stormShare) {
		r.changes += changes
		r.calm = 0
		return
	}
	if r.calm++; r.calm < calmSeconds {
		return
	}
	switch {
	case r.changes < stormSize:
		r.changes = 0
	case now.Sub(r.freed) >= freeInterval:
		r.free()
		r.freed, r.changes = now, 0
	}
}
