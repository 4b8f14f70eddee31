package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type pageInput struct {
	Room   chat.RoomID     `path:"room" doc:"a room's id"`
	Before optional[int64] `query:"before" doc:"a seq: the latest messages below it"`
	After  optional[int64] `query:"after" doc:"a seq: the first messages above it; 0 for the very first. Not together with before"`
	Limit  int             `query:"limit" doc:"10 by default, at most 200"`
	Thread int64           `query:"thread" doc:"the seq of a root: only the messages in its thread"`
	Only   string          `query:"timeline" enum:"all,room" doc:"room leaves out messages that only a thread shows"`
}

// page converts the query for the domain.
func (in *pageInput) page() (chat.MessagePage, error) {
	page := chat.MessagePage{Limit: in.Limit, Part: chat.TimelinePart{Thread: in.Thread, WithoutOnly: in.Only == "room"}}
	switch {
	case in.Before.set && in.After.set:
		return page, chat.ErrorIn("after", chat.CodeInvalid, "Give either before or after, not both.")
	case in.Before.set:
		page.Direction, page.Seq = chat.PageBefore, in.Before.value
	case in.After.set:
		page.Direction, page.Seq = chat.PageAfter, in.After.value
	}
	return page, nil
}

type newMessageInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Body wire.NewMessage
}

type messageInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Seq  int64       `path:"seq" doc:"a message's place in the room"`
}

type messageChangeInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Seq  int64       `path:"seq" doc:"a message's place in the room"`
	Body wire.MessageChange
}

type pageOutput struct {
	Body wire.Page
}

type messageOutput struct {
	Status int
	Body   wire.MessageAnswer
}

func (a *api) messageCalls() {
	const path = apiPath + "/rooms/{room}/messages"
	member(a, huma.Operation{
		OperationID: "page-messages", Method: http.MethodGet, Path: path, Tags: []string{"messages"},
		Summary: "Read a page of a room's messages in the order of seq; by default the newest",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *pageInput) (*pageOutput, error) {
		asked, err := in.page()
		if err != nil {
			return nil, err
		}
		page, err := a.chat.Messages.Page(ctx, me, in.Room, asked)
		return &pageOutput{wire.PageOf(page)}, err
	})
	uncounted(a, huma.Operation{
		OperationID: "send-message", Method: http.MethodPost, Path: path, Tags: []string{"messages"},
		Summary:       "Send a message; 200 with the original if it was a retry",
		DefaultStatus: http.StatusCreated,
		Responses:     also[wire.MessageAnswer](a, http.StatusOK),
		Errors:        []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, func(ctx context.Context, me chat.User, in *newMessageInput) (*messageOutput, error) {
		message, created, err := a.chat.Messages.Send(ctx, me, in.Body.Input(in.Room))
		if err != nil {
			return nil, err
		}
		return &messageOutput{Status: createdOr200(created), Body: wire.MessageAnswerOf(message)}, nil
	})
	member(a, huma.Operation{
		OperationID: "get-message", Method: http.MethodGet, Path: path + "/{seq}", Tags: []string{"messages"},
		Summary: "Read one message",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *messageInput) (*messageOutput, error) {
		message, err := a.chat.Messages.Message(ctx, me, in.Room, in.Seq)
		return &messageOutput{Status: http.StatusOK, Body: wire.MessageAnswerOf(&message)}, err
	})
	uncounted(a, huma.Operation{
		OperationID: "edit-message", Method: http.MethodPatch, Path: path + "/{seq}", Tags: []string{"messages"},
		Summary: "Edit my own message",
		Errors:  []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, func(ctx context.Context, me chat.User, in *messageChangeInput) (*messageOutput, error) {
		message, err := a.chat.Messages.Edit(ctx, me, in.Room, in.Seq, in.Body.Body)
		return &messageOutput{Status: http.StatusOK, Body: wire.MessageAnswerOf(&message)}, err
	})
	uncounted(a, huma.Operation{
		OperationID: "delete-message", Method: http.MethodDelete, Path: path + "/{seq}", Tags: []string{"messages"},
		Summary: "Delete my own message or, as an admin, any message; the answer is what is left of it",
		Errors:  []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, func(ctx context.Context, me chat.User, in *messageInput) (*messageOutput, error) {
		message, err := a.chat.Messages.Delete(ctx, me, in.Room, in.Seq)
		return &messageOutput{Status: http.StatusOK, Body: wire.MessageAnswerOf(&message)}, err
	})
}

func createdOr200(created bool) int {
	if created {
		return http.StatusCreated
	}
	return http.StatusOK
}
