package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type markInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Seq  int64       `path:"seq" doc:"a message's place in the room"`
}

type bookmarksInput struct {
	Before int64 `query:"before" doc:"next of the previous page"`
	Limit  int   `query:"limit" doc:"50 by default, at most 200"`
}

type pinsOutput struct {
	Body wire.PinList
}

type bookmarksOutput struct {
	Body wire.BookmarkList
}

type bookmarkSeqsOutput struct {
	Body wire.BookmarkSeqs
}

func pinCalls(a *api) {
	const path = apiPath + "/rooms/{room}/messages/{seq}/pin"
	pin := func(on bool) func(context.Context, chat.User, *markInput) (*messageOutput, error) {
		return func(ctx context.Context, me chat.User, in *markInput) (*messageOutput, error) {
			message, err := a.chat.Messages.Pin(ctx, me, in.Room, in.Seq, on)
			return &messageOutput{Status: http.StatusOK, Body: wire.MessageAnswerOf(&message)}, err
		}
	}
	uncounted(a, huma.Operation{
		OperationID: "pin-message", Method: http.MethodPut, Path: path, Tags: []string{"messages"},
		Summary: "Pin a message to its room",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests},
	}, pin(true))
	uncounted(a, huma.Operation{
		OperationID: "unpin-message", Method: http.MethodDelete, Path: path, Tags: []string{"messages"},
		Summary: "Unpin a message",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusTooManyRequests},
	}, pin(false))
	member(a, huma.Operation{
		OperationID: "list-pins", Method: http.MethodGet, Path: apiPath + "/rooms/{room}/pins", Tags: []string{"messages"},
		Summary: "List a room's pinned messages, the last one pinned first",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound},
	}, func(ctx context.Context, me chat.User, in *roomInput) (*pinsOutput, error) {
		messages, err := a.chat.Messages.Pins(ctx, me, in.Room)
		return &pinsOutput{wire.PinListOf(messages)}, err
	})
}

func bookmarkCalls(a *api) {
	const path = apiPath + "/rooms/{room}/messages/{seq}/bookmark"
	bookmark := func(on bool) func(context.Context, chat.User, *markInput) (*noContent, error) {
		return func(ctx context.Context, me chat.User, in *markInput) (*noContent, error) {
			_, err := a.chat.Messages.Bookmark(ctx, me, in.Room, in.Seq, on)
			return &noContent{}, err
		}
	}
	uncounted(a, huma.Operation{
		OperationID: "add-bookmark", Method: http.MethodPut, Path: path, Tags: []string{"messages"}, DefaultStatus: http.StatusNoContent,
		Summary: "Bookmark a message; only I know of my bookmarks",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests},
	}, bookmark(true))
	uncounted(a, huma.Operation{
		OperationID: "remove-bookmark", Method: http.MethodDelete, Path: path, Tags: []string{"messages"}, DefaultStatus: http.StatusNoContent,
		Summary: "Remove a bookmark, also in a room that I may not see any more",
		Errors:  []int{http.StatusTooManyRequests},
	}, bookmark(false))
	member(a, huma.Operation{
		OperationID: "list-bookmarks", Method: http.MethodGet, Path: apiPath + "/bookmarks", Tags: []string{"messages"},
		Summary: "List my bookmarks, the last one set first",
	}, func(ctx context.Context, me chat.User, in *bookmarksInput) (*bookmarksOutput, error) {
		list, err := a.chat.Messages.Bookmarks(ctx, me, in.Before, in.Limit)
		return &bookmarksOutput{wire.BookmarkListOf(list)}, err
	})
	member(a, huma.Operation{
		OperationID: "list-room-bookmarks", Method: http.MethodGet, Path: apiPath + "/rooms/{room}/bookmarks", Tags: []string{"messages"},
		Summary: "List which messages of a room I have bookmarked",
	}, func(ctx context.Context, me chat.User, in *roomInput) (*bookmarkSeqsOutput, error) {
		seqs, err := a.chat.Messages.BookmarksIn(ctx, me, in.Room)
		return &bookmarkSeqsOutput{wire.BookmarkSeqs{Seqs: seqs}}, err
	})
}
