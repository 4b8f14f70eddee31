package profile

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"partychat/bench/proc"
)

// redisCounters are a Redis server's counters.
type redisCounters struct{ commands, in, out float64 }

// redisCounters reads the counters; they are zero without a cluster.
func (c *Cluster) redisCounters(ctx context.Context) (now redisCounters, err error) {
	if c == nil {
		return now, nil
	}
	text, err := c.Redis.Do(ctx, "INFO", "stats")
	if err != nil {
		return now, err
	}
	for name, field := range map[string]*float64{
		"total_commands_processed": &now.commands, "total_net_input_bytes": &now.in, "total_net_output_bytes": &now.out,
	} {
		_, rest, found := strings.Cut(text, name+":")
		value, _, _ := strings.Cut(rest, "\r")
		if *field, err = strconv.ParseFloat(value, 64); err != nil || !found {
			return now, fmt.Errorf("profile: Redis does not report %s", name)
		}
	}
	return now, nil
}

// countRedis sets what each message has cost Redis since before.
func (c *Cluster) countRedis(ctx context.Context, before redisCounters, messages uint64, sample *Sample) error {
	if c == nil {
		return nil
	}
	now, err := c.redisCounters(ctx)
	if err != nil {
		return err
	}
	sample.set(RedisCommands, (now.commands-before.commands)/float64(messages))
	sample.set(RedisIn, (now.in-before.in)/float64(messages))
	sample.set(RedisOut, (now.out-before.out)/float64(messages))
	return nil
}

// written returns the number of writes of the processes.
func written(pids []int) (sum int64, err error) {
	for _, pid := range pids {
		n, err := proc.Writes(pid)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}
