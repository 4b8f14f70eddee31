package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
)

// Health is what GET /readyz answers.
type Health struct {
	Status Status               `json:"status"`
	Parts  map[string]PartState `json:"parts,omitempty"` // by name
}

// Status says whether requests should be sent to this server now.
type Status string

// The statuses.
const (
	Ready       Status = "ready"
	Degraded    Status = "degraded"    // it serves, without what a part is for
	Unavailable Status = "unavailable" // it can do nothing for now
)

// PartState says whether a part that the server needs is there.
type PartState string

// The states of a part.
const (
	PartThere PartState = "ok"
	PartAway  PartState = "away"
)

// alive says that the process runs and answers. It asks nobody else, so that a
// database that is away does not get the process restarted.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}

// ready says whether requests should be sent here now: 503 if not. That a part
// is away is logged by whoever watches over it, not each time somebody asks.
func ready(look func(context.Context) Health) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		health := look(r.Context())
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if health.Status == Unavailable {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(health) // who asked may have gone
	}
}
