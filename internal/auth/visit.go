package auth

import (
	"context"
	"net/http"
	"strings"

	"partychat/internal/chat"
)

// visit is one request or handshake: what it holds and who makes it.
type visit struct {
	w       http.ResponseWriter
	overTLS bool
	bearer  bool         // by Authorization header, so that no cookie is wanted
	own     string       // the name of this server's cookie
	brought bool         // a cookie of that name
	banned  bool         // there is a session, of somebody banned from the server
	others  []string     // the names of other cookies that hold the session's token
	session chat.Session // zero if there is none
	user    chat.User
	slid    bool // the expiry has just been moved
	device  chat.GuestDevice
	agent   string // what the browser or program calls itself
}

type visitKey struct{}

func visitFrom(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Load finds the session of each request, by cookie or by Authorization: Bearer
// header, slides it, and lets next ask for its Identity. A request without a
// session goes on as nobody's.
func (s *Sessions) Load(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Cookie, Authorization")
		token, bearer := bearerToken(r.Header)
		v := &visit{w: w, overTLS: s.options.OverTLS(r), bearer: bearer, agent: r.UserAgent()}
		v.own = CookieNameFor(r.Host, v.overTLS)
		v.device = deviceFrom(r, v.own)
		ctx := context.WithValue(r.Context(), visitKey{}, v)
		var err error
		if bearer {
			ctx, err = s.find(ctx, v, token)
		} else {
			cookies := sessionCookies(r, v.own)
			v.brought = len(cookies) > 0 && cookies[0].Name == v.own
			ctx, err = s.findByCookie(ctx, v, cookies)
		}
		if err != nil {
			if r.Context().Err() == nil {
				s.options.Log.Error("cannot look up a request's session", "err", err)
			}
			s.options.Fail(w, r, err)
			return
		}
		if v.slid && !bearer && v.device.User == v.user.ID {
			s.setDevice(v)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// ForgetEnded tells whether the request that ctx belongs to brought a cookie of
// this server's whose session is over, and deletes the cookie, so that its user
// is told once. The session may have idled away, or been ended elsewhere.
func (s *Sessions) ForgetEnded(ctx context.Context) bool {
	v := visitFrom(ctx)
	if v == nil || !v.brought || v.banned || v.user.ID != 0 {
		return false
	}
	s.writeCookie(v, v.own, "", -1)
	return true
}

// findByCookie is find for the first of the cookies that holds a session, and
// lets the browser keep the token under this server's own name.
func (s *Sessions) findByCookie(ctx context.Context, v *visit, cookies []*http.Cookie) (context.Context, error) {
	var nobodys context.Context // knows the token of a banned user, for Start to replace
	for _, c := range cookies {
		found, err := s.find(ctx, v, c.Value)
		if err != nil {
			return found, err
		}
		if v.user.ID == 0 {
			if nobodys == nil {
				nobodys = found
			}
			continue
		}
		if outgrown(c.Name, v.session) {
			v.session, v.user, v.slid = chat.Session{}, chat.User{}, false
			continue
		}
		for _, other := range cookies {
			if other.Value == c.Value && other.Name != v.own {
				v.others = append(v.others, other.Name)
			}
		}
		if v.slid || c.Name != v.own {
			// The others stay: a node of an older version knows nothing else.
			s.setCookie(v, c.Value)
		}
		return found, nil
	}
	if nobodys != nil {
		return nobodys, nil
	}
	return s.find(ctx, v, "")
}

// bearerToken gives the token of an Authorization header. It goes before
// cookies: a program that sends one means it.
func bearerToken(header http.Header) (token string, found bool) {
	const scheme = "Bearer "
	if h := header.Get("Authorization"); len(h) > len(scheme) && strings.EqualFold(h[:len(scheme)], scheme) {
		return strings.TrimSpace(h[len(scheme):]), true
	}
	return "", false
}
