package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// Health is the answer of GET /readyz.
type Health struct {
	Status Status               `json:"status"`
	Parts  map[string]PartState `json:"parts,omitempty"` // by name
}

// Status says whether requests should be sent to this server now.
type Status string

// The statuses.
const (
	Ready       Status = "ready"
	Degraded    Status = "degraded"    // the server works without one of its parts
	Unavailable Status = "unavailable" // the server cannot work now
)

// PartState says whether a part that the server needs is available.
type PartState string

// The states of a part.
const (
	PartThere PartState = "ok"
	PartAway  PartState = "away"
)

// alive reports that the process runs. It depends on no other service, so that a
// database that is down does not cause a restart.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}

// ready reports whether this server should get requests: 503 if not. It logs
// nothing; the watcher of each part logs outages.
func ready(look func(context.Context) Health) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		health := look(r.Context())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if health.Status == Unavailable {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health) // the client may have disconnected
	}
}
