package gateway

import (
	"context"

	"partychat/internal/wire"
)

// sendMessage runs message:send. The acknowledgement means that the message is durable.
func (g *Gateway) sendMessage(ctx context.Context, p *conn, c wire.SendCommand) (*wire.SendAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return nil, err
	}
	message, _, err := g.chat.Messages.Send(ctx, p.user(), c.Input())
	if err != nil {
		return nil, err
	}
	g.endTyping(ctx, p, c.Room)
	return wire.SendAnswerOf(message), nil
}

// syncRoom runs room:sync.
func (g *Gateway) syncRoom(ctx context.Context, p *conn, c wire.SyncCommand) (wire.SyncAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.SyncAnswer{}, err
	}
	changes, err := g.chat.Messages.ChangesSince(ctx, p.user(), c.Room, c.Since)
	return wire.SyncAnswerOf(changes), err
}
