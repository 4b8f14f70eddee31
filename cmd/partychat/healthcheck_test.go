package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
)

// port returns the port of a server's address.
func port(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(strings.TrimPrefix(address, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestHealthCheckReportsWhetherTheServerIsReady(t *testing.T) {
	ready := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", filepath.Join(t.TempDir(), "data"))
	unready := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no database\nto be found", http.StatusServiceUnavailable)
	}))
	defer unready.Close()
	nobody := httptest.NewServer(nil)
	nobody.Close()

	tests := []struct {
		name, host, port string
		want             string // part of the error; empty if there is none
	}{
		{"a ready server", "127.0.0.1", port(t, ready.url), ""},
		{"one that listens on every address", "0.0.0.0", port(t, ready.url), ""},
		{"one whose address is not given", "", port(t, ready.url), ""},
		{"a server that is not ready", "127.0.0.1", port(t, unready.URL), "not ready: 503 Service Unavailable no database to be found"},
		{"no server", "127.0.0.1", port(t, nobody.URL), "no server answers"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stdout, stderr strings.Builder
			code := run(t.Context(), []string{"healthcheck"}, []string{"PARTYCHAT_HOST=" + test.host, "PORT=" + test.port}, &stdout, &stderr)
			switch {
			case test.want == "":
				if code != 0 || stdout.String()+stderr.String() != "" {
					t.Errorf("got code %d, %q, %q; want 0 and silence", code, &stdout, &stderr)
				}
			case code != exitFailed || !strings.Contains(stderr.String(), test.want) || strings.Count(stderr.String(), "\n") != 1:
				t.Errorf("got code %d, %q; want %d and one line with %q", code, &stderr, exitFailed, test.want)
			}
		})
	}
}
