package push

import (
	"context"
	"time"

	"partychat/internal/chat"
)

const (
	// batchMessages is how many messages become jobs in one transaction.
	batchMessages = 200
	// gather is how long new messages wait for others that are processed with them.
	gather = 200 * time.Millisecond
	// retryTrail is how long to wait after a failure.
	retryTrail = 5 * time.Second
)

// Trail writes jobs for messages and read positions until ctx ends. It rests as long as
// it works, so that sends have the database at least half of the time.
func (p *Pusher) Trail(ctx context.Context) {
	var compared time.Time
	failing := false
	for ctx.Err() == nil {
		began := time.Now()
		pause, err := time.Duration(0), error(nil)
		if began.Sub(compared) >= p.options.Compare {
			if err = p.store.ComparePushes(ctx); err == nil {
				compared = began
			}
		}
		n := 0
		if err == nil {
			n, err = p.store.PlanPushes(ctx, p.plan())
		}
		switch {
		case err != nil:
			if !failing && ctx.Err() == nil {
				p.options.Log.Warn("cannot write jobs for pushes; retrying", "error", err)
			}
			pause = retryTrail
		case n > 0:
			p.options.Wake()
			pause = max(time.Millisecond, time.Since(began))
		}
		failing = err != nil
		p.wait(ctx, pause, compared)
	}
}

// plan decides which messages become jobs.
func (p *Pusher) plan() chat.PushPlan {
	now := p.options.Now()
	return chat.PushPlan{
		Notifies: func(member chat.PushMember, follows bool, m chat.Message) bool {
			r := chat.Recipient{
				User: member.User.ID, Level: member.Level, Settings: member.Settings, Direct: member.Peer != 0, Follows: follows,
			}
			return r.Notifies(m, now)
		},
		Now: now, Delay: p.options.Delay, Keep: p.options.Keep, Messages: batchMessages,
	}
}

// wait rests or, if pause is 0, waits for something to do, and then for more of it.
func (p *Pusher) wait(ctx context.Context, pause time.Duration, compared time.Time) {
	if pause == 0 {
		timer := time.NewTimer(max(0, p.options.Compare-time.Since(compared)))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-p.store.Unpushed():
		}
		timer.Stop()
		pause = gather
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// Plan writes all jobs that are missing now.
func (p *Pusher) Plan(ctx context.Context) error {
	if err := p.store.ComparePushes(ctx); err != nil {
		return err
	}
	for {
		if n, err := p.store.PlanPushes(ctx, p.plan()); n == 0 || err != nil {
			return err
		}
	}
}
