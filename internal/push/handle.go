package push

import (
	"context"
	"time"

	webpush "github.com/SherClockHolmes/webpush-go"

	"partychat/internal/chat"
)

// readTTL is how long a push service keeps the push that withdraws a notification. A
// device that was off for longer shows nothing of the room: this push has replaced the
// notification, and is gone itself.
const readTTL = time.Hour

// Handle is a jobs.Handler. It decides on what is true now, so a repetition does no
// harm: the device replaces what it shows by the same.
func (p *Pusher) Handle(ctx context.Context, job chat.Job) error {
	target, err := chat.ParsePushTarget(job.Payload)
	if err != nil {
		return err
	}
	state, err := p.store.PushState(ctx, target.Subscription, target.Room)
	if chat.CodeOf(err) == chat.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	alive, err := p.options.Alive(ctx, state.Subscription.Session)
	if err != nil {
		return err
	}
	switch now := p.options.Now(); {
	case !alive:
		return p.store.DeletePushSubscription(ctx, 0, state.Subscription.ID)
	case state.User.Banned:
		return nil
	case !state.Member, state.ReadSeq >= target.Seq:
		return p.withdraw(ctx, state, target.Room)
	case state.ShownSeq >= target.Seq:
		return nil
	case state.ActiveUntil.After(now):
		return &chat.JobLaterError{At: state.ActiveUntil}
	}
	return p.show(ctx, state, target, job)
}

// show sends a push about a message.
func (p *Pusher) show(ctx context.Context, state chat.PushState, target chat.PushTarget, job chat.Job) error {
	message, err := p.store.Message(ctx, target.Room, target.Seq)
	if chat.CodeOf(err) == chat.CodeNotFound || err == nil && message.Deleted {
		return nil
	}
	if err != nil {
		return err
	}
	push := outgoing{
		payload: payload{
			Kind: payloadMessage, Room: message.Room, Seq: message.Seq, Author: message.Author.Username,
			Message: message.Kind, At: message.CreatedAt.UnixMilli(),
		},
		ttl: job.ExpiresAt.Sub(p.options.Now()), urgency: webpush.UrgencyHigh,
	}
	if state.Peer == 0 {
		room, err := p.store.RoomByID(ctx, target.Room)
		if chat.CodeOf(err) == chat.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		push.payload.Name = room.Name
	}
	if state.Subscription.ShowsText {
		push.payload.Text = message.Preview().Body
	}
	return p.deliver(ctx, state.Subscription, push, message.Seq)
}

// withdraw sends a push that makes the device stop showing the room, if it does.
func (p *Pusher) withdraw(ctx context.Context, state chat.PushState, room chat.RoomID) error {
	if state.ShownSeq == 0 || state.Member && state.ShownSeq > state.ReadSeq {
		return nil
	}
	return p.deliver(ctx, state.Subscription, outgoing{
		payload: payload{Kind: payloadRead, Room: room, Seq: max(state.ReadSeq, state.ShownSeq)},
		ttl:     readTTL, urgency: webpush.UrgencyNormal,
	}, 0)
}

// deliver sends the push and records what the device shows then.
func (p *Pusher) deliver(ctx context.Context, sub chat.PushSubscription, push outgoing, shown int64) error {
	gone, err := p.send(ctx, sub, push)
	if err != nil {
		return err
	}
	if gone {
		return p.store.DeletePushSubscription(ctx, 0, sub.ID)
	}
	return p.store.PushShown(ctx, sub.ID, push.payload.Room, shown)
}
