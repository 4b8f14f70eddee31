package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type reactionInput struct {
	Room  chat.RoomID `path:"room" doc:"a room's id"`
	Seq   int64       `path:"seq" doc:"a message's place in the room"`
	Emoji string      `path:"emoji" doc:"one emoji"`
}

func reactionCalls(a *api) {
	const path = apiPath + "/rooms/{room}/messages/{seq}/reactions/{emoji}"
	react := func(on bool) func(context.Context, chat.User, *reactionInput) (*messageOutput, error) {
		return func(ctx context.Context, me chat.User, in *reactionInput) (*messageOutput, error) {
			if _, err := a.chat.Messages.React(ctx, me, in.Room, in.Seq, in.Emoji, on); err != nil {
				return nil, err
			}
			message, err := a.chat.Messages.Message(ctx, me, in.Room, in.Seq)
			return &messageOutput{Status: http.StatusOK, Body: wire.MessageAnswerOf(&message)}, err
		}
	}
	uncounted(a, huma.Operation{
		OperationID: "add-reaction", Method: http.MethodPut, Path: path, Tags: []string{"messages"},
		Summary: "React to a message with an emoji",
		Errors:  []int{http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests},
	}, react(true))
	uncounted(a, huma.Operation{
		OperationID: "remove-reaction", Method: http.MethodDelete, Path: path, Tags: []string{"messages"},
		Summary: "Take a reaction back",
		Errors:  []int{http.StatusNotFound, http.StatusTooManyRequests},
	}, react(false))
}
