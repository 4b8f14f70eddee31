package auth

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"partychat/internal/chat"
)

const (
	// CookieName is the prefix of the names of session cookies. Older versions
	// used it as the whole name.
	CookieName = "partychat_session"

	// hostPrefix makes browsers reject a cookie that was set by another host,
	// such as a sibling subdomain, or by a page without TLS (RFC 6265bis section
	// 4.1.3.2).
	hostPrefix = "__Host-"

	// longestCookie is the maximum lifetime of a cookie in browsers.
	longestCookie = 400 * 24 * time.Hour

	// maxCookies is the maximum number of a request's cookies that are looked up.
	maxCookies = 4
)

// CookieNameFor returns the name of the session cookie for a host, as in the Host
// header. The name contains the port: browsers send a cookie to every port of its
// host, so servers on two ports would overwrite each other's cookies.
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

// sessionCookies returns the cookies of a request that may hold its session, the
// likeliest first: the cookie of this server, then those of other ports, because
// the port may have changed or belong to another node, then the cookie of old
// versions. Over TLS, cookies that were set without TLS do not count, except the
// last kind.
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

// handshakeCookies returns the cookies of a handshake that may hold its session,
// in their order.
func handshakeCookies(header http.Header) []*http.Cookie {
	cookies := slices.DeleteFunc((&http.Request{Header: header}).Cookies(), func(c *http.Cookie) bool {
		return !strings.HasPrefix(strings.TrimPrefix(c.Name, hostPrefix), CookieName) || c.Value == ""
	})
	return cookies[:min(len(cookies), maxCookies)]
}

// outgrown reports whether a cookie has the old name although its session began
// in a version that puts the port into the name. Then the cookie does not come
// from this server: over TLS, a sibling subdomain could have set it to log
// somebody in as somebody else.
func outgrown(cookie string, session chat.Session) bool {
	return cookie == CookieName && recordOf(session).Ported
}

// OwnCookieFirst removes all cookies of a handshake except those that may hold
// its session, and sorts the likeliest first. It prepares the header for
// Authenticate, which knows neither host nor TLS.
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

// setCookie lets the browser keep the token for the maximum life of the session.
// The store checks the idle time-out: an open page keeps its session alive
// through its socket, which cannot renew a cookie.
func (s *Sessions) setCookie(v *visit, token string) {
	life := longestCookie
	if _, maxAge := s.options.terms(v.session); maxAge > 0 {
		life = min(life, v.session.CreatedAt.Add(maxAge).Sub(s.options.Now()))
	}
	v.writeCookie(v.own, token, max(1, int(life/time.Second)))
}

// deleteCookies deletes the cookie, and cookies with other names that hold the
// same token. Cookies with another token may belong to another server.
func (v *visit) deleteCookies() {
	v.writeCookie(v.own, "", -1)
	v.deleteOthers()
}

func (v *visit) deleteOthers() {
	for _, name := range v.others {
		v.writeCookie(name, "", -1)
	}
	v.others = nil
}

// writeCookie sets the cookie, and replaces an earlier setting in the same
// answer.
func (v *visit) writeCookie(name, token string, maxAge int) {
	cookie := http.Cookie{ //nolint:gosec // Secure is set over TLS; without TLS the browser would not return a Secure cookie
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
