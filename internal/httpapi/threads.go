package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type threadInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Root int64       `path:"root" doc:"the seq of the thread's root"`
}

type threadsInput struct {
	After string `query:"after" doc:"next of the previous page"`
	Limit int    `query:"limit" doc:"50 by default, at most 200"`
}

type threadOutput struct {
	Body wire.ThreadAnswer
}

type threadsOutput struct {
	Body wire.ThreadList
}

func threadCalls(a *api) {
	const path = apiPath + "/threads/{room}/{root}"
	follow := func(on bool) func(context.Context, chat.User, *threadInput) (*noContent, error) {
		return func(ctx context.Context, me chat.User, in *threadInput) (*noContent, error) {
			_, err := a.chat.Threads.Follow(ctx, me, in.Room, in.Root, on)
			return &noContent{}, err
		}
	}
	member(a, huma.Operation{
		OperationID: "list-threads", Method: http.MethodGet, Path: apiPath + "/threads", Tags: []string{"messages"},
		Summary: "List the threads that I follow, those with the latest replies first",
	}, func(ctx context.Context, me chat.User, in *threadsInput) (*threadsOutput, error) {
		list, err := a.chat.Threads.List(ctx, me, in.After, in.Limit)
		return &threadsOutput{wire.ThreadListOf(list)}, err
	})
	member(a, huma.Operation{
		OperationID: "get-thread", Method: http.MethodGet, Path: path, Tags: []string{"messages"},
		Summary: "Tell whether I follow a thread, and how much of it is unread",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *threadInput) (*threadOutput, error) {
		state, unread, err := a.chat.Threads.State(ctx, me, in.Room, in.Root)
		return &threadOutput{wire.ThreadAnswer{Follows: state.Follows, ReadSeq: state.ReadSeq, Unread: unread}}, err
	})
	member(a, huma.Operation{
		OperationID: "follow-thread", Method: http.MethodPut, Path: path, Tags: []string{"messages"},
		Summary: "Follow a thread", DefaultStatus: http.StatusNoContent,
		Errors: []int{http.StatusForbidden, http.StatusNotFound},
	}, follow(true))
	member(a, huma.Operation{
		OperationID: "unfollow-thread", Method: http.MethodDelete, Path: path, Tags: []string{"messages"},
		Summary: "Stop following a thread", DefaultStatus: http.StatusNoContent,
		Errors: []int{http.StatusNotFound},
	}, follow(false))
}
