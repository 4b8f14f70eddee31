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

// look reads how much everyone has used so far.
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

// stop takes the times since the start into a sample.
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

// busy is a share of one core, in percent.
func (u *usage) busy(used time.Duration) float64 { return 100 * used.Seconds() / u.wall.Seconds() }

// perSecondOfAll is perServerSecond with all that the servers rely on.
func (u *usage) perSecondOfAll(sample *Sample, m Metric, count float64) {
	if all := u.server + u.redis + u.database; all >= leastCPU {
		sample.set(m, count/all.Seconds())
	}
}

// perServerSecond sets a metric to a count per CPU second of the server. What
// has cost too little to be counted is left out.
func (u *usage) perServerSecond(sample *Sample, m Metric, count float64) {
	if u.server >= leastCPU {
		sample.set(m, count/u.server.Seconds())
	}
}

// times is how much the processes have used together.
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
