package engineio

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// trust says what a page of some origin may do.
type trust uint8

const (
	refused   trust = iota
	anonymous       // connect, but not as the user whose browser it is in
	trusted
)

// trustOf looks at a request's origin.
func (s *Server) trustOf(r *http.Request) trust {
	origin := r.Header.Get("Origin")
	switch {
	case origin == "":
		return trusted // no page
	case s.opts.CheckOrigin != nil:
		if s.opts.CheckOrigin(r) {
			return trusted
		}
		return refused
	case sameOrigin(origin, r), slices.ContainsFunc(s.opts.AllowedOrigins, func(allowed string) bool {
		return strings.EqualFold(allowed, origin)
	}):
		return trusted
	case slices.Contains(s.opts.AllowedOrigins, "*"):
		return anonymous
	}
	return refused
}

// withoutCredentials takes from a request what a browser adds by itself.
// Polling needs that less, for its responses cannot be read then; a WebSocket
// connection is beyond CORS.
func withoutCredentials(r *http.Request) *http.Request {
	bare := *r
	bare.Header = r.Header.Clone()
	bare.Header.Del("Cookie")
	bare.Header.Del("Authorization")
	return &bare
}

// sameOrigin compares hosts only: behind a proxy that ends TLS the request's
// own scheme is not known.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// setCORS lets a page read the response.
func setCORS(h http.Header, r *http.Request, t trust) {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	switch {
	case origin == "":
	case t == anonymous:
		h.Set("Access-Control-Allow-Origin", "*")
	default:
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
	}
}

// servePreflight answers a browser that asks what it may send.
func (s *Server) servePreflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET,POST")
	if headers := r.Header.Get("Access-Control-Request-Headers"); headers != "" {
		h.Add("Vary", "Access-Control-Request-Headers")
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
}
