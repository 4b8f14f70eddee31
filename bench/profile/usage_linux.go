package profile

import (
	"errors"
	"time"

	"partychat/bench/proc"
)

// leastCPU is the least CPU time to divide by, because the kernel counts in steps
// of 10 ms.
const leastCPU = 100 * time.Millisecond

// usage is the CPU time of server and load.
type usage struct {
	target          Target
	err             error
	began           time.Time
	server, load    time.Duration
	redis, database time.Duration
	wall            time.Duration
}

func startUsage(target Target) *usage {
	u := &usage{target: target, began: time.Now()}
	u.err = u.look()
	return u
}

// look reads the CPU times so far.
func (u *usage) look() (err error) {
	if u.load, err = proc.OwnCPUTime(); err != nil {
		return err
	}
	if u.server, err = times(u.target.PIDs); err != nil {
		return err
	}
	if c := u.target.Cluster; c != nil {
		if u.redis, err = times(c.Redis.PIDs()); err == nil && c.Database != nil {
			u.database, err = times(c.Database.PIDs())
		}
	}
	return err
}

// stop adds the usage since the start to a sample.
func (u *usage) stop(sample *Sample) error {
	u.wall = time.Since(u.began)
	before := *u
	if err := errors.Join(u.err, u.look()); err != nil {
		return err
	}
	u.server, u.load = u.server-before.server, u.load-before.load
	u.redis, u.database = u.redis-before.redis, u.database-before.database
	sample.set(ServerBusy, u.busy(u.server))
	sample.set(LoadBusy, u.busy(u.load))
	if c := u.target.Cluster; c != nil {
		sample.set(RedisBusy, u.busy(u.redis))
		if c.Database != nil {
			sample.set(DatabaseBusy, u.busy(u.database))
		}
	}
	return nil
}

// busy returns the share of one core, in percent.
func (u *usage) busy(used time.Duration) float64 { return 100 * used.Seconds() / u.wall.Seconds() }

// perSecondOfAll is perServerSecond including the servers that the nodes share.
func (u *usage) perSecondOfAll(sample *Sample, m Metric, count float64) {
	if all := u.server + u.redis + u.database; all >= leastCPU {
		sample.set(m, count/all.Seconds())
	}
}

// perServerSecond sets a metric to a count per CPU second of the server. It leaves
// the metric out if too little CPU time was used to measure.
func (u *usage) perServerSecond(sample *Sample, m Metric, count float64) {
	if u.server >= leastCPU {
		sample.set(m, count/u.server.Seconds())
	}
}

// times returns the total CPU time of the processes.
func times(pids []int) (sum time.Duration, err error) {
	for _, pid := range pids {
		used, err := proc.CPUTime(pid)
		if err != nil {
			return 0, err
		}
		sum += used
	}
	return sum, nil
}
