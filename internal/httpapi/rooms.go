package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type roomInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
}

type roomsInput struct {
	Text  string `query:"text" doc:"any part of the name, in any case, with or without accents"`
	After string `query:"after" doc:"next of the previous page"`
	Limit int    `query:"limit" doc:"50 by default, at most 200"`
}

type newRoomInput struct {
	Body wire.NewRoom
}

type roomChangeInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Body wire.RoomChange
}

type roomOutput struct {
	Body wire.RoomAnswer
}

type roomsOutput struct {
	Body wire.RoomList
}

func (a *api) roomCalls() {
	member(a, huma.Operation{
		OperationID: "search-rooms", Method: http.MethodGet, Path: apiPath + "/rooms", Tags: []string{"rooms"},
		Summary: "Search the rooms that I may see; names that begin with the text come first",
	}, func(ctx context.Context, me chat.User, in *roomsInput) (*roomsOutput, error) {
		rooms, next, err := a.chat.Rooms.Search(ctx, me, in.Text, in.After, in.Limit)
		return &roomsOutput{wire.RoomListOf(rooms, next)}, err
	})
	member(a, huma.Operation{
		OperationID: "create-room", Method: http.MethodPost, Path: apiPath + "/rooms", Tags: []string{"rooms"},
		Summary:       "Create a room and become its admin",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusConflict, http.StatusTooManyRequests},
	}, func(ctx context.Context, me chat.User, in *newRoomInput) (*subscriptionOutput, error) {
		sub, err := a.chat.Rooms.Create(ctx, me, in.Body.Input())
		return &subscriptionOutput{Status: http.StatusCreated, Body: wire.SubscriptionAnswerOf(sub)}, err
	})
	member(a, huma.Operation{
		OperationID: "get-room", Method: http.MethodGet, Path: apiPath + "/rooms/{room}", Tags: []string{"rooms"},
		Summary: "Get a room",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomInput) (*roomOutput, error) {
		room, sub, err := a.chat.Rooms.Get(ctx, me, in.Room)
		return &roomOutput{wire.RoomAnswerOf(room, sub)}, err
	})
	member(a, huma.Operation{
		OperationID: "change-room", Method: http.MethodPatch, Path: apiPath + "/rooms/{room}", Tags: []string{"rooms"},
		Summary: "Change a room's name or topic",
		Errors:  []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, me chat.User, in *roomChangeInput) (*roomOutput, error) {
		room, err := a.chat.Rooms.Change(ctx, me, in.Room, in.Body.Name, in.Body.Topic)
		return &roomOutput{wire.RoomAnswerOf(room, nil)}, err
	})
}
