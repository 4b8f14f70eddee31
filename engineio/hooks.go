package engineio

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// The codes of a ConnectionError, which clients are told too.
const (
	CodeUnknownTransport   = 0
	CodeUnknownSession     = 1
	CodeBadHandshakeMethod = 2
	CodeBadRequest         = 3
	CodeForbidden          = 4
	CodeUnsupportedVersion = 5
)

// ConnectionError is a request that the server has refused, as
// Options.OnConnectionError is told of it.
type ConnectionError struct {
	Code    int            // one of the codes above
	Message string         // what the client is told
	Context map[string]any // what is known of the cause, under the official server's names
	Request *http.Request
}

// CORS says what pages of other origins may do besides connecting, which
// Options.AllowedOrigins and CheckOrigin decide.
type CORS struct {
	Methods        []string      // of requests. Default GET and POST
	Headers        []string      // of requests. Default: what the browser asks for
	ExposedHeaders []string      // of responses that a page may read. Default: none
	MaxAge         time.Duration // how long a browser may keep the answer. Default 10 minutes
	// NoCredentials has browsers send neither cookies nor Authorization, and takes
	// them from requests of pages of other origins, over WebSocket too.
	NoCredentials bool
}

// defaultCookie is the official server's.
const defaultCookie = "io"

// setCookie gives a client the id of its session, for balancers that go by it.
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

// reject refuses a request and tells the application.
func (s *Server) reject(w http.ResponseWriter, r *http.Request, e *refusal, context map[string]any) {
	if s.opts.OnConnectionError != nil {
		s.opts.OnConnectionError(ConnectionError{Code: e.Code, Message: e.Message, Context: context, Request: r})
	}
	s.refuse(w, r, e)
}

// permit asks the application whether a handshake may go on.
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

// newSessionID makes a session's id.
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

// setCORS lets a page read the response.
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
