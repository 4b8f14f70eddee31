package httpapi

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type credentialsInput struct {
	Body wire.Credentials
}

type accountOutput struct {
	Body wire.Account
}

func (a *api) sessionCalls() {
	open(a, huma.Operation{
		OperationID: "log-in", Method: http.MethodPost, Path: apiPath + "/session", Tags: []string{"session"},
		Summary: "Log in",
		Errors:  []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests},
	}, a.logIn)
	member(a, huma.Operation{
		OperationID: "who-am-i", Method: http.MethodGet, Path: apiPath + "/session", Tags: []string{"session"},
		Summary: "Get the logged-in user",
	}, func(_ context.Context, me chat.User, _ *struct{}) (*accountOutput, error) {
		return &accountOutput{wire.Account{User: wire.UserOf(me)}}, nil
	})
	uncounted(a, huma.Operation{
		OperationID: "log-out", Method: http.MethodDelete, Path: apiPath + "/session", Tags: []string{"session"},
		Summary:       "Log out; the session's sockets are disconnected",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, me chat.User, _ *struct{}) (*noContent, error) {
		if err := a.chat.Invitations.ForgetDevice(ctx, me); err != nil {
			return nil, err
		}
		return &noContent{}, a.sessions.End(ctx)
	})
}

func (a *api) logIn(ctx context.Context, in *credentialsInput) (*accountOutput, error) {
	checking, done, err := a.attempts.LogIn(ctx, in.Body.Username, addressFrom(ctx))
	if err != nil {
		return nil, err
	}
	var account *accountOutput
	var token string
	err = a.chat.Users.LogInAnd(checking, in.Body.Username, in.Body.Password, func(user chat.User) error {
		token, err = a.sessions.Start(ctx, user, chat.SessionStart{Token: in.Body.Token, Keep: in.Body.Keep})
		account = &accountOutput{wire.Account{User: wire.UserOf(user)}}
		return err
	})
	done(err)
	if err != nil {
		if token != "" {
			err = errors.Join(err, a.sessions.Undo(ctx, token))
		}
		return nil, err
	}
	if in.Body.Token {
		account.Body.Token = token
	}
	return account, nil
}

// start begins a session of the user. The answer contains the token only if it
// was requested: in a browser, no script should ever see it.
func (a *api) start(ctx context.Context, user chat.User, how chat.SessionStart) (*accountOutput, error) {
	token, err := a.sessions.Start(ctx, user, how)
	if err != nil {
		return nil, err
	}
	if !how.Token {
		token = ""
	}
	return &accountOutput{wire.Account{User: wire.UserOf(user), Token: token}}, nil
}
