package gateway

import (
	"context"

	"partychat/internal/chat"
)

// HandleMessages sets the one handler for messages beside the sockets that
// speak the full protocol. It gets those of the rooms that are heard, by Hear
// or by such a socket, each room's in the order of rev and each once. It is to
// be set before sockets connect, must not block, and may call neither Hear nor
// what that has returned.
func (g *Gateway) HandleMessages(handler func(chat.Message)) { g.handleMessage = handler }

// Hear makes the handler of messages be told of the room from now on, until
// stop is called, once.
func (g *Gateway) Hear(ctx context.Context, room chat.RoomID) (stop func(), err error) {
	heads, err := g.opts.Store.Heads(ctx, []chat.RoomID{room})
	if err != nil {
		return nil, err
	}
	var rev int64
	for _, head := range heads {
		rev = head.Rev
	}
	return g.hearFrom(chat.Topic{Room: room}, rev)
}

// hearFrom lasts beyond the call, so it goes by the gateway's context.
func (g *Gateway) hearFrom(topic chat.Topic, rev int64) (stop func(), err error) {
	c := g.topics.hold(g.ctx, topic, rev)
	if err := g.opts.Broker.Subscribe(g.ctx, topic); err != nil {
		g.topics.release(c)
		return nil, err
	}
	g.missed.heads.Add(topic.Room) // the rev is older than the broker's subscription
	return func() {
		g.opts.Broker.Unsubscribe(topic)
		g.topics.release(c)
	}, nil
}
