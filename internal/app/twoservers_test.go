package app

import (
	"bytes"
	"net/http"
	"net/http/cookiejar"
	"testing"
)

// Like browsers, Go's cookie jar shares cookies between all ports of a host.
func TestTwoServersOnOneHostKeepEachOthersUsersLoggedIn(t *testing.T) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := http.Client{Jar: jar}
	ask := func(r *running, method, path, body string) int {
		t.Helper()
		request, err := http.NewRequest(method, r.URL()+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		response, err := browser.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		return response.StatusCode
	}
	const session, users, anna = "/api/v1/session", "/api/v1/users", `{"username": "anna", "password": "correct horse"}`
	first, second := start(t, settings(t.TempDir())), start(t, settings(t.TempDir()))
	for _, step := range []struct {
		what         string
		at           *running
		method, path string
		body         string
		want         int
	}{
		{"signing up at the first", first, http.MethodPost, users, anna, http.StatusCreated},
		{"signing up at the second", second, http.MethodPost, users, anna, http.StatusCreated},
		{"the first afterwards", first, http.MethodGet, session, "", http.StatusOK},
		{"the second afterwards", second, http.MethodGet, session, "", http.StatusOK},
		{"logging out at the second", second, http.MethodDelete, session, "", http.StatusNoContent},
		{"the first, logged out at the second", first, http.MethodGet, session, "", http.StatusOK},
		{"the second, logged out", second, http.MethodGet, session, "", http.StatusUnauthorized},
	} {
		if got := ask(step.at, step.method, step.path, step.body); got != step.want {
			t.Errorf("%s: got %d, want %d", step.what, got, step.want)
		}
	}
}
