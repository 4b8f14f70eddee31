package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lines is a log that tests can read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) take() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.text.Reset()
	return l.text.String()
}

func TestARefusedOriginIsLoggedWithTheRemedy(t *testing.T) {
	var out lines
	r := startLogging(t, settings(t.TempDir()), slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelWarn})))
	for _, c := range []struct{ name, method, path string }{
		{"a socket", http.MethodGet, "/socket.io/?EIO=4&transport=polling"},
		{"a log-in", http.MethodPost, "/api/v1/session"},
	} {
		t.Run(c.name, func(t *testing.T) {
			origin := "https://" + strings.ReplaceAll(c.name, " ", "-") + ".example:8443"
			for range 3 {
				request, err := http.NewRequest(c.method, r.URL()+c.path, nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Host = "chat.example"
				request.Header.Set("Origin", origin)
				response, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.StatusCode != http.StatusForbidden {
					t.Errorf("got %s, want 403", response.Status)
				}
			}
			got := out.take()
			for _, part := range []string{"origin=" + origin, "host=chat.example", "--allowed-origins"} {
				if !strings.Contains(got, part) {
					t.Errorf("got the log %q, want %q in it", got, part)
				}
			}
			if strings.Count(got, "refused a page of another origin") != 1 {
				t.Errorf("three requests logged these lines, want one about the origin:\n%s", got)
			}
		})
	}
}

func TestLoggingOfRefusedOriginsIsRateLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out lines
		l := originLog{log: slog.New(slog.NewTextHandler(&out, nil))}
		flood := func() int {
			for i := range 1000 {
				r := httptest.NewRequest(http.MethodGet, "/socket.io/", nil)
				r.Header.Set("Origin", fmt.Sprintf("https://%d.example/%s", i, strings.Repeat("x", 10_000)))
				l.refused(r)
			}
			text := out.take()
			if most := originsLogged * 1000; len(text) > most {
				t.Errorf("got %d bytes of log, want at most %d", len(text), most)
			}
			return strings.Count(text, "\n")
		}
		for _, hour := range []string{"the first hour", "the second"} {
			if got := flood(); got != originsLogged {
				t.Errorf("%s: got %d lines, want %d", hour, got, originsLogged)
			}
			time.Sleep(originGap / 2)
			if got := flood(); got != 0 {
				t.Errorf("half an hour later: got %d lines, want none", got)
			}
			time.Sleep(originGap / 2)
		}
	})
}
