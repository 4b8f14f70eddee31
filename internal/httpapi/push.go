package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

type pushDeviceInput struct {
	Origin string `header:"Origin" doc:"set by browsers"`
	Body   wire.NewPushDevice
}

type pushDeviceOutput struct {
	Body wire.PushDevice
}

type pushInfoOutput struct {
	Body wire.PushInfo
}

type pushPath struct {
	Device string `path:"device" doc:"a device's id"`
}

func pushCalls(a *api) {
	const path = apiPath + "/push"
	tags := []string{"push"}
	member(a, huma.Operation{
		OperationID: "list-push-devices", Method: http.MethodGet, Path: path, Tags: tags,
		Summary: "List my devices that receive pushes",
	}, func(ctx context.Context, me chat.User, _ *struct{}) (*pushInfoOutput, error) {
		devices, err := a.chat.Pushes.List(ctx, me.ID)
		return &pushInfoOutput{wire.PushInfoOf(a.chat.Pushes.Key(), devices, currentSession(ctx, a.sessions))}, err
	})
	member(a, huma.Operation{
		OperationID: "put-push-device", Method: http.MethodPut, Path: path + "/device", Tags: tags,
		Summary: "Make this device receive pushes, and keep me logged in on it",
		Errors:  withBody(),
	}, func(ctx context.Context, me chat.User, in *pushDeviceInput) (*pushDeviceOutput, error) {
		identity, _ := a.sessions.Identity(ctx)
		identity.User = me
		device, err := a.chat.Pushes.Put(ctx, identity, in.Body.Input(in.Origin))
		if err != nil {
			return nil, err
		}
		return &pushDeviceOutput{wire.PushDeviceOf(device, identity.Session)}, a.sessions.Keep(ctx)
	})
	member(a, huma.Operation{
		OperationID: "delete-push-device", Method: http.MethodDelete, Path: path + "/devices/{device}", Tags: tags,
		Summary:       "Make a device of mine receive no pushes any more",
		DefaultStatus: http.StatusNoContent,
	}, func(ctx context.Context, me chat.User, in *pushPath) (*noContent, error) {
		return &noContent{}, a.chat.Pushes.Delete(ctx, me.ID, in.Device)
	})
}
