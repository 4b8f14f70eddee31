package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type memberInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	User chat.UserID `path:"user" doc:"a user's id"`
}

type bansInput struct {
	After string `query:"after" doc:"next of the previous page"`
	Limit int    `query:"limit" doc:"50 by default, at most 200"`
}

type roomBansInput struct {
	Room  chat.RoomID `path:"room" doc:"a room's id"`
	After string      `query:"after" doc:"next of the previous page"`
	Limit int         `query:"limit" doc:"50 by default, at most 200"`
}

type banOutput struct {
	Status int
	Body   wire.BanAnswer
}

type bansOutput struct {
	Body wire.BanList
}

func (a *api) roomBanCalls() {
	const (
		bans = apiPath + "/rooms/{room}/bans"
		ban  = bans + "/{user}"
	)
	refusals := []int{http.StatusForbidden, http.StatusNotFound}
	member(a, huma.Operation{
		OperationID: "remove-member", Method: http.MethodDelete, Path: apiPath + "/rooms/{room}/members/{user}", Tags: []string{"rooms"},
		Summary:       "Remove a member from a room; the user may join again; for admins",
		DefaultStatus: http.StatusNoContent,
		Errors:        refusals,
	}, func(ctx context.Context, me chat.User, in *memberInput) (*noContent, error) {
		return &noContent{}, a.chat.Rooms.Remove(ctx, me, in.Room, in.User)
	})
	member(a, huma.Operation{
		OperationID: "list-room-bans", Method: http.MethodGet, Path: bans, Tags: []string{"bans"},
		Summary: "List the users who are banned from a room, by username; for admins",
		Errors:  refusals,
	}, func(ctx context.Context, me chat.User, in *roomBansInput) (*bansOutput, error) {
		found, next, err := a.chat.Rooms.Bans(ctx, me, in.Room, in.After, in.Limit)
		return &bansOutput{wire.BanListOf(found, next)}, err
	})
	member(a, huma.Operation{
		OperationID: "ban-from-room", Method: http.MethodPut, Path: ban, Tags: []string{"bans"},
		Summary:   "Ban a user from a room; 201 if it is new; for admins",
		Responses: also[wire.BanAnswer](a, http.StatusCreated),
		Errors:    refusals,
	}, func(ctx context.Context, me chat.User, in *memberInput) (*banOutput, error) {
		made, created, err := a.chat.Rooms.Ban(ctx, me, in.Room, in.User)
		return &banOutput{Status: createdOr200(created), Body: wire.BanAnswerOf(made)}, err
	})
	member(a, huma.Operation{
		OperationID: "lift-room-ban", Method: http.MethodDelete, Path: ban, Tags: []string{"bans"},
		Summary:       "Lift a ban from a room; for admins",
		DefaultStatus: http.StatusNoContent,
		Errors:        refusals,
	}, func(ctx context.Context, me chat.User, in *memberInput) (*noContent, error) {
		return &noContent{}, a.chat.Rooms.Unban(ctx, me, in.Room, in.User)
	})
}

func (a *api) serverBanCalls() {
	const (
		bans = apiPath + "/bans"
		ban  = bans + "/{user}"
	)
	member(a, huma.Operation{
		OperationID: "list-bans", Method: http.MethodGet, Path: bans, Tags: []string{"bans"},
		Summary: "List the users who are banned from the server, by username; for admins of the server",
		Errors:  []int{http.StatusForbidden},
	}, func(ctx context.Context, me chat.User, in *bansInput) (*bansOutput, error) {
		found, next, err := a.chat.Users.Bans(ctx, me, in.After, in.Limit)
		return &bansOutput{wire.BanListOf(found, next)}, err
	})
	member(a, huma.Operation{
		OperationID: "ban", Method: http.MethodPut, Path: ban, Tags: []string{"bans"},
		Summary:   "Ban a user from the server and disconnect the user's sockets; 201 if it is new; for admins of the server",
		Responses: also[wire.BanAnswer](a, http.StatusCreated),
		Errors:    []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *userInput) (*banOutput, error) {
		made, created, err := a.chat.Users.Ban(ctx, me, in.User)
		return &banOutput{Status: createdOr200(created), Body: wire.BanAnswerOf(made)}, err
	})
	member(a, huma.Operation{
		OperationID: "lift-ban", Method: http.MethodDelete, Path: ban, Tags: []string{"bans"},
		Summary:       "Lift a ban from the server; for admins of the server",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusForbidden},
	}, func(ctx context.Context, me chat.User, in *userInput) (*noContent, error) {
		return &noContent{}, a.chat.Users.Unban(ctx, me, in.User)
	})
}
