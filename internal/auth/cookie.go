package auth

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"partychat/internal/chat"
)

const (
	// CookieName begins the names of the cookies that hold a browser's session
	// token. Alone it is the name that older versions gave to all of them.
	CookieName = "partychat_session"

	// hostPrefix makes browsers refuse a cookie that another host, such as a
	// sibling subdomain, or a page without TLS has set (RFC 6265bis section 4.1.3.2).
	hostPrefix = "__Host-"

	// longestCookie is what browsers cut a cookie's life to.
	longestCookie = 400 * 24 * time.Hour

	// maxCookies is how many of a request's cookies are looked up at most.
	maxCookies = 4
)

// CookieNameFor gives the name of the session cookie of a server that is reached
// as host, as in the header line of that name. The port is in it, because
// browsers send a cookie to every port of its host: servers on two ports would
// overwrite each other's.
func CookieNameFor(host string, overTLS bool) string {
	port := host[strings.LastIndexByte(host, ':')+1:]
	if port == host || strings.Trim(port, "0123456789") != "" || port == "" {
		port = "" // none, or the end of an IPv6 address
	}
	switch {
	case overTLS && (port == "" || port == "443"):
		return hostPrefix + CookieName
	case overTLS:
		return hostPrefix + CookieName + "_" + port
	case port == "":
		return CookieName + "_80"
	default:
		return CookieName + "_" + port
	}
}

// sessionCookies gives those of a request's cookies that may hold its session,
// the likeliest first: the server's own, then those of other ports, since the
// port may have changed or be another node's, then the one of old versions. Over
// TLS what was set without it does not count, but for the last.
func sessionCookies(r *http.Request, own string) []*http.Cookie {
	kind := own[:strings.Index(own, CookieName)+len(CookieName)]
	rank := func(c *http.Cookie) int {
		switch {
		case c.Name == own:
			return 0
		case c.Name == CookieName:
			return 2
		case c.Name == kind, strings.HasPrefix(c.Name, kind+"_"):
			return 1
		default:
			return -1
		}
	}
	cookies := slices.DeleteFunc(r.Cookies(), func(c *http.Cookie) bool { return rank(c) < 0 || c.Value == "" })
	slices.SortStableFunc(cookies, func(a, b *http.Cookie) int { return rank(a) - rank(b) })
	return cookies[:min(len(cookies), maxCookies)]
}

// handshakeCookies gives those of a handshake's cookies that may hold its
// session, in their order.
func handshakeCookies(header http.Header) []*http.Cookie {
	cookies := slices.DeleteFunc((&http.Request{Header: header}).Cookies(), func(c *http.Cookie) bool {
		return !strings.HasPrefix(strings.TrimPrefix(c.Name, hostPrefix), CookieName) || c.Value == ""
	})
	return cookies[:min(len(cookies), maxCookies)]
}

// outgrown tells whether a session was begun by a version that puts its port into
// the cookie's name. Then the old name is not the browser's doing: over TLS, a
// sibling subdomain could have set it to log somebody in as somebody else.
func outgrown(cookie string, session chat.Session) bool {
	return cookie == CookieName && recordOf(session).Ported
}

// OwnCookieFirst leaves of a handshake's cookies those that may hold its session,
// the likeliest first, for Authenticate, which knows neither host nor TLS.
func (s *Sessions) OwnCookieFirst(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header["Cookie"] == nil {
			next.ServeHTTP(w, r)
			return
		}
		cookies := sessionCookies(r, CookieNameFor(r.Host, s.options.OverTLS(r)))
		narrowed := *r
		narrowed.Header = r.Header.Clone()
		narrowed.Header.Del("Cookie")
		for _, c := range cookies {
			narrowed.AddCookie(c)
		}
		next.ServeHTTP(w, &narrowed)
	})
}

// setCookie lets the browser keep the token for as long as the session can
// possibly last. The idle time-out is the store's to judge: an open page keeps
// a session alive through its socket, which renews no cookie.
func (s *Sessions) setCookie(v *visit, token string) {
	life := longestCookie
	if _, maxAge := s.terms(v.session); maxAge > 0 {
		life = min(life, v.session.CreatedAt.Add(maxAge).Sub(s.options.Now()))
	}
	s.writeCookie(v, v.own, token, max(1, int(life/time.Second)))
}

// deleteCookies deletes the cookie and those under other names that hold the same
// token. Those that hold another one may be another server's.
func (s *Sessions) deleteCookies(v *visit) {
	s.writeCookie(v, v.own, "", -1)
	s.deleteOthers(v)
}

func (s *Sessions) deleteOthers(v *visit) {
	for _, name := range v.others {
		s.writeCookie(v, name, "", -1)
	}
	v.others = nil
}

// writeCookie replaces what this answer has already said about the cookie.
func (s *Sessions) writeCookie(v *visit, name, token string, maxAge int) {
	cookie := http.Cookie{ //nolint:gosec // Secure is set under TLS; without TLS a Secure cookie would not come back
		Name: name, Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.overTLS,
	}
	header := v.w.Header()
	others := header.Values("Set-Cookie")
	header.Del("Set-Cookie")
	for _, other := range others {
		if !strings.HasPrefix(other, name+"=") {
			header.Add("Set-Cookie", other)
		}
	}
	header.Add("Set-Cookie", cookie.String())
}
