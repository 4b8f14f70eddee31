package wire

import (
	"net/url"
	"time"

	"partychat/internal/chat"
)

// PushInfo is the answer to the request for my devices.
type PushInfo struct {
	Key     string       `json:"key,omitempty" doc:"the server's public key, for PushManager.subscribe; absent: the server sends no pushes"`
	Devices []PushDevice `json:"devices" doc:"my devices that receive pushes, those used last first"`
}

// PushDevice is a device that receives pushes.
type PushDevice struct {
	ID        string    `json:"id"`
	Current   bool      `json:"current,omitempty" doc:"the device of this session"`
	Service   string    `json:"service" doc:"the host of its push service"`
	ShowsText bool      `json:"showsText" doc:"its pushes have the text of messages"`
	CreatedAt time.Time `json:"createdAt"`
	RenewedAt time.Time `json:"renewedAt" doc:"when the device last reported itself"`
}

// PushDeviceOf returns the device as its user sees it, in that session. It leaves out
// the endpoint, which is a secret.
func PushDeviceOf(sub chat.PushSubscription, session string) PushDevice {
	d := PushDevice{
		ID: sub.ID, Current: session != "" && sub.Session == session, ShowsText: sub.ShowsText, CreatedAt: sub.CreatedAt, RenewedAt: sub.RenewedAt,
	}
	if u, err := url.Parse(sub.Endpoint); err == nil {
		d.Service = u.Host
	}
	return d
}

// PushInfoOf returns the devices as their user sees them, in that session.
func PushInfoOf(key string, subs []chat.PushSubscription, session string) PushInfo {
	return PushInfo{Key: key, Devices: listOf(subs, func(sub chat.PushSubscription) PushDevice { return PushDeviceOf(sub, session) })}
}

// NewPushDevice is the body of the request that makes this device receive pushes: a
// PushSubscription of the browser, as JSON, and choices.
type NewPushDevice struct {
	Endpoint  string   `json:"endpoint" doc:"an https URL of the push service"`
	Keys      PushKeys `json:"keys"`
	ShowsText bool     `json:"showsText" doc:"whether pushes have the text of messages"`
}

// PushKeys are what it takes to encrypt for a device (RFC 8291).
type PushKeys struct {
	P256DH string `json:"p256dh" doc:"the device's public key, base64url"`
	Auth   string `json:"auth" doc:"the device's secret, base64url"`
}

// Input returns what the device has reported, from a page of that origin.
func (d NewPushDevice) Input(origin string) chat.PushDevice {
	return chat.PushDevice{Endpoint: d.Endpoint, P256DH: d.Keys.P256DH, Auth: d.Keys.Auth, Origin: origin, ShowsText: d.ShowsText}
}
