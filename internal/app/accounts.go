package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"partychat/internal/auth"
	"partychat/internal/chat"
)

// accountInterval is how often it is looked for what an operator's commands have
// changed in the store. docs/OPERATIONS.md promises that it counts within a second.
const accountInterval = 500 * time.Millisecond

// accounts acts on what an operator's commands have changed beside the server.
type accounts struct {
	store    chat.Store
	broker   chat.Broker
	sessions *auth.Sessions
	log      *slog.Logger
	every    time.Duration // it looks for changes
}

// watch acts on each change until the context ends. Of many nodes any may do it:
// what it tells reaches all, and doing it twice does no harm.
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

// act acts on what there is now.
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
	default: // of a later version, which will see to it
		return nil
	}
}

// offerSetup says in the log how the first admin comes to be, while there is none.
func (a *App) offerSetup(ctx context.Context, operator *chat.Operator) error {
	has, err := operator.HasAdmin(ctx)
	if err != nil || has {
		return err
	}
	token, err := operator.NewSetupLink(ctx)
	if chat.CodeOf(err) == chat.CodeForbidden { // another node was faster
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
