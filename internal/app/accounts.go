package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
)

// accountInterval is the interval at which the server looks for changes made by an
// operator's commands. docs/OPERATIONS.md promises that they take effect within a
// second.
const accountInterval = 500 * time.Millisecond

// accounts applies the changes that an operator's commands have made to the store
// of a running server.
type accounts struct {
	store    chat.Store
	broker   chat.Broker
	sessions *auth.Sessions
	log      *slog.Logger
	every    time.Duration // the polling interval
}

// watch applies changes until the context ends. Any node may apply one, because its
// events reach all nodes, and applying it twice does no harm.
func (a accounts) watch(ctx context.Context) {
	ticker := time.NewTicker(a.every)
	defer ticker.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		err := a.act(ctx)
		if err != nil && !failing && !errors.Is(err, context.Canceled) {
			a.log.Warn("a change made by a command is not in effect yet; retrying", "error", err)
		}
		failing = err != nil
	}
}

// act applies the changes made so far.
func (a accounts) act(ctx context.Context) error {
	changes, err := a.store.AccountChanges(ctx)
	if err != nil {
		return err
	}
	for _, change := range changes {
		if err := a.actOn(ctx, change); err != nil {
			return err
		}
		if err := a.store.AccountChangeDone(ctx, change.ID); err != nil {
			return err
		}
	}
	return nil
}

func (a accounts) actOn(ctx context.Context, change chat.AccountChange) error {
	switch change.Kind {
	case chat.AccountPassword:
		return a.sessions.RevokeOthers(ctx, change.User, "")
	case chat.AccountRole:
		user, err := a.store.UserByID(ctx, change.User)
		if err != nil {
			return err
		}
		return a.broker.Publish(ctx, chat.UserPut{User: user, Rev: change.Rev})
	default: // a newer version wrote it and will apply it
		return nil
	}
}

// offerSetup logs how to create the first admin, if there is none.
func (a *App) offerSetup(ctx context.Context, operator *chat.Operator) error {
	has, err := operator.HasAdmin(ctx)
	if err != nil || has {
		return err
	}
	token, err := operator.NewSetupLink(ctx)
	if chat.CodeOf(err) == chat.CodeForbidden { // another node has created an admin meanwhile
		return nil
	}
	if err != nil {
		return err
	}
	a.log.Warn("the server has no admin yet; to create one, sign up on this machine or with this link, which works once within a day "+
		"(if people reach the server at another address, put that address into the link)",
		"link", a.URL()+chat.SetupPath(token))
	return nil
}
