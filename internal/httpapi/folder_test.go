package httpapi_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"partychat/internal/httpapi"
)

// folder has a page with a script inside it, and what is not to be served.
func folder(t *testing.T) string {
	t.Helper()
	base := t.TempDir()
	dir := filepath.Join(base, "pages")
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(base, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("secret.txt", "secret")
	write("pages/index.html", "<script>1</script>")
	write("pages/js/main.js", "main")
	write("pages/sub/index.html", "sub")
	write("pages/.env", "secret")
	write("pages/.git/config", "secret")
	write("pages/api/x.html", "hidden by the API")
	write("pages/assets/logo.png", "png")
	write("pages/assets/app.js", "hidden by the web client")
	write("pages/other/no-index.txt", "x")
	for from, to := range map[string]string{
		"inside.js": "js/main.js", "outside.txt": "../secret.txt", "absolute.txt": filepath.Join(base, "secret.txt"), "up": "..",
	} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// served asks for an address of the folder behind Secure; next answers 404 "next".
func served(t *testing.T, dir, method, address string, header ...string) (*http.Response, string) {
	t.Helper()
	pages, err := httpapi.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pages.Close(); err != nil {
			t.Error(err)
		}
	})
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "next")
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(address, "?")
	for _, name := range header {
		r.Header.Set(name, "script")
	}
	httpapi.Secure(pages.Before(func(path string) bool { return path == "/assets/app.js" }, next), nil, 0).ServeHTTP(w, r)
	response := w.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestAFolderOfPagesIsServed(t *testing.T) {
	dir := folder(t)
	for _, test := range []struct{ address, contentType, body string }{
		{"/", "text/html; charset=utf-8", "<script>1</script>"},
		{"/index.html", "text/html; charset=utf-8", "<script>1</script>"},
		{"/?username=ann&room=den", "text/html; charset=utf-8", "<script>1</script>"},
		{"/js/main.js", "text/javascript; charset=utf-8", "main"},
		{"/inside.js", "text/javascript; charset=utf-8", "main"},
		{"/sub/", "text/html; charset=utf-8", "sub"},
		{"/assets/logo.png", "image/png", "png"},
	} {
		response, body := served(t, dir, http.MethodGet, test.address)
		if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != test.contentType || body != test.body {
			t.Errorf("%s: got %d, %s, %q, want %s, %q", test.address, response.StatusCode, got, body, test.contentType, test.body)
		}
		if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "'unsafe-inline'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: got the policy %q, want scripts inside to run and no frames", test.address, policy)
		}
	}
	response, _ := served(t, dir, http.MethodGet, "/sub?a=b")
	if got := response.Header.Get("Location"); response.StatusCode != http.StatusSeeOther || got != "/sub/?a=b" {
		t.Errorf("a folder without the slash: got %d to %q, want a redirect to /sub/?a=b", response.StatusCode, got)
	}
}

func TestOfAFolderOfPagesNothingElseIsServed(t *testing.T) {
	dir := folder(t)
	for _, address := range []string{
		"/../secret.txt", "/js/../../secret.txt", "/outside.txt", "/absolute.txt", "/up/secret.txt", "/.env", "/.git/config", "/js/../.env",
		"/api/x.html", "/assets/app.js", "/socket.io/x", "/home", "/login", "/pipe", "/other/", "/none.html", "/js\\main.js", "/js/main.js\x00",
	} {
		response, body := served(t, dir, http.MethodGet, address)
		if response.StatusCode != http.StatusNotFound || body != "next" {
			t.Errorf("%s: got %d, %q, want it left to the web client", address, response.StatusCode, body)
		}
		if policy := response.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") {
			t.Errorf("%s: got the policy of pages, %q", address, policy)
		}
	}
	if response, body := served(t, dir, http.MethodPost, "/"); response.StatusCode != http.StatusNotFound || body != "next" {
		t.Errorf("POST: got %d, %q, want it left to the API", response.StatusCode, body)
	}
	if response, body := served(t, dir, http.MethodGet, "/js/main.js", "Service-Worker"); response.StatusCode != http.StatusNotFound || body != "next" {
		t.Errorf("a service worker: got %d, %q, want none from a folder", response.StatusCode, body)
	}
	if _, err := httpapi.OpenFolder(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there: got no error")
	}
}
