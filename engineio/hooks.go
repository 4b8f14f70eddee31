package engineio

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// Codes of a ConnectionError. Clients receive them too.
const (
	CodeUnknownTransport   = 0
	CodeUnknownSession     = 1
	CodeBadHandshakeMethod = 2
	CodeBadRequest         = 3
	CodeForbidden          = 4
	CodeUnsupportedVersion = 5
)

// ConnectionError describes a refused request, for Options.OnConnectionError.
type ConnectionError struct {
	Code    int            // one of the codes above
	Message string         // the text sent to the client
	Context map[string]any // details of the cause, with the official server's keys
	Request *http.Request
}

// CORS configures the CORS headers for pages of other origins. Which origins may connect is decided by
// Options.AllowedOrigins and CheckOrigin.
type CORS struct {
	Methods        []string      // allowed request methods. Default GET and POST
	Headers        []string      // allowed request headers. Default: those the browser asks for
	ExposedHeaders []string      // response headers that a page may read. Default: none
	MaxAge         time.Duration // how long a browser may cache the preflight answer. Default 10 minutes
	// NoCredentials tells browsers to send neither cookies nor Authorization, and removes both from
	// requests of other origins' pages, over WebSocket too.
	NoCredentials bool
}

// defaultCookie is the official server's cookie name.
const defaultCookie = "io"

// setCookie sends a client the id of its session in a cookie, for load balancers that route by it.
func (s *Server) setCookie(w http.ResponseWriter, id string) {
	if s.opts.Cookie == nil {
		return
	}
	cookie := *s.opts.Cookie //nolint:gosec // Secure is the application's to set; the others follow
	cookie.Value = id
	cookie.HttpOnly = true // the id is a secret
	setDefault(&cookie.Name, defaultCookie)
	setDefault(&cookie.Path, "/")
	setDefault(&cookie.SameSite, http.SameSiteLaxMode)
	http.SetCookie(w, &cookie)
}

// reject refuses a request and reports it to the application.
func (s *Server) reject(w http.ResponseWriter, r *http.Request, e *refusal, context map[string]any) {
	if s.opts.OnConnectionError != nil {
		s.opts.OnConnectionError(ConnectionError{Code: e.Code, Message: e.Message, Context: context, Request: r})
	}
	s.refuse(w, r, e)
}

// permit asks the application whether to accept a handshake.
func (s *Server) permit(w http.ResponseWriter, r *http.Request) bool {
	if s.opts.AllowRequest == nil {
		return true
	}
	err := s.opts.AllowRequest(r)
	if err == nil {
		return true
	}
	e := &refusal{Code: CodeForbidden, Message: err.Error(), status: http.StatusForbidden}
	s.reject(w, r, e, map[string]any{"message": err.Error()})
	return false
}

var errDuplicateID = errors.New("engineio: the id is empty or in use")

// newSessionID creates the id of a session.
func (s *Server) newSessionID(r *http.Request) (string, error) {
	if s.opts.NewID == nil {
		return randomID(), nil
	}
	id, err := s.opts.NewID(r)
	if err != nil {
		return "", err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, taken := s.sessions[id]; taken || id == "" {
		return "", errDuplicateID
	}
	return id, nil
}

// setCORS sets the headers that let a page read the response.
func (s *Server) setCORS(h http.Header, r *http.Request, t trust) {
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	switch {
	case origin == "":
		return
	case t == anonymous && !s.opts.CORS.NoCredentials:
		h.Set("Access-Control-Allow-Origin", "*")
	default:
		h.Set("Access-Control-Allow-Origin", origin)
		if t == trusted {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	}
	if len(s.opts.CORS.ExposedHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(s.opts.CORS.ExposedHeaders, ","))
	}
}
