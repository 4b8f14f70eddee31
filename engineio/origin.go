package engineio

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
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

// trustOfAllowed looks at a request of an origin that may connect.
func (s *Server) trustOfAllowed(origin string, r *http.Request) trust {
	if s.opts.CORS.NoCredentials && !sameOrigin(origin, r) {
		return anonymous
	}
	return trusted
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

// servePreflight answers a browser that asks what it may send.
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
