package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
)

type memberInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	User chat.UserID `path:"user" doc:"a user's id"`
}

type bansInput struct {
	After string `query:"after" doc:"next of the page before"`
	Limit int    `query:"limit" doc:"50 by default, at most 200"`
}

type roomBansInput struct {
	Room  chat.RoomID `path:"room" doc:"a room's id"`
	After string      `query:"after" doc:"next of the page before"`
	Limit int         `query:"limit" doc:"50 by default, at most 200"`
}

type banOutput struct {
	Status int
	Body   BanAnswer
}

type bansOutput struct {
	Body BanList
}

func (a *api) banCalls() {
	a.roomBanCalls()
	a.serverBanCalls()
}

func (a *api) roomBanCalls() {
	const (
		bans = apiPath + "/rooms/{room}/bans"
		ban  = bans + "/{user}"
	)
	refusals := []int{http.StatusForbidden, http.StatusNotFound}
	member(a, huma.Operation{
		OperationID: "remove-member", Method: http.MethodDelete, Path: apiPath + "/rooms/{room}/members/{user}", Tags: []string{"rooms"},
		Summary:       "Put a member out of a room, who may come back; for its admins",
		DefaultStatus: http.StatusNoContent,
		Errors:        refusals,
	}, func(ctx context.Context, me chat.User, in *memberInput) (*noContent, error) {
		return &noContent{}, a.chat.Rooms.Remove(ctx, me, in.Room, in.User)
	})
	member(a, huma.Operation{
		OperationID: "list-room-bans", Method: http.MethodGet, Path: bans, Tags: []string{"bans"},
		Summary: "List who is banned from a room, by username; for its admins",
		Errors:  refusals,
	}, func(ctx context.Context, me chat.User, in *roomBansInput) (*bansOutput, error) {
		found, next, err := a.chat.Rooms.Bans(ctx, me, in.Room, in.After, in.Limit)
		return &bansOutput{BanList{Bans: list(found), Next: next}}, err
	})
	member(a, huma.Operation{
		OperationID: "ban-from-room", Method: http.MethodPut, Path: ban, Tags: []string{"bans"},
		Summary:   "Put a user out of a room and keep the user out; 201 if that is new; for its admins",
		Responses: also[BanAnswer](a, http.StatusCreated),
		Errors:    refusals,
	}, func(ctx context.Context, me chat.User, in *memberInput) (*banOutput, error) {
		made, created, err := a.chat.Rooms.Ban(ctx, me, in.Room, in.User)
		return &banOutput{Status: createdOr200(created), Body: BanAnswer{made}}, err
	})
	member(a, huma.Operation{
		OperationID: "lift-room-ban", Method: http.MethodDelete, Path: ban, Tags: []string{"bans"},
		Summary:       "Let a user into a room again; for its admins",
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
		Summary: "List who is banned from the server, by username; for its admins",
		Errors:  []int{http.StatusForbidden},
	}, func(ctx context.Context, me chat.User, in *bansInput) (*bansOutput, error) {
		found, next, err := a.chat.Users.Bans(ctx, me, in.After, in.Limit)
		return &bansOutput{BanList{Bans: list(found), Next: next}}, err
	})
	member(a, huma.Operation{
		OperationID: "ban", Method: http.MethodPut, Path: ban, Tags: []string{"bans"},
		Summary:   "Keep a user out of the server; all sockets of the user are cut at once; 201 if that is new; for its admins",
		Responses: also[BanAnswer](a, http.StatusCreated),
		Errors:    []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *userInput) (*banOutput, error) {
		made, created, err := a.chat.Users.Ban(ctx, me, in.User)
		return &banOutput{Status: createdOr200(created), Body: BanAnswer{made}}, err
	})
	member(a, huma.Operation{
		OperationID: "lift-ban", Method: http.MethodDelete, Path: ban, Tags: []string{"bans"},
		Summary:       "Let a user into the server again; for its admins",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusForbidden},
	}, func(ctx context.Context, me chat.User, in *userInput) (*noContent, error) {
		return &noContent{}, a.chat.Users.Unban(ctx, me, in.User)
	})
}
