package storetest

import (
	"context"
	"time"

	"partychat/internal/chat"
)

type (
	pairedJobs   struct{ *turns }
	pairedPushes struct{ *turns }
	pairedTrail  struct{ *turns }
)

// PutJobs asks one of the two.
func (p pairedJobs) PutJobs(ctx context.Context, jobs []chat.NewJob) error {
	return p.next().PutJobs(ctx, jobs)
}

// LeaseJobs asks one of the two.
func (p pairedJobs) LeaseJobs(
	ctx context.Context, kinds []chat.JobKind, now, until time.Time, limit int,
) ([]chat.Job, time.Time, error) {
	return p.next().LeaseJobs(ctx, kinds, now, until, limit)
}

// JobDone asks one of the two.
func (p pairedJobs) JobDone(ctx context.Context, job chat.Job, now time.Time) error {
	return p.next().JobDone(ctx, job, now)
}

// RetryJob asks one of the two.
func (p pairedJobs) RetryJob(ctx context.Context, job chat.Job, at time.Time, failure string, counted bool) error {
	return p.next().RetryJob(ctx, job, at, failure, counted)
}

// JobCounts asks one of the two.
func (p pairedJobs) JobCounts(ctx context.Context) ([]chat.JobCount, error) {
	return p.next().JobCounts(ctx)
}

// PushKeys asks one of the two.
func (p pairedPushes) PushKeys(ctx context.Context, made chat.PushKeys, at time.Time) (chat.PushKeys, error) {
	return p.next().PushKeys(ctx, made, at)
}

// PutPushSubscription asks one of the two.
func (p pairedPushes) PutPushSubscription(ctx context.Context, sub chat.PushSubscription, limit int) error {
	return p.next().PutPushSubscription(ctx, sub, limit)
}

// PushSubscriptions asks one of the two.
func (p pairedPushes) PushSubscriptions(ctx context.Context, user chat.UserID) ([]chat.PushSubscription, error) {
	return p.next().PushSubscriptions(ctx, user)
}

// DeletePushSubscription asks one of the two.
func (p pairedPushes) DeletePushSubscription(ctx context.Context, user chat.UserID, id string) error {
	return p.next().DeletePushSubscription(ctx, user, id)
}

// KeepActive asks both: only one of them may know that there are devices.
func (p pairedPushes) KeepActive(ctx context.Context, user chat.UserID, until time.Time) error {
	if err := p.stores[0].KeepActive(ctx, user, until); err != nil {
		return err
	}
	return p.stores[1].KeepActive(ctx, user, until)
}

// Unpushed asks one of the two.
func (p pairedTrail) Unpushed() <-chan struct{} { return p.next().Unpushed() }

// NoteRead tells one of the two.
func (p pairedTrail) NoteRead(user chat.UserID) { p.next().NoteRead(user) }

// ComparePushes asks both, as each node does.
func (p pairedTrail) ComparePushes(ctx context.Context) error {
	if err := p.stores[0].ComparePushes(ctx); err != nil {
		return err
	}
	return p.stores[1].ComparePushes(ctx)
}

// PlanPushes asks both, as each node does.
func (p pairedTrail) PlanPushes(ctx context.Context, plan chat.PushPlan) (int, error) {
	n, err := p.stores[0].PlanPushes(ctx, plan)
	if err != nil {
		return n, err
	}
	more, err := p.stores[1].PlanPushes(ctx, plan)
	return n + more, err
}

// PushState asks one of the two.
func (p pairedTrail) PushState(ctx context.Context, subscription string, room chat.RoomID) (chat.PushState, error) {
	return p.next().PushState(ctx, subscription, room)
}

// PushShown asks one of the two.
func (p pairedTrail) PushShown(ctx context.Context, subscription string, room chat.RoomID, seq int64) error {
	return p.next().PushShown(ctx, subscription, room, seq)
}
