package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

func (a *api) conversationCalls() {
	member(a, huma.Operation{
		OperationID: "converse", Method: http.MethodPut, Path: apiPath + "/conversations/{user}", Tags: []string{"subscriptions"},
		Summary:   "Open the conversation with a user; 201 if it was created",
		Responses: also[wire.SubscriptionAnswer](a, http.StatusCreated),
		Errors:    []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *userInput) (*subscriptionOutput, error) {
		sub, created, err := a.chat.Rooms.Converse(ctx, me, in.User)
		return &subscriptionOutput{Status: createdOr200(created), Body: wire.SubscriptionAnswerOf(sub)}, err
	})
}
