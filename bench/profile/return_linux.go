package profile

import (
	"context"
	"fmt"
	"time"

	"partychat/bench/load"
)

// absence is the time without connections between two returns. Users stay online for
// five seconds after they disconnect. Absence is longer, so neither return includes the
// cost of taking them offline.
const absence = 8 * time.Second

// measureReturns has everyone connect once, and then return twice: without naming
// the revs they know, and naming them. The metrics that are not said to be of the
// former are of the latter.
func (p *Profile) measureReturns(ctx context.Context, target Target, sample *Sample) error {
	returns := load.NewReturns()
	if _, err := p.allReturn(ctx, target, returns, &Sample{Values: make(map[string]float64)}); err != nil {
		return err
	}
	whole, err := p.allReturn(ctx, target, returns, sample)
	if err != nil {
		return err
	}
	returns.Name = true
	named, err := p.allReturn(ctx, target, returns, sample)
	if err != nil {
		return err
	}
	clients := float64(p.Clients)
	sample.set(WholeCPU, milliseconds(whole.server)/clients)
	sample.set(ReturnCPU, milliseconds(named.server)/clients)
	if whole.server >= leastCPU {
		sample.set(ReturnRatio, named.server.Seconds()/whole.server.Seconds())
	}
	sample.set(ReturnTook, named.wall.Seconds())
	sample.set(ReadyBytes, float64(returns.Bytes())/clients)
	sample.set(P50, milliseconds(returns.Waited().Quantile(0.5)))
	sample.set(P99, milliseconds(returns.Waited().Quantile(0.99)))
	return nil
}

// allReturn has everyone connect, stay for a moment, and leave.
func (p *Profile) allReturn(ctx context.Context, target Target, returns *load.Returns, sample *Sample) (*usage, error) {
	returns.Reset()
	usage := startUsage(target)
	crowd, err := load.Connect(ctx, load.Plan{
		Addresses: target.Addresses, Transport: p.Transport, Clients: p.Clients, Rooms: p.Rooms,
		Party: target.Party, Returns: returns,
	})
	if err != nil {
		return nil, fmt.Errorf("connect %d clients: %w", p.Clients, err)
	}
	defer crowd.Close()
	if err := usage.stop(sample); err != nil {
		return nil, err
	}
	if err := crowd.Idle(ctx, lingering); err != nil {
		return nil, err
	}
	crowd.Close()
	select {
	case <-time.After(absence):
		return usage, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
