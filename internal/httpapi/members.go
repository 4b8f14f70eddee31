package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type membersInput struct {
	Room  chat.RoomID `path:"room" doc:"a room's id"`
	After string      `query:"after" doc:"next of the previous page"`
	Limit int         `query:"limit" doc:"50 by default, at most 200"`
}

type memberChangeInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	User chat.UserID `path:"user" doc:"a user's id"`
	Body wire.RoleChange
}

type memberOutput struct {
	Body wire.MemberAnswer
}

type membersOutput struct {
	Body wire.MemberList
}

func (a *api) memberCalls() {
	member(a, huma.Operation{
		OperationID: "list-members", Method: http.MethodGet, Path: apiPath + "/rooms/{room}/members", Tags: []string{"rooms"},
		Summary: "List a room's members by username",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *membersInput) (*membersOutput, error) {
		members, next, err := a.chat.Rooms.Members(ctx, me, in.Room, in.After, in.Limit)
		return &membersOutput{wire.MemberListOf(members, next)}, err
	})
	member(a, huma.Operation{
		OperationID: "change-member", Method: http.MethodPatch, Path: apiPath + "/rooms/{room}/members/{user}", Tags: []string{"rooms"},
		Summary: "Make a member an admin of the room, or take that back",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *memberChangeInput) (*memberOutput, error) {
		member, err := a.chat.RoomAdmin.SetRole(ctx, me, in.Room, in.User, in.Body.Role)
		return &memberOutput{wire.MemberAnswerOf(member)}, err
	})
}
