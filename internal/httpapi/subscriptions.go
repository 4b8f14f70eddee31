package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type subscriptionOutput struct {
	Status int
	Body   wire.SubscriptionAnswer
}

type subscriptionsInput struct {
	After string `query:"after" doc:"next of the previous page, or of the event ready"`
}

type subscriptionsOutput struct {
	Body wire.SubscriptionList
}

func (a *api) subscriptionCalls() {
	member(a, huma.Operation{
		OperationID: "list-subscriptions", Method: http.MethodGet, Path: apiPath + "/subscriptions", Tags: []string{"subscriptions"},
		Summary: "List my rooms",
	}, func(ctx context.Context, me chat.User, in *subscriptionsInput) (*subscriptionsOutput, error) {
		page, err := a.chat.Rooms.SubscriptionPage(ctx, me.ID, in.After)
		return &subscriptionsOutput{wire.SubscriptionListOf(page)}, err
	})
	member(a, huma.Operation{
		OperationID: "subscribe", Method: http.MethodPut, Path: apiPath + "/subscriptions/{room}", Tags: []string{"subscriptions"},
		Summary:   "Join a room; 201 if I was not a member",
		Responses: also[wire.SubscriptionAnswer](a, http.StatusCreated),
		Errors:    []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomInput) (*subscriptionOutput, error) {
		sub, created, err := a.chat.Rooms.Subscribe(ctx, me, in.Room)
		return &subscriptionOutput{Status: createdOr200(created), Body: wire.SubscriptionAnswerOf(sub)}, err
	})
	member(a, huma.Operation{
		OperationID: "unsubscribe", Method: http.MethodDelete, Path: apiPath + "/subscriptions/{room}", Tags: []string{"subscriptions"},
		Summary:       "Leave a room",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomInput) (*noContent, error) {
		return &noContent{}, a.chat.Rooms.Unsubscribe(ctx, me, in.Room)
	})
}
