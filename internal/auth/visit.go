package auth

import (
	"context"
	"net/http"
	"strings"

	"partychat/internal/chat"
)

// visit is one request or handshake, with its session and user.
type visit struct {
	w       http.ResponseWriter
	overTLS bool
	bearer  bool              // authenticated by an Authorization header: sets no cookies
	own     string            // the name of this server's cookie
	brought bool              // the request has a cookie of that name
	banned  bool              // the session belongs to a user who is banned from the server
	ended   []string          // ids of the sessions that it names and that are no more, or never were
	others  []string          // the names of other cookies that hold the session's token
	session chat.Session      // zero if there is none
	found   *chat.SessionUser // what the store knew about the session and its user; may be nil
	user    chat.User
	rev     int64 // of the user's stream, when the user was looked up
	slid    bool  // the expiry has just been extended
	device  chat.GuestDevice
	agent   string // the User-Agent header
}

// identity is whose session it is. There must be one.
func (v *visit) identity() chat.Identity {
	return chat.Identity{User: v.user, Session: v.session.ID, Rev: v.rev}
}

type visitKey struct{}

func visitFrom(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	return v
}

// Load finds the session of each request, by its cookie or its Authorization:
// Bearer header, extends it, and makes its Identity available to next. A request
// without a session has no user.
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
			v.setDevice()
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// ForgetEnded reports whether the request of ctx has a cookie of this server
// whose session has ended, and deletes the cookie, so that its user is told once.
// The session may have expired, or have been ended elsewhere.
func (s *Sessions) ForgetEnded(ctx context.Context) bool {
	v := visitFrom(ctx)
	if v == nil || !v.brought || v.banned || v.user.ID != 0 {
		return false
	}
	v.writeCookie(v.own, "", -1)
	return true
}

// Refusal returns the answer to a request without a session, which came through
// Load: CodeUnauthenticated, with the reason if the client had a session that was
// ended.
func (s *Sessions) Refusal(ctx context.Context) error {
	if v := visitFrom(ctx); v != nil {
		return refusalOf(ctx, s.users, v)
	}
	return errUnauthenticated()
}

// refusalOf returns the answer to a visit without a session.
func refusalOf(ctx context.Context, users Users, v *visit) error {
	refusal := errUnauthenticated()
	if v.banned {
		refusal.Reason = chat.EndBanned
		return refusal
	}
	for _, id := range v.ended {
		reason, err := users.SessionEnd(ctx, id)
		if err != nil {
			return err
		}
		if reason != "" {
			refusal.Reason = reason
			break
		}
	}
	return refusal
}

// findByCookie calls find for the first of the cookies that holds a session, and
// lets the browser keep the token under the name of this server.
func (s *Sessions) findByCookie(ctx context.Context, v *visit, cookies []*http.Cookie) (context.Context, error) {
	var nobodys context.Context // has a banned user's token, which Start replaces
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
			// Keep the other cookies: nodes of an older version know only them.
			s.setCookie(v, c.Value)
		}
		return found, nil
	}
	if nobodys != nil {
		return nobodys, nil
	}
	return s.find(ctx, v, "")
}

// bearerToken returns the token of an Authorization header. It takes precedence
// over cookies, because a program that sends it intends to use it.
func bearerToken(header http.Header) (token string, found bool) {
	const scheme = "Bearer "
	if h := header.Get("Authorization"); len(h) > len(scheme) && strings.EqualFold(h[:len(scheme)], scheme) {
		return strings.TrimSpace(h[len(scheme):]), true
	}
	return "", false
}
