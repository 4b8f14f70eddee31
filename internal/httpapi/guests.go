package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type newGuestInput struct {
	Body wire.NewGuest
}

type guestOutput struct {
	Body wire.GuestAnswer
}

type serverOutput struct {
	Body wire.ServerAnswer
}

type joinRoomsOutput struct {
	Body wire.JoinRoomList
}

func (a *api) guestCalls() {
	open(a, huma.Operation{
		OperationID: "get-server", Method: http.MethodGet, Path: apiPath + "/server", Tags: []string{"session"},
		Summary: "Get what the operator allows; needs no session",
	}, a.server)
	open(a, huma.Operation{
		OperationID: "list-join-rooms", Method: http.MethodGet, Path: apiPath + "/join", Tags: []string{"guests"},
		Summary: "Search the public rooms that guests may enter without a link; needs no session",
		Errors:  []int{http.StatusNotFound},
	}, func(ctx context.Context, in *roomsInput) (*joinRoomsOutput, error) {
		rooms, next, err := a.chat.Invitations.Rooms(ctx, in.Text, in.After, in.Limit)
		return &joinRoomsOutput{wire.JoinRoomListOf(rooms, next)}, err
	})
	open(a, huma.Operation{
		OperationID: "enter-as-guest", Method: http.MethodPost, Path: apiPath + "/guests", Tags: []string{"guests"},
		Summary:       "Enter as a guest, by a name alone",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusNotFound, http.StatusConflict, http.StatusTooManyRequests},
	}, a.enterAsGuest)
	open(a, huma.Operation{
		OperationID: "continue-as-guest", Method: http.MethodPost, Path: apiPath + "/guests/again", Tags: []string{"guests"},
		Summary: "Continue as the guest that this browser was, after the session has ended",
		Errors:  []int{http.StatusUnauthorized, http.StatusForbidden},
	}, a.continueAsGuest)
}

func (a *api) server(ctx context.Context, _ *struct{}) (*serverOutput, error) {
	policy := a.chat.Invitations.Policy()
	mode, err := a.chat.Users.SignUpMode(ctx, isLocal(ctx))
	if err != nil {
		return nil, err
	}
	answer := wire.ServerAnswer{
		SignUp: mode, Guests: policy.Guests, JoinPage: policy.Guests && policy.JoinPage,
		Limits: wire.ServerLimitsOf(a.chat.Limits()),
	}
	guest, err := a.chat.Invitations.Guest(ctx, a.sessions.Device(ctx))
	switch chat.CodeOf(err) {
	case "":
		answer.Guest = guest.Username
	case chat.CodeUnauthenticated, chat.CodeForbidden:
	default:
		return nil, err
	}
	return &serverOutput{answer}, nil
}

func (a *api) continueAsGuest(ctx context.Context, _ *struct{}) (*accountOutput, error) {
	device := a.sessions.Device(ctx)
	guest, err := a.chat.Invitations.Guest(ctx, device)
	if err != nil {
		return nil, err
	}
	account, err := a.start(ctx, guest, chat.SessionStart{})
	if err == nil {
		a.sessions.SetDevice(ctx, device)
	}
	return account, err
}

func (a *api) enterAsGuest(ctx context.Context, in *newGuestInput) (*guestOutput, error) {
	if err := a.attempts.SignUp(in.Body.Username, addressFrom(ctx)); err != nil {
		return nil, err
	}
	input := chat.GuestInput{
		Username: in.Body.Username, Token: in.Body.Invitation, Room: in.Body.Room, Device: a.sessions.Device(ctx),
	}
	if !in.Body.Token {
		input.Secret = chat.NewDeviceSecret()
	}
	user, sub, err := a.chat.Invitations.Enter(ctx, input)
	if err != nil {
		return nil, err
	}
	if user.ID == input.Device.User { // a returning guest keeps the secret
		input.Secret = input.Device.Secret
	}
	account, err := a.start(ctx, user, chat.SessionStart{Token: in.Body.Token})
	if err != nil {
		return nil, err
	}
	if !in.Body.Token {
		a.sessions.SetDevice(ctx, chat.GuestDevice{User: user.ID, Secret: input.Secret})
	}
	return &guestOutput{wire.GuestAnswer{
		User: wire.UserOf(user), Token: account.Body.Token, Subscription: wire.SubscriptionOf(sub),
	}}, nil
}
