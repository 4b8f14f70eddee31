package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
)

type newGuestInput struct {
	Body NewGuest
}

type userChangeInput struct {
	Body UserChange
}

type guestOutput struct {
	Body GuestAnswer
}

type serverOutput struct {
	Body ServerAnswer
}

type joinRoomsOutput struct {
	Body JoinRoomList
}

func (a *api) guestCalls() {
	open(a, huma.Operation{
		OperationID: "get-server", Method: http.MethodGet, Path: apiPath + "/server", Tags: []string{"session"},
		Summary: "Tell what the operator allows, also without a session",
	}, func(context.Context, *struct{}) (*serverOutput, error) {
		policy, l := a.chat.Invitations.Policy(), a.chat.Limits()
		return &serverOutput{ServerAnswer{
			Guests: policy.Guests, JoinPage: policy.Guests && policy.JoinPage,
			Limits: ServerLimits{
				UsernameMin: l.UsernameMin, UsernameMax: l.UsernameMax, PasswordMin: l.PasswordMin, PasswordMax: l.PasswordMax,
			},
		}}, nil
	})
	open(a, huma.Operation{
		OperationID: "list-join-rooms", Method: http.MethodGet, Path: apiPath + "/join", Tags: []string{"guests"},
		Summary: "Search the public rooms that guests may come into without a link",
		Errors:  []int{http.StatusNotFound},
	}, func(ctx context.Context, in *roomsInput) (*joinRoomsOutput, error) {
		rooms, next, err := a.chat.Invitations.Rooms(ctx, in.Text, in.After, in.Limit)
		return &joinRoomsOutput{JoinRoomList{Rooms: list(rooms), Next: next}}, err
	})
	open(a, huma.Operation{
		OperationID: "enter-as-guest", Method: http.MethodPost, Path: apiPath + "/guests", Tags: []string{"guests"},
		Summary:       "Come in by a name alone and be logged in",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, a.enterAsGuest)
	member(a, huma.Operation{
		OperationID: "change-me", Method: http.MethodPatch, Path: apiPath + "/users/me", Tags: []string{"users"},
		Summary: "Set a password as a guest, and so become a member",
	}, func(ctx context.Context, me chat.User, in *userChangeInput) (*userOutput, error) {
		user, err := a.chat.Users.SetPassword(ctx, me, in.Body.Password)
		return &userOutput{UserAnswer{User: user}}, err
	})
}

func (a *api) enterAsGuest(ctx context.Context, in *newGuestInput) (*guestOutput, error) {
	if err := a.attempts.SignUp(in.Body.Username, addressFrom(ctx)); err != nil {
		return nil, err
	}
	user, sub, err := a.chat.Invitations.Enter(ctx, chat.GuestInput{
		Username: in.Body.Username, Token: in.Body.Invitation, Room: in.Body.Room,
	})
	if err != nil {
		return nil, err
	}
	account, err := a.start(ctx, user, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return &guestOutput{GuestAnswer{User: user, Token: account.Body.Token, Subscription: sub}}, nil
}
