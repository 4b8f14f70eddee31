package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type newAccountInput struct {
	Body wire.NewAccount
}

type userInput struct {
	User chat.UserID `path:"user" doc:"a user's id"`
}

type usersInput struct {
	Text   string `query:"text" doc:"any part of the username, in any case, with or without accents"`
	Online bool   `query:"online" doc:"only users who are online or away"`
	After  string `query:"after" doc:"next of the previous page"`
	Limit  int    `query:"limit" doc:"50 by default, at most 200"`
}

type userOutput struct {
	Body wire.UserAnswer
}

type usersOutput struct {
	Body wire.UserList
}

func (a *api) userCalls() {
	open(a, huma.Operation{
		OperationID: "sign-up", Method: http.MethodPost, Path: apiPath + "/users", Tags: []string{"users"},
		Summary:       "Sign up and log in",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, a.signUp)
	member(a, huma.Operation{
		OperationID: "list-users", Method: http.MethodGet, Path: apiPath + "/users", Tags: []string{"users"},
		Summary: "List users by username, with their presence",
		Errors:  []int{http.StatusForbidden},
	}, func(ctx context.Context, me chat.User, in *usersInput) (*usersOutput, error) {
		page, err := a.chat.Users.List(ctx, me, chat.UserQuery{
			Text: in.Text, Online: in.Online, After: in.After, Limit: in.Limit,
		})
		return &usersOutput{wire.UserListOf(page)}, err
	})
	member(a, huma.Operation{
		OperationID: "get-user", Method: http.MethodGet, Path: apiPath + "/users/{user}", Tags: []string{"users"},
		Summary: "Get a user",
		Errors:  []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *userInput) (*userOutput, error) {
		user, err := a.chat.Users.Get(ctx, me, in.User)
		return &userOutput{wire.UserAnswerOf(user)}, err
	})
}

func (a *api) signUp(ctx context.Context, in *newAccountInput) (*accountOutput, error) {
	if err := a.attempts.SignUp(in.Body.Username, addressFrom(ctx)); err != nil {
		return nil, err
	}
	user, err := a.chat.Users.SignUp(ctx, chat.SignUpInput{
		Username: in.Body.Username, Password: in.Body.Password, Local: isLocal(ctx), Invitation: in.Body.Invitation, Setup: in.Body.Setup,
	})
	if err != nil {
		return nil, err
	}
	a.attempts.Belongs(user.Username, addressFrom(ctx))
	return a.start(ctx, user, chat.SessionStart{Token: in.Body.Token, Keep: in.Body.Keep})
}
