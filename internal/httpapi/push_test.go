package httpapi

import (
	"net/http"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// aKey is a point on P-256, and aSecret has 16 bytes.
const (
	aKey    = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
	aSecret = "BTBZMqHH6r4Tts7J_aSIgg"
)

const testPushKey = "the public key"

func TestI3_ADeviceIsPutListedAndDeleted(t *testing.T) {
	s := newServer(t)
	anna, ben := s.member(t, "anna"), s.member(t, "ben")
	if info := want[wire.PushInfo](anna, http.MethodGet, "/push", nil, http.StatusOK); info.Key != testPushKey || len(info.Devices) != 0 {
		t.Errorf("at first: got %+v, want the key and no devices", info)
	}
	device := wire.NewPushDevice{Endpoint: "https://push.example/secret", Keys: wire.PushKeys{P256DH: aKey + "=", Auth: aSecret}, ShowsText: true}
	for range 2 { // a repetition changes nothing
		put := want[wire.PushDevice](anna, http.MethodPut, "/push/device", device, http.StatusOK)
		if !put.Current || put.Service != "push.example" || !put.ShowsText {
			t.Errorf("got %+v", put)
		}
	}
	devices := want[wire.PushInfo](anna, http.MethodGet, "/push", nil, http.StatusOK).Devices
	if len(devices) != 1 || !devices[0].Current {
		t.Fatalf("got %+v, want this device", devices)
	}
	ben.call(http.MethodDelete, "/push/devices/"+devices[0].ID, nil)
	if n := len(want[wire.PushInfo](anna, http.MethodGet, "/push", nil, http.StatusOK).Devices); n != 1 {
		t.Errorf("after somebody else's deletion: got %d devices, want 1", n)
	}
	anna.call(http.MethodDelete, "/push/devices/"+devices[0].ID, nil)
	if n := len(want[wire.PushInfo](anna, http.MethodGet, "/push", nil, http.StatusOK).Devices); n != 0 {
		t.Errorf("after the deletion: got %d devices, want none", n)
	}
	for field, wrong := range map[string]wire.NewPushDevice{
		"endpoint": {Endpoint: "http://push.example/x", Keys: device.Keys},
		"p256dh":   {Endpoint: device.Endpoint, Keys: wire.PushKeys{P256DH: "AAAA", Auth: aSecret}},
		"auth":     {Endpoint: device.Endpoint, Keys: wire.PushKeys{P256DH: aKey, Auth: "c2hvcnQ"}},
	} {
		wantError(t, anna.call(http.MethodPut, "/push/device", wrong), http.StatusUnprocessableEntity, chat.CodeInvalid, field)
	}
}
