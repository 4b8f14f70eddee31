package chat

import (
	"context"
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"time"
)

// PushPolicy is what the server allows of pushes. The zero value turns them off.
type PushPolicy struct {
	// Key is the server's public key (RFC 8292), base64url without padding.
	Key string
	// Devices is how many devices of a user receive pushes; default 10.
	Devices int
	// Endpoint returns an error if the server must not send requests to the URL, for
	// people to read.
	Endpoint func(*url.URL) error
}

// defaultPushDevices is the default of PushPolicy.Devices.
const defaultPushDevices = 10

// PushDevice is what a browser says about itself, so that it receives pushes.
type PushDevice struct {
	Endpoint  string
	P256DH    string // the device's public key, base64url
	Auth      string // the device's secret, base64url
	Origin    string // where the browser has opened the client
	ShowsText bool
}

// endpointMax is the longest URL of a push service, in bytes.
const endpointMax = 2048

// activeTime is how long a sign of the user counts as looking at a device.
const activeTime = 45 * time.Second

// Pushes is the service for devices that receive pushes.
type Pushes struct {
	*core
	policy PushPolicy
}

// Key returns the server's public key; "" if pushes are off.
func (p *Pushes) Key() string { return p.policy.Key }

// Put makes a device, on which the user is logged in with this session, receive pushes. Errors:
// CodeInvalid on "endpoint", "p256dh" or "auth"; CodeForbidden if pushes are off.
func (p *Pushes) Put(ctx context.Context, by Identity, device PushDevice) (PushSubscription, error) {
	if p.policy.Key == "" {
		return PushSubscription{}, Errorf(CodeForbidden, "This server does not send push notifications.")
	}
	if err := p.checkEndpoint(device.Endpoint); err != nil {
		return PushSubscription{}, err
	}
	key, err := decodeKey(device.P256DH)
	if err == nil {
		_, err = ecdh.P256().NewPublicKey(key)
	}
	if err != nil {
		return PushSubscription{}, ErrorIn("p256dh", CodeInvalid, "The key must be a point on the curve P-256, in base64url.")
	}
	const secretLength = 16
	secret, err := decodeKey(device.Auth)
	if err != nil || len(secret) != secretLength {
		return PushSubscription{}, ErrorIn("auth", CodeInvalid, "The secret must have 16 bytes, in base64url.")
	}
	hash := sha256.Sum256([]byte(device.Endpoint))
	now := p.now()
	sub := PushSubscription{
		ID: hex.EncodeToString(hash[:16]), User: by.User.ID, Session: by.Session, Endpoint: device.Endpoint,
		P256DH: base64.RawURLEncoding.EncodeToString(key), Auth: base64.RawURLEncoding.EncodeToString(secret),
		Origin: device.Origin, ShowsText: device.ShowsText, CreatedAt: now, RenewedAt: now,
	}
	return sub, p.store.PutPushSubscription(ctx, sub, p.policy.Devices)
}

func (p *Pushes) checkEndpoint(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(text) > endpointMax {
		return ErrorIn("endpoint", CodeInvalid, "The endpoint must be an https URL of a push service.")
	}
	if p.policy.Endpoint == nil {
		return nil
	}
	if err := p.policy.Endpoint(u); err != nil {
		return ErrorIn("endpoint", CodeInvalid, "%s", err.Error())
	}
	return nil
}

// decodeKey reads base64url or base64, with or without padding.
func decodeKey(text string) ([]byte, error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	return base64.RawURLEncoding.DecodeString(text)
}

// List returns the user's devices, those used last first.
func (p *Pushes) List(ctx context.Context, user UserID) ([]PushSubscription, error) {
	return p.store.PushSubscriptions(ctx, user)
}

// Delete makes a device of the user receive no pushes any more. Doing it twice is no
// error.
func (p *Pushes) Delete(ctx context.Context, user UserID, id string) error {
	return p.store.DeletePushSubscription(ctx, user, id)
}

// Active records that the user looks at a device now. For a moment, none of the user's
// devices receives pushes.
func (p *Pushes) Active(ctx context.Context, user UserID) error {
	return p.store.KeepActive(ctx, user, p.now().Add(activeTime))
}
