package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// cost is how a command counts against its user's budget.
type cost int

const (
	free  cost = iota // bounded otherwise: by the limit on sends, or on commands
	reads             // until it has been acknowledged
	writes
)

// take counts a command; call done when it has been acknowledged. A read starts only
// when the client has received its previous answers, so that slow clients use no
// budget.
func (g *Gateway) take(ctx context.Context, p *conn, c cost) (done func(), err error) {
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

// waitForReader waits until the client has received most of what it was sent. A client
// that requests many pages at once gets them as fast as it reads, so they never fill
// its queue.
func (g *Gateway) waitForReader(ctx context.Context, p *conn) error {
	err := p.socket.Session().Wait(ctx, g.chat.Limits().PageBytes)
	if err != nil {
		return &chat.Error{
			Code: chat.CodeUnavailable, Message: "The connection is too slow for the answer. Please try again.",
			RetryAfter: time.Second, Err: err,
		}
	}
	return nil
}
