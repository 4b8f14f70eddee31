package engineio

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// refusal is the response to a refused request. Codes and texts are the official server's.
type refusal struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	status  int
}

var (
	errUnknownTransport = &refusal{0, "Transport unknown", http.StatusBadRequest}
	errUnknownSession   = &refusal{1, "Session ID unknown", http.StatusBadRequest}
	errHandshakeMethod  = &refusal{2, "Bad handshake method", http.StatusBadRequest}
	errBadRequest       = &refusal{3, "Bad request", http.StatusBadRequest}
	errForbidden        = &refusal{4, "Forbidden", http.StatusForbidden}
	errUnknownVersion   = &refusal{5, "Unsupported protocol version", http.StatusBadRequest}
	errCrowd            = &refusal{3, "Too many connections from your network address", http.StatusTooManyRequests}
	errShuttingDown     = &refusal{3, "Server is shutting down", http.StatusServiceUnavailable}
)

// refuse answers a refused request with JSON, or with plain text if it asks for a WebSocket connection.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, e *refusal) {
	h := w.Header()
	body := []byte(e.Message)
	if isUpgrade(r) {
		h.Set("Content-Type", "text/plain; charset=utf-8") // AllowRequest may put what the client has sent into it
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Connection", "close")
	} else {
		h.Set("Content-Type", "application/json")
		body, _ = json.Marshal(e) // encoding an int and a string cannot fail
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.status)
	_, _ = w.Write(body) //nolint:gosec // fails only if the client has gone; browsers show neither JSON nor plain text as a page
}

const (
	// crowdRetry is the Retry-After of a network with too many connections, in seconds.
	crowdRetry = "5"
	// crowdLogEvery is how often that is logged.
	crowdLogEvery = time.Minute
)

// refuseCrowd refuses a handshake from a network with too many sessions.
func (s *Server) refuseCrowd(w http.ResponseWriter, r *http.Request, address netip.Addr) {
	now, last := time.Now().UnixNano(), s.crowdLog.Load()
	if now-last >= int64(crowdLogEvery) && s.crowdLog.CompareAndSwap(last, now) {
		s.opts.Logger.Warn("engineio: network has too many connections; refusing new ones",
			"network", Network(address), "most", s.opts.MaxSessions, "most not admitted", s.opts.MaxStrangers)
	}
	w.Header().Set("Retry-After", crowdRetry)
	s.reject(w, r, errCrowd, map[string]any{"name": "TOO_MANY_CONNECTIONS", "network": Network(address).String()})
}
