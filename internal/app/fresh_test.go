package app

import (
	"net"
	"net/http"
	"testing"
	"time"
)

func TestOnlyConnectionsOnWhichNothingWasAskedAreCut(t *testing.T) {
	tests := []struct {
		name    string
		states  []http.ConnState
		wantCut bool
	}{
		{"opened in advance", []http.ConnState{http.StateNew}, true},
		{"with a request", []http.ConnState{http.StateNew, http.StateActive}, false},
		{"between two requests", []http.ConnState{http.StateNew, http.StateActive, http.StateIdle}, false},
		{"taken over for WebSocket", []http.ConnState{http.StateNew, http.StateActive, http.StateHijacked}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, client := net.Pipe()
			defer func() { _, _ = server.Close(), client.Close() }()
			var fresh freshConns
			for _, state := range test.states {
				fresh.track(server, state)
			}
			fresh.close()
			// A deadline can be set on what is open.
			if err := server.SetDeadline(time.Time{}); (err != nil) != test.wantCut {
				t.Errorf("the server's end: %v, want it cut: %t", err, test.wantCut)
			}
		})
	}
}
