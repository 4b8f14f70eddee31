package app

import (
	"context"
	"runtime"
	"runtime/debug"
	"time"
)

const (
	// stormRate is how many sockets per second come or go in a storm, if that is also
	// more than one in stormShare of those connected. Otherwise the server is calm.
	stormRate  = 20
	stormShare = 100
	// stormSize is how many sockets come or go in a storm after which memory is given
	// back.
	stormSize = 500
	// calmSeconds is how long the server must have been calm before that.
	calmSeconds = 5
	// freeInterval is the least time between two such times: each costs a collection.
	freeInterval = time.Minute
	// stormGC is GOGC during a storm, in percent. The garbage of a storm is collected
	// early, before the heap grows for it.
	stormGC = 30
)

// reclaimer gives memory back to the system after a storm: many sockets that come or
// go at once. The heap has grown for what all of them needed at the same time, and
// the runtime would keep most of it.
type reclaimer struct {
	turnover func() uint64 // sockets that have come or gone so far
	count    func() int    // connections that are open
	begin    func()        // called when a storm begins
	end      func()        // called when it is over
	free     func()        // gives memory back

	last    uint64    // turnover at the last look
	changes uint64    // in storms since memory was last given back
	calm    int       // for how many looks the server has been calm
	storm   bool      // begin was called, end was not
	freed   time.Time // when memory was last given back
}

func newReclaimer(turnover func() uint64, count func() int) *reclaimer {
	var usual int
	return &reclaimer{
		turnover: turnover, count: count,
		begin: func() {
			usual = debug.SetGCPercent(stormGC)
			if usual < stormGC { // also if the operator has turned collection by GOGC off
				debug.SetGCPercent(usual)
			}
		},
		end: func() { debug.SetGCPercent(usual) },
		free: func() {
			runtime.GC() // empties pools, together with the collection of FreeOSMemory
			debug.FreeOSMemory()
		},
	}
}

// run looks once a second until the context ends.
func (r *reclaimer) run(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	defer r.endStorm()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			r.look(now)
		}
	}
}

// look is called once a second.
func (r *reclaimer) look(now time.Time) {
	turnover := r.turnover()
	changes := turnover - r.last
	r.last = turnover
	if changes > stormRate && changes > uint64(r.count()/stormShare) {
		r.changes += changes
		r.calm = 0
		if !r.storm {
			r.storm = true
			r.begin()
		}
		return
	}
	if r.calm++; r.calm < calmSeconds {
		return
	}
	r.endStorm()
	switch {
	case r.changes < stormSize:
		r.changes = 0
	case now.Sub(r.freed) >= freeInterval:
		r.free()
		r.freed, r.changes = now, 0
	}
}

func (r *reclaimer) endStorm() {
	if r.storm {
		r.storm = false
		r.end()
	}
}
