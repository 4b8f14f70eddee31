package auth

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"partychat/internal/chat"
)

// deviceCookie begins the names of the cookies that hold what a guest's device
// proves itself by, once the session has ended: the guest's id and a secret.
const deviceCookie = "partychat_guest"

// deviceCookieBeside gives the name that goes with that of a session cookie: of the
// same port, and of this host alone under TLS.
func deviceCookieBeside(own string) string { return strings.Replace(own, CookieName, deviceCookie, 1) }

// Device gives what the device proves itself by that makes the request, which
// must have come through Load; zero if it has nothing.
func (s *Sessions) Device(ctx context.Context) chat.GuestDevice {
	if v := visitFrom(ctx); v != nil && !v.bearer {
		return v.device
	}
	return chat.GuestDevice{}
}

// SetDevice lets the device that makes the request keep the secret, for as long
// as browsers keep anything.
func (s *Sessions) SetDevice(ctx context.Context, device chat.GuestDevice) {
	if v := visitFrom(ctx); v != nil {
		v.device = device
		s.setDevice(v)
	}
}

func (s *Sessions) setDevice(v *visit) {
	value := strconv.FormatInt(int64(v.device.User), 10) + "." + v.device.Secret
	s.writeCookie(v, deviceCookieBeside(v.own), value, int(longestCookie/time.Second))
}

// forgetDevice takes the secret away, where there is one.
func (s *Sessions) forgetDevice(v *visit) {
	if v.device != (chat.GuestDevice{}) {
		v.device = chat.GuestDevice{}
		s.writeCookie(v, deviceCookieBeside(v.own), "", -1)
	}
}

func deviceFrom(r *http.Request, own string) chat.GuestDevice {
	cookie, err := r.Cookie(deviceCookieBeside(own))
	if err != nil {
		return chat.GuestDevice{}
	}
	id, secret, _ := strings.Cut(cookie.Value, ".")
	user, err := strconv.ParseInt(id, 10, 64)
	if err != nil || user <= 0 || secret == "" {
		return chat.GuestDevice{}
	}
	return chat.GuestDevice{User: chat.UserID(user), Secret: secret}
}
