package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type newInvitationInput struct {
	Body wire.NewInvitation
}

type invitationsInput struct {
	Room chat.RoomID `query:"room" doc:"a room's id; absent: invitations to conversations with me"`
}

type invitationInput struct {
	Invitation string `path:"invitation" doc:"the token of a link, or an invitation's id: to accept one that is for me alone, and to revoke it"`
}

type newInvitationOutput struct {
	Body wire.NewInvitationAnswer
}

type invitationsOutput struct {
	Body wire.InvitationList
}

type joinOutput struct {
	Body wire.JoinAnswer
}

func (a *api) invitationCalls() {
	const path = apiPath + "/invitations"
	tags := []string{"invitations"}
	member(a, huma.Operation{
		OperationID: "invite", Method: http.MethodPost, Path: path, Tags: tags,
		Summary:       "Create an invitation link into a room, or into a conversation with me",
		DefaultStatus: http.StatusCreated,
		Errors:        []int{http.StatusNotFound},
	}, a.invite)
	member(a, huma.Operation{
		OperationID: "list-invitations", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "List the invitation links that I may revoke, newest first",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *invitationsInput) (*invitationsOutput, error) {
		invitations, err := a.chat.Invitations.List(ctx, me, in.Room)
		return &invitationsOutput{wire.InvitationListOf(invitations)}, err
	})
	open(a, huma.Operation{
		OperationID: "look-at-invitation", Method: http.MethodGet, Path: path + "/{invitation}", Tags: tags,
		Summary: "Get the destination of an invitation link; needs no session",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, a.lookAtInvitation)
	member(a, huma.Operation{
		OperationID: "accept-invitation", Method: http.MethodPost, Path: path + "/{invitation}", Tags: tags,
		Summary:       "Accept an invitation; 200 if I am a member already",
		DefaultStatus: http.StatusCreated,
		Responses:     also[wire.SubscriptionAnswer](a, http.StatusOK),
		Errors:        []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *invitationInput) (*subscriptionOutput, error) {
		accept := a.chat.Invitations.Accept
		if id, err := strconv.ParseInt(in.Invitation, 10, 64); err == nil { // no token is that short
			accept = func(ctx context.Context, me chat.User, _ string) (chat.Subscription, bool, error) {
				return a.chat.Invitations.AcceptByID(ctx, me, chat.InvitationID(id))
			}
		}
		sub, created, err := accept(ctx, me, in.Invitation)
		return &subscriptionOutput{Status: createdOr200(created), Body: wire.SubscriptionAnswerOf(sub)}, err
	})
	member(a, huma.Operation{
		OperationID: "revoke-invitation", Method: http.MethodDelete, Path: path + "/{invitation}", Tags: tags,
		Summary:       "Revoke an invitation link",
		DefaultStatus: http.StatusNoContent,
		Errors:        []int{http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *invitationInput) (*noContent, error) {
		id, err := strconv.ParseInt(in.Invitation, 10, 64)
		if err != nil {
			return nil, chat.ErrorIn("invitation", chat.CodeInvalid, "To revoke an invitation, give its id, a number.")
		}
		return &noContent{}, a.chat.Invitations.Revoke(ctx, me, chat.InvitationID(id))
	})
}

func (a *api) invite(ctx context.Context, me chat.User, in *newInvitationInput) (*newInvitationOutput, error) {
	invite, err := a.chat.Invitations.Make(ctx, me, in.Body.Input())
	return &newInvitationOutput{wire.NewInvitationAnswerOf(invite)}, err
}

func (a *api) lookAtInvitation(ctx context.Context, in *invitationInput) (*joinOutput, error) {
	var viewer *chat.User
	if identity, ok := a.sessions.Identity(ctx); ok {
		viewer = &identity.User
	}
	d, err := a.chat.Invitations.Look(ctx, viewer, in.Invitation)
	return &joinOutput{wire.JoinAnswerOf(d)}, err
}
