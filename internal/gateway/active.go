package gateway

import (
	"context"

	"partychat/internal/wire"
)

// keepActive runs user:active.
func keepActive(g *Gateway) func(context.Context, *conn, struct{}) (wire.Done, error) {
	return func(ctx context.Context, p *conn, _ struct{}) (wire.Done, error) {
		return wire.Done{OK: true}, g.chat.Pushes.Active(ctx, p.user().ID)
	}
}
