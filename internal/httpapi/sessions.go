package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type sessionInput struct {
	Session string `path:"session" doc:"a session's id"`
}

type sessionsOutput struct {
	Body wire.SessionList
}

type userChangeInput struct {
	Body wire.UserChange
}

func (a *api) accountCalls() {
	const path = apiPath + "/sessions"
	tags := []string{"session"}
	member(a, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "List my sessions, newest first",
	}, a.listSessions)
	member(a, huma.Operation{
		OperationID: "end-other-sessions", Method: http.MethodDelete, Path: path, Tags: tags,
		Summary:       "End all my other sessions; their sockets are disconnected",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, me chat.User, _ *struct{}) (*noContent, error) {
		return &noContent{}, a.sessions.RevokeOthers(ctx, me.ID, currentSession(ctx, a.sessions))
	})
	member(a, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: path + "/{session}", Tags: tags,
		Summary:       "End one of my sessions; its sockets are disconnected",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *sessionInput) (*noContent, error) {
		if in.Session == currentSession(ctx, a.sessions) {
			return &noContent{}, a.sessions.End(ctx)
		}
		return &noContent{}, a.sessions.Revoke(ctx, me.ID, in.Session)
	})
	member(a, huma.Operation{
		OperationID: "change-me", Method: http.MethodPatch, Path: apiPath + "/users/me", Tags: []string{"users"},
		Summary: "Change my password and end my other sessions; as a guest, set a password and become a member",
		Errors:  []int{http.StatusTooManyRequests},
	}, a.changeMe)
}

// currentSession returns the id of the session of the request.
func currentSession(ctx context.Context, sessions Sessions) string {
	identity, _ := sessions.Identity(ctx)
	return identity.Session
}

func (a *api) listSessions(ctx context.Context, me chat.User, _ *struct{}) (*sessionsOutput, error) {
	sessions, err := a.sessions.List(ctx, me.ID)
	if err != nil {
		return nil, err
	}
	return &sessionsOutput{wire.SessionListOf(sessions, currentSession(ctx, a.sessions))}, nil
}

func (a *api) changeMe(ctx context.Context, me chat.User, in *userChangeInput) (*userOutput, error) {
	if me.Kind == chat.KindGuest {
		user, err := a.chat.Users.SetPassword(ctx, me, in.Body.Password)
		if err != nil {
			return nil, err
		}
		a.attempts.Belongs(user.Username, addressFrom(ctx))
		return &userOutput{wire.UserAnswerOf(user)}, nil
	}
	if in.Body.Current == "" {
		return nil, chat.ErrorIn("current", chat.CodeInvalid, "Enter your current password.")
	}
	checking, done, err := a.attempts.LogIn(ctx, me.Username, addressFrom(ctx))
	if err != nil {
		return nil, err
	}
	err = a.chat.Users.ChangePassword(checking, me, in.Body.Current, in.Body.Password)
	done(err)
	if chat.CodeOf(err) == chat.CodeUnauthenticated { // the session stays valid
		err = chat.ErrorIn("current", chat.CodeInvalid, "This is not your current password.")
	}
	if err != nil {
		return nil, err
	}
	if err := a.sessions.RevokeOthers(ctx, me.ID, currentSession(ctx, a.sessions)); err != nil {
		return nil, err
	}
	return &userOutput{wire.UserAnswerOf(me)}, nil
}
