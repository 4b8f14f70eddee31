package engineio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// trust is what a page of some origin may do.
type trust uint8

const (
	refused   trust = iota
	anonymous       // connect, but not as the browser's user
	trusted
)

// trustOf decides by a request's Origin header.
func (s *Server) trustOf(r *http.Request) trust {
	origin := r.Header.Get("Origin")
	switch {
	case origin == "":
		return trusted // not from a page
	case s.opts.CheckOrigin != nil:
		if s.opts.CheckOrigin(r) {
			return s.trustOfAllowed(origin, r)
		}
		return refused
	case sameOrigin(origin, r):
		return trusted
	case slices.ContainsFunc(s.opts.AllowedOrigins, func(allowed string) bool { return strings.EqualFold(allowed, origin) }):
		return s.trustOfAllowed(origin, r)
	case slices.Contains(s.opts.AllowedOrigins, "*"):
		return anonymous
	}
	return refused
}

// trustOfAllowed decides for a request whose origin may connect.
func (s *Server) trustOfAllowed(origin string, r *http.Request) trust {
	if s.opts.CORS.NoCredentials && !sameOrigin(origin, r) {
		return anonymous
	}
	return trusted
}

// withoutCredentials removes the headers that a browser adds by itself. For WebSocket connections this
// is essential because CORS does not apply to them; polling responses could not be read by the page
// anyway.
func withoutCredentials(r *http.Request) *http.Request {
	bare := *r
	bare.Header = r.Header.Clone()
	bare.Header.Del("Cookie")
	bare.Header.Del("Authorization")
	return &bare
}

// sameOrigin compares only hosts: behind a proxy that terminates TLS, the scheme of the original
// request is unknown.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// servePreflight answers a browser's CORS preflight request.
func (s *Server) servePreflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", strings.Join(s.opts.CORS.Methods, ","))
	if headers := strings.Join(s.opts.CORS.Headers, ","); headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	} else if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		h.Add("Vary", "Access-Control-Request-Headers")
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", strconv.FormatInt(int64(s.opts.CORS.MaxAge/time.Second), 10))
	w.WriteHeader(http.StatusNoContent)
}
