package auth

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"partychat/internal/chat"
)

// deviceCookie is the prefix of the names of guest cookies. They hold a guest's
// id and secret, which identify the device after the session has ended.
const deviceCookie = "partychat_guest"

// deviceCookieBeside returns the name of the guest cookie that belongs to a
// session cookie: for the same port and, over TLS, for this host only.
func deviceCookieBeside(own string) string { return strings.Replace(own, CookieName, deviceCookie, 1) }

// Device returns the guest data of the device that makes the request; zero if it
// has none. The request must have come through Load.
func (s *Sessions) Device(ctx context.Context) chat.GuestDevice {
	if v := visitFrom(ctx); v != nil && !v.bearer {
		return v.device
	}
	return chat.GuestDevice{}
}

// SetDevice stores the guest data in the browser, for as long as browsers keep a
// cookie.
func (s *Sessions) SetDevice(ctx context.Context, device chat.GuestDevice) {
	if v := visitFrom(ctx); v != nil {
		v.device = device
		v.setDevice()
	}
}

func (v *visit) setDevice() {
	value := strconv.FormatInt(int64(v.device.User), 10) + "." + v.device.Secret
	v.writeCookie(deviceCookieBeside(v.own), value, int(longestCookie/time.Second))
}

// forgetDevice deletes the guest data, if there is any.
func (v *visit) forgetDevice() {
	if v.device != (chat.GuestDevice{}) {
		v.device = chat.GuestDevice{}
		v.writeCookie(deviceCookieBeside(v.own), "", -1)
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
