package engineio

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// originAllowed checks a request's origin, which also keeps WebSocket
// connections and credentials from foreign pages.
func (s *Server) originAllowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	if s.opts.CheckOrigin != nil {
		return s.opts.CheckOrigin(r)
	}
	return sameOrigin(origin, r) || slices.Contains(s.opts.AllowedOrigins, "*") ||
		slices.ContainsFunc(s.opts.AllowedOrigins, func(allowed string) bool {
			return strings.EqualFold(allowed, origin)
		})
}

// sameOrigin compares hosts only: behind a proxy that ends TLS the request's
// own scheme is not known.
func sameOrigin(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// setCORS lets a page of an allowed origin read the response.
func (s *Server) setCORS(h http.Header, r *http.Request) {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" {
		return
	}
	if s.opts.CheckOrigin == nil && slices.Contains(s.opts.AllowedOrigins, "*") {
		// Not with credentials, which would let any page act as the user.
		h.Set("Access-Control-Allow-Origin", "*")
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Credentials", "true")
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
