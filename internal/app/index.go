package app

import (
	"context"

	"partychat/internal/chat"
)

// index adds messages to the search index until the context ends.
func (a *App) index(ctx context.Context) {
	options := chat.Indexing{Share: a.config.IndexShare, Busy: a.config.IndexShareBusy, Compare: a.config.CompareInterval}
	chat.Index(ctx, a.store, options, func(err error) {
		a.log.Warn("cannot add messages to the search index; retrying", "error", err)
	})
}
