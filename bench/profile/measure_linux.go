package profile

import (
	"context"
	"fmt"
	"time"

	"partychat/bench/load"
	"partychat/bench/proc"
)

// warmupClients connect to a server, and leave, before its memory is looked
// at, so that what it needs but once is not counted.
const warmupClients = 100

// Target is a server that runs.
type Target struct {
	Address string // host:port
	PID     int
}

// Measure puts a server under the profile's load, once. An error means that
// there is no result, above all because messages were not delivered as they
// should be.
func (p *Profile) Measure(ctx context.Context, target Target, timing Timing) (Sample, error) {
	sample := Sample{Values: make(map[string]float64)}
	var err error
	switch p.Kind {
	case Idle:
		err = p.measureMemory(ctx, target, timing, &sample)
	case Connect:
		err = p.measureConnects(ctx, target, &sample)
	default:
		err = p.measureTraffic(ctx, target, timing, &sample)
	}
	return sample, err
}

func (p *Profile) connect(ctx context.Context, target Target, clients int) (*load.Crowd, error) {
	crowd, err := load.Connect(ctx, load.Plan{
		Address: target.Address, Transport: p.Transport, Clients: clients, Rooms: p.Rooms,
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
	traffic := load.NewTraffic(crowd, load.Style{Senders: p.Senders, Size: p.Size, Rate: p.Rate})
	if _, err := traffic.Run(ctx, timing.Warmup); err != nil {
		return err
	}
	writes, err := proc.Writes(target.PID)
	if err != nil {
		return err
	}
	usage := startUsage(target.PID)
	outcome, err := traffic.Run(ctx, timing.Measure)
	if err != nil {
		return err
	}
	if err := usage.stop(sample); err != nil {
		return err
	}
	writesAfter, err := proc.Writes(target.PID)
	if err != nil {
		return err
	}
	deliveries := float64(outcome.Deliveries)
	sample.set(PerWrite, deliveries/float64(writesAfter-writes))
	sample.OtherOrder = !outcome.SameOrder
	usage.perServerSecond(sample, PerCPU, deliveries)
	sample.set(PerSec, deliveries/outcome.Wall.Seconds())
	sample.set(P50, milliseconds(outcome.Latency.Quantile(0.5)))
	sample.set(P99, milliseconds(outcome.Latency.Quantile(0.99)))
	// A message that is delivered once more may be on its way still.
	return crowd.Idle(ctx, lingering)
}

// lingering is how long nothing more may arrive after all has arrived.
const lingering = 200 * time.Millisecond

func (p *Profile) measureMemory(ctx context.Context, target Target, timing Timing, sample *Sample) error {
	if err := p.connectAndLeave(ctx, target, warmupClients); err != nil {
		return err
	}
	before, err := proc.Memory(target.PID)
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
	after, err := proc.Memory(target.PID)
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
	usage := startUsage(target.PID)
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

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
