package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type profileInput struct {
	Body wire.ProfileChange
}

func profileCalls(a *api) {
	member(a, huma.Operation{
		OperationID: "change-profile", Method: http.MethodPatch, Path: apiPath + "/profile", Tags: []string{"users"},
		Summary: "Change my display name or my status",
		Errors:  withBody(http.StatusConflict),
	}, func(ctx context.Context, me chat.User, in *profileInput) (*userOutput, error) {
		user, err := a.chat.Users.ChangeProfile(ctx, me, in.Body.Input())
		return &userOutput{wire.UserAnswerOf(user)}, err
	})
}
