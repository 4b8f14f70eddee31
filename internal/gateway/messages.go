package gateway

import (
	"context"

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
	changes, err := g.chat.Messages.ChangesSince(ctx, p.user(), c.Room, c.Since)
	if changes.Messages == nil {
		changes.Messages = []chat.Message{}
	}
	return SyncAnswer{OK: true, Changes: changes}, err
}
