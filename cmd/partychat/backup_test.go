package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupOfARunningServerCanBeServed(t *testing.T) {
	data, copied := filepath.Join(t.TempDir(), "data"), t.TempDir()
	backup := func() (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = run(t.Context(), []string{"backup", "--data", data, filepath.Join(copied, "partychat.db")}, nil, &out, &errs)
		return code, out.String(), errs.String()
	}
	code, stdout, stderr := backup()
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "there is no database") {
		t.Errorf("nothing there: got code %d, %q, %q; want %d and why", code, stdout, stderr, exitFailed)
	}

	p := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	signUp(t, p.url, http.StatusCreated)
	code, stdout, stderr = backup()
	if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "is intact. Users: 1, rooms: 1, messages: 0.\n") {
		t.Errorf("beside a server: got code %d, %q, %q; want 0 and what was copied", code, stdout, stderr)
	}
	code, stdout, stderr = backup()
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "already exists") {
		t.Errorf("onto a backup: got code %d, %q, %q; want %d and why", code, stdout, stderr, exitFailed)
	}
	if code, stdout, stderr := doctor(t, copied); code != 0 || stderr != "" {
		t.Errorf("the doctor on the copy: got code %d, %q, %q; want 0", code, stdout, stderr)
	}
	if err := os.RemoveAll(data); err != nil {
		t.Fatal(err)
	}
	restored := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", copied)
	signUp(t, restored.url, http.StatusConflict) // the name is taken
}

func TestBackupWithPostgreSQLDoesNotCopyAnOldDataFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "copy.db")
	code, stdout, stderr := call(t, []string{"DATABASE_URL=postgres://user@host/chat", "PARTYCHAT_DATA=" + t.TempDir()}, "backup", file)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "pg_dump") {
		t.Errorf("got code %d, %q, %q; want %d and what to do instead", code, stdout, stderr, exitFailed)
	}
}

// signUp signs up as ada, with the given status: created, or conflict if she exists.
func signUp(t *testing.T, url string, want int) {
	t.Helper()
	response, err := http.Post(url+"/api/v1/users", "application/json",
		strings.NewReader(`{"username": "ada", "password": "correct horse", "token": true}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != want {
		t.Errorf("signing up: got %s, want %d", response.Status, want)
	}
}
