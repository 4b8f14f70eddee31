package profile

import (
	"errors"
	"time"

	"partychat/bench/proc"
)

// leastCPU is the least CPU time that is divided by: the kernel counts in
// steps of 10 ms.
const leastCPU = 100 * time.Millisecond

// usage is the time that server and load use.
type usage struct {
	pid          int
	err          error
	began        time.Time
	server, load time.Duration
	wall         time.Duration
}

func startUsage(pid int) *usage {
	u := &usage{pid: pid, began: time.Now()}
	u.server, u.load, u.err = times(pid)
	return u
}

// stop takes the times since the start into a sample.
func (u *usage) stop(sample *Sample) error {
	u.wall = time.Since(u.began)
	server, load, err := times(u.pid)
	if err := errors.Join(u.err, err); err != nil {
		return err
	}
	u.server, u.load = server-u.server, load-u.load
	sample.set(ServerBusy, 100*u.server.Seconds()/u.wall.Seconds())
	sample.set(LoadBusy, 100*u.load.Seconds()/u.wall.Seconds())
	return nil
}

// perServerSecond sets a metric to a count per CPU second of the server. What
// has cost too little to be counted is left out.
func (u *usage) perServerSecond(sample *Sample, m Metric, count float64) {
	if u.server >= leastCPU {
		sample.set(m, count/u.server.Seconds())
	}
}

func times(pid int) (server, load time.Duration, err error) {
	server, err = proc.CPUTime(pid)
	if err != nil {
		return 0, 0, err
	}
	load, err = proc.OwnCPUTime()
	return server, load, err
}
