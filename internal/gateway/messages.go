package gateway

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// sendMessage runs message:send. It is acknowledged when the message is durable.
func (g *Gateway) sendMessage(ctx context.Context, p *peer, c SendCommand) (SendAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return SendAnswer{}, err
	}
	message, _, err := g.chat.Messages.Send(ctx, p.user(), chat.SendInput{
		Room: c.Room, ClientID: c.ClientID, Kind: c.Kind, Body: c.Body, Location: c.Location,
	})
	if err == nil {
		g.endTyping(ctx, p, c.Room)
	}
	return SendAnswer{OK: true, Message: message}, err
}

// syncRoom runs room:sync.
func (g *Gateway) syncRoom(ctx context.Context, p *peer, c SyncCommand) (SyncAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return SyncAnswer{}, err
	}
	if err := g.waitForReader(ctx, p); err != nil {
		return SyncAnswer{}, err
	}
	changes, err := g.chat.Messages.ChangesSince(ctx, p.user(), c.Room, c.Since)
	if changes.Messages == nil {
		changes.Messages = []chat.Message{}
	}
	return SyncAnswer{OK: true, Changes: changes}, err
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
