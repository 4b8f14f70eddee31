package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type levelInput struct {
	Room chat.RoomID `path:"room" doc:"a room's id"`
	Body wire.LevelChange
}

type settingsInput struct {
	Body wire.SettingsChange
}

type settingsOutput struct {
	Body wire.SettingsAnswer
}

// withBody adds the errors of calls that PUT a body.
func withBody(more ...int) []int {
	return append(more, http.StatusBadRequest, http.StatusRequestEntityTooLarge)
}

func settingsCalls(a *api) {
	const path = apiPath + "/settings"
	tags := []string{"settings"}
	member(a, huma.Operation{
		OperationID: "get-settings", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "Get what notifies me",
	}, func(ctx context.Context, me chat.User, _ *struct{}) (*settingsOutput, error) {
		settings, err := a.chat.Notifications.Settings(ctx, me.ID)
		return &settingsOutput{wire.SettingsAnswer{Settings: wire.SettingsOf(settings)}}, err
	})
	member(a, huma.Operation{
		OperationID: "put-settings", Method: http.MethodPut, Path: path, Tags: tags,
		Summary: "Choose what notifies me",
		Errors:  withBody(),
	}, func(ctx context.Context, me chat.User, in *settingsInput) (*settingsOutput, error) {
		settings, err := a.chat.Notifications.PutSettings(ctx, me.ID, in.Body.Input())
		return &settingsOutput{wire.SettingsAnswer{Settings: wire.SettingsOf(settings)}}, err
	})
	member(a, huma.Operation{
		OperationID: "set-level", Method: http.MethodPut, Path: apiPath + "/subscriptions/{room}/level", Tags: []string{"subscriptions"},
		Summary: "Choose which messages of a room notify me",
		Errors:  withBody(http.StatusNotFound),
	}, func(ctx context.Context, me chat.User, in *levelInput) (*subscriptionOutput, error) {
		if _, err := a.chat.Notifications.SetLevel(ctx, me, in.Room, in.Body.Level); err != nil {
			return nil, err
		}
		_, sub, err := a.chat.Rooms.Get(ctx, me, in.Room)
		if err != nil {
			return nil, err
		}
		if sub == nil { // the membership has ended meanwhile
			return nil, chat.Errorf(chat.CodeForbidden, "Join the room to choose what notifies you.")
		}
		return &subscriptionOutput{Status: http.StatusOK, Body: wire.SubscriptionAnswerOf(*sub)}, nil
	})
}
