package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// cost is what a command counts as against its user's budget.
type cost int

const (
	free  cost = iota // bounded otherwise: by the limit on sends, or on commands
	reads             // until it has been acknowledged
	writes
)

// take counts a command of the socket; done ends what lasts. A read begins when
// the client reads, so that those who do not hold nothing that others need.
func (g *Gateway) take(ctx context.Context, p *peer, c cost) (done func(), err error) {
	switch c {
	case reads:
		if err := g.waitForReader(ctx, p); err != nil {
			return nil, err
		}
		return g.chat.Budget().Read(p.user().ID)
	case writes:
		err = g.chat.Budget().Write(p.user().ID)
	case free:
	}
	return func() {}, err
}

// waitForReader waits until the socket has taken most of what it was sent: a
// client that asks for many pages at once gets them as fast as it reads, and
// they never fill its queue.
func (g *Gateway) waitForReader(ctx context.Context, p *peer) error {
	err := p.socket.Session().Wait(ctx, g.chat.Limits().PageBytes)
	if err != nil {
		return &chat.Error{
			Code: chat.CodeUnavailable, Message: "The connection is too slow for the answer. Please try again.",
			RetryAfter: time.Second, Err: err,
		}
	}
	return nil
}
