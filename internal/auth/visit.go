package auth

import (
	"context"
	"net/http"
	"strings"
	"time"

	"partychat/internal/chat"
)

// CookieName is the cookie that holds a browser's session token.
const CookieName = "partychat_session"

// longestCookie is what browsers cut a cookie's life to.
const longestCookie = 400 * 24 * time.Hour

// visit is one request or handshake: what it holds and who makes it.
type visit struct {
	w       http.ResponseWriter
	overTLS bool
	bearer  bool         // by Authorization header, so that no cookie is wanted
	session chat.Session // zero if there is none
	user    chat.User
	slid    bool // the expiry has just been moved
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
		token, bearer := tokenFrom(r.Header)
		v := &visit{w: w, overTLS: s.options.OverTLS(r), bearer: bearer}
		ctx, err := s.find(context.WithValue(r.Context(), visitKey{}, v), v, token)
		if err != nil {
			if r.Context().Err() == nil {
				s.options.Log.Error("a request's session could not be looked up", "err", err)
			}
			s.options.Fail(w, r, err)
			return
		}
		if v.slid && !bearer {
			s.setCookie(v, token)
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// tokenFrom prefers the header: a program that sends one means it.
func tokenFrom(header http.Header) (token string, bearer bool) {
	const scheme = "Bearer "
	if h := header.Get("Authorization"); len(h) > len(scheme) && strings.EqualFold(h[:len(scheme)], scheme) {
		return strings.TrimSpace(h[len(scheme):]), true
	}
	if cookie, err := (&http.Request{Header: header}).Cookie(CookieName); err == nil {
		return cookie.Value, false
	}
	return "", false
}

// setCookie lets the browser keep the token for as long as the session can
// possibly last. The idle time-out is the store's to judge: an open page keeps
// a session alive through its socket, which renews no cookie.
func (s *Sessions) setCookie(v *visit, token string) {
	life := longestCookie
	if s.options.MaxAge > 0 {
		life = min(life, v.session.CreatedAt.Add(s.options.MaxAge).Sub(s.options.Now()))
	}
	s.writeCookie(v, token, max(1, int(life/time.Second)))
}

func (s *Sessions) deleteCookie(v *visit) { s.writeCookie(v, "", -1) }

// writeCookie replaces what this answer has already said about the cookie.
func (s *Sessions) writeCookie(v *visit, token string, maxAge int) {
	cookie := http.Cookie{ //nolint:gosec // Secure is set under TLS; without TLS a Secure cookie would not come back
		Name: CookieName, Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.overTLS,
	}
	header := v.w.Header()
	others := header.Values("Set-Cookie")
	header.Del("Set-Cookie")
	for _, other := range others {
		if !strings.HasPrefix(other, CookieName+"=") {
			header.Add("Set-Cookie", other)
		}
	}
	header.Add("Set-Cookie", cookie.String())
}
