package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type searchInput struct {
	Text   string      `query:"q" doc:"words, \"phrases\", from:, in:, before:, after:, on: and has:; at most 500 characters"`
	Room   chat.RoomID `query:"room" doc:"a room's id: search only this room"`
	After  string      `query:"after" doc:"next of the previous page"`
	Limit  int         `query:"limit" doc:"20 by default, at most 200"`
	Offset int         `query:"offset" doc:"minutes by which the reader's clock is ahead of UTC, for the days of before:, after: and on:" minimum:"-900" maximum:"900"`
}

type searchOutput struct {
	Body wire.MessageHits
}

func searchCalls(a *api) {
	member(a, huma.Operation{
		OperationID: "search-messages", Method: http.MethodGet, Path: apiPath + "/search", Tags: []string{"search"},
		Summary: "Search the messages of my rooms, newest first",
		Errors:  []int{http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge},
	}, func(ctx context.Context, me chat.User, in *searchInput) (*searchOutput, error) {
		found, err := a.chat.Searches.Messages(ctx, me, chat.SearchInput{
			Text: in.Text, Room: in.Room, After: in.After, Limit: in.Limit,
			Zone: time.FixedZone("", in.Offset*int(time.Minute/time.Second)),
		})
		return &searchOutput{wire.MessageHitsOf(found)}, err
	})
}
