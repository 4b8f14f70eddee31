package profile

import (
	"context"
	"fmt"
	"time"

	"partychat/bench/load"
	"partychat/bench/proc"
	"partychat/bench/stats"
)

// warmupClients connect and disconnect before memory is measured, so that one-time
// allocations are not counted.
const warmupClients = 100

// Target is what is measured.
type Target struct {
	Addresses []string // host:port of each node
	PIDs      []int
	Party     []load.Member // the users of the clients, at a chat server
	Cluster   *Cluster      // what several nodes share
	Folder    string        // with the databases, if the store is measured without a server
}

// ClusterPart is a server that nodes share.
type ClusterPart interface{ PIDs() []int }

// ClusterRedis is a Redis whose counters can be read.
type ClusterRedis interface {
	ClusterPart
	Do(ctx context.Context, command ...string) (string, error)
}

// Cluster is the servers that several nodes share.
type Cluster struct {
	Redis    ClusterRedis
	Database ClusterPart // nil if there is none
}

// Measure runs the profile's load against a server once. An error means that there
// is no result, usually because messages were not delivered correctly.
func (p *Profile) Measure(ctx context.Context, target Target, timing Timing) (Sample, error) {
	sample := Sample{Values: make(map[string]float64)}
	var err error
	switch p.Kind {
	case Idle:
		err = p.measureMemory(ctx, target, timing, &sample)
	case Connect:
		err = p.measureConnects(ctx, target, &sample)
	case Return:
		err = p.measureReturns(ctx, target, &sample)
	case Store:
		err = p.measureStore(ctx, target.Folder, timing, &sample)
	case Scale:
		err = p.measureScale(ctx, target.Folder, timing, &sample)
	default:
		err = p.measureTraffic(ctx, target, timing, &sample)
	}
	return sample, err
}

func (p *Profile) connect(ctx context.Context, target Target, clients int) (*load.Crowd, error) {
	crowd, err := load.Connect(ctx, load.Plan{
		Addresses: target.Addresses, Transport: p.Transport, Clients: clients, Rooms: p.Rooms, Party: target.Party,
	})
	if err != nil {
		return nil, fmt.Errorf("connect %d clients: %w", clients, err)
	}
	return crowd, nil
}

func (p *Profile) measureTraffic(ctx context.Context, target Target, timing Timing, sample *Sample) error {
	crowd, err := p.connect(ctx, target, p.Clients)
	if err != nil {
		return err
	}
	defer crowd.Close()
	traffic := load.NewTraffic(crowd, load.Style{
		Senders: p.Senders, Size: p.Size, Rate: p.Rate, Hasty: p.Kind == Durable,
	})
	if _, err := traffic.Run(ctx, timing.Warmup); err != nil {
		return err
	}
	writes, err := written(target.PIDs)
	if err != nil {
		return err
	}
	redis, err := target.Cluster.redisCounters(ctx)
	if err != nil {
		return err
	}
	usage := startUsage(target)
	outcome, err := traffic.Run(ctx, timing.Measure)
	if err != nil {
		return err
	}
	if err := usage.stop(sample); err != nil {
		return err
	}
	writesAfter, err := written(target.PIDs)
	if err != nil {
		return err
	}
	if err := target.Cluster.countRedis(ctx, redis, outcome.Messages, sample); err != nil {
		return err
	}
	deliveries, messages, wall := float64(outcome.Deliveries), float64(outcome.Messages), outcome.Wall.Seconds()
	// The kernel doesn't count calls that send on sockets, as a server uses that
	// writes immediately. A few writes of logs don't matter.
	if n := float64(writesAfter - writes); n > messages {
		sample.set(PerWrite, deliveries/n)
	}
	sample.OtherOrder = !outcome.SameOrder
	sample.Acked = traffic.Acked()
	usage.perServerSecond(sample, PerCPU, deliveries)
	usage.perSecondOfAll(sample, PerAllCPU, deliveries)
	usage.perServerSecond(sample, MessagesPerCPU, messages)
	if outcome.Across.Count() > 0 {
		sample.set(AcrossP50, milliseconds(outcome.Across.Quantile(0.5)))
		sample.set(AcrossP99, milliseconds(outcome.Across.Quantile(0.99)))
	}
	sample.set(PerSec, deliveries/wall)
	sample.set(MessagesPerSec, messages/wall)
	latency := p.latency(outcome)
	sample.set(P50, milliseconds(latency.Quantile(0.5)))
	sample.set(P99, milliseconds(latency.Quantile(0.99)))
	// A duplicate delivery may still be in flight.
	return crowd.Idle(ctx, lingering)
}

// latency returns the profile's main latency.
func (p *Profile) latency(outcome load.Outcome) *stats.Histogram {
	switch p.Kind {
	case Durable:
		return outcome.Answer
	case Complete, Nodes:
		return outcome.Complete
	default:
		return outcome.Latency
	}
}

// lingering is how long to wait for unexpected deliveries after the last one.
const lingering = 200 * time.Millisecond

func (p *Profile) measureMemory(ctx context.Context, target Target, timing Timing, sample *Sample) error {
	if err := p.connectAndLeave(ctx, target, warmupClients); err != nil {
		return err
	}
	before, err := proc.Memory(target.PIDs[0])
	if err != nil {
		return err
	}
	crowd, err := p.connect(ctx, target, p.Clients)
	if err != nil {
		return err
	}
	defer crowd.Close()
	if err := crowd.Idle(ctx, timing.Settle); err != nil {
		return err
	}
	after, err := proc.Memory(target.PIDs[0])
	if err != nil {
		return err
	}
	sample.set(Bare, float64(before))
	sample.set(Bytes, float64(after-before)/float64(p.Clients))
	return nil
}

func (p *Profile) measureConnects(ctx context.Context, target Target, sample *Sample) error {
	if err := p.connectAndLeave(ctx, target, p.Clients); err != nil {
		return err
	}
	usage := startUsage(target)
	crowd, err := p.connect(ctx, target, p.Clients)
	if err != nil {
		return err
	}
	defer crowd.Close()
	if err := usage.stop(sample); err != nil {
		return err
	}
	usage.perServerSecond(sample, ConnectsPerCPU, float64(p.Clients))
	sample.set(ConnectsPerSec, float64(p.Clients)/usage.wall.Seconds())
	return nil
}

func (p *Profile) connectAndLeave(ctx context.Context, target Target, clients int) error {
	crowd, err := p.connect(ctx, target, clients)
	if err != nil {
		return err
	}
	defer crowd.Close()
	return crowd.Idle(ctx, time.Second)
}
