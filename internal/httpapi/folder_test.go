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

// folder contains a page with an inline script, and files that must not be served.
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
	write("pages/api/x.html", "their own")
	write("pages/assets/logo.png", "png")
	write("pages/other/no-index.txt", "x")
	for from, to := range map[string]string{
		"inside.js": "js/main.js", "outside.txt": "../secret.txt", "absolute.txt": filepath.Join(base, "secret.txt"), "up": "..",
		"env.txt": ".env", "git": ".git", "chain": "env.txt", "js/env.js": "../.env", "around": "sub/../git/config",
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

// served requests an address of the folder behind Secure.
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
	w := httptest.NewRecorder()
	r := httptest.NewRequest(method, "/", nil)
	r.URL.Path, r.URL.RawQuery, _ = strings.Cut(address, "?")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	httpapi.Secure(pages, nil, 0).ServeHTTP(w, r)
	response := w.Result()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestFolderOfPagesIsServed(t *testing.T) {
	dir := folder(t)
	for _, test := range []struct{ address, contentType, body string }{
		{"/", "text/html; charset=utf-8", "<script>1</script>"},
		{"/index.html", "text/html; charset=utf-8", "<script>1</script>"},
		{"/?username=ann&room=den", "text/html; charset=utf-8", "<script>1</script>"},
		{"/js/main.js", "text/javascript; charset=utf-8", "main"},
		{"/inside.js", "text/javascript; charset=utf-8", "main"},
		{"/sub/", "text/html; charset=utf-8", "sub"},
		{"/assets/logo.png", "image/png", "png"},
		{"/api/x.html", "text/html; charset=utf-8", "their own"},
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

func TestNavigationToAMissingFileShowsTheFirstPage(t *testing.T) {
	dir := folder(t)
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	for address, found := range map[string]bool{"/den/?username=ann": true, "/chat": true, "/home": true, "/none.js": false, "/img/none.png": false} {
		response, body := served(t, dir, http.MethodGet, address, "Accept", browser)
		if want := "<script>1</script>"; found && (response.StatusCode != http.StatusOK || body != want) || !found && response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: got %d, %q, want the first page: %t", address, response.StatusCode, body, found)
		}
	}
	if response, _ := served(t, dir, http.MethodGet, "/chat", "Accept", "*/*"); response.StatusCode != http.StatusNotFound {
		t.Errorf("a script that asks for /chat: got %d, want 404", response.StatusCode)
	}
}

func TestNothingOutsideTheFolderOfPagesIsServed(t *testing.T) {
	dir := folder(t)
	for _, address := range []string{
		"/../secret.txt", "/js/../../secret.txt", "/outside.txt", "/absolute.txt", "/up/secret.txt", "/env.txt", "/git/config",
		"/chain", "/js/env.js", "/around", "/.env", "/.git/config", "/js/../.env",
		"/home", "/login", "/pipe", "/other/", "/none.html", "/js\\main.js", "/js/main.js\x00",
	} {
		response, body := served(t, dir, http.MethodGet, address)
		if response.StatusCode != http.StatusNotFound || strings.Contains(body, "secret") {
			t.Errorf("%s: got %d, %q, want 404", address, response.StatusCode, body)
		}
		if policy := response.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") {
			t.Errorf("%s: got the policy of pages, %q", address, policy)
		}
	}
	if response, _ := served(t, dir, http.MethodPost, "/"); response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: got %d, want 405", response.StatusCode)
	}
	if response, _ := served(t, dir, http.MethodGet, "/js/main.js", "Service-Worker", "script"); response.StatusCode != http.StatusNotFound {
		t.Errorf("a service worker: got %d, want none from a folder", response.StatusCode)
	}
	if _, err := httpapi.OpenFolder(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there: got no error")
	}
}
