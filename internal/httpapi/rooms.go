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

type roomDeletionInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Name string      `query:"name" doc:"the name of the room, against mistakes"`
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
		Summary: "Change a room's name or topic, or archive it",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, me chat.User, in *roomChangeInput) (*roomOutput, error) {
		if archived := in.Body.Archived; archived != nil {
			if in.Body.Name != nil || in.Body.Topic != nil {
				return nil, chat.ErrorIn("archived", chat.CodeInvalid, "Archive a room and change its name in two requests.")
			}
			room, err := a.chat.RoomAdmin.Archive(ctx, me, in.Room, *archived)
			return &roomOutput{wire.RoomAnswerOf(room, nil)}, err
		}
		room, err := a.chat.Rooms.Change(ctx, me, in.Room, in.Body.Name, in.Body.Topic)
		return &roomOutput{wire.RoomAnswerOf(room, nil)}, err
	})
	member(a, huma.Operation{
		OperationID: "delete-room", Method: http.MethodDelete, Path: apiPath + "/rooms/{room}", Tags: []string{"rooms"},
		Summary: "Delete a room with everything in it",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomDeletionInput) (*struct{}, error) {
		return nil, a.chat.RoomAdmin.Delete(ctx, me, in.Room, in.Name)
	})
}
