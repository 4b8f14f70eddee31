package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// finish runs a command that ends by itself.
func finish(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, nil, &out, &errs)
	return code, out.String(), errs.String()
}

func TestBackupCopiedOverTheDatabaseOfAKilledServerIsRefusedButCanBeRestored(t *testing.T) {
	data, backup := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "backup.db")
	if code, _, stderr := finish(t, "restore", "--data", data, backup); code != exitFailed || !strings.Contains(stderr, "there is no database") {
		t.Errorf("no backup: got code %d, %q; want %d and why", code, stderr, exitFailed)
	}
	p := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	if code, _, stderr := finish(t, "backup", "--data", data, backup); code != 0 {
		t.Fatalf("backup: got code %d, %q", code, stderr)
	}
	signUp(t, p.url, http.StatusCreated)
	code, _, stderr := finish(t, "restore", "--data", data, backup)
	if code != exitFailed || !strings.Contains(stderr, "another server has this data folder open") {
		t.Errorf("beside a server: got code %d, %q; want %d and why", code, stderr, exitFailed)
	}
	_ = p.Process.Kill()
	_ = p.Wait()

	path := filepath.Join(data, "partychat.db")
	live, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr := call(t, nil, "serve", "--port", "0", "--host", "127.0.0.1", "--data", data)
	if code != exitFailed || stdout != "" || strings.Count(stderr, "\n") > 1 || !strings.Contains(stderr, "partychat restore") {
		t.Errorf("serving it: got code %d, %q, %q; want %d and the remedy", code, stdout, stderr, exitFailed)
	}
	if err := os.WriteFile(path, live, 0o600); err != nil {
		t.Fatal(err)
	}

	code, stdout, stderr = finish(t, "restore", "--data", data, backup)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "The previous database is now") || !strings.HasSuffix(stdout, "is intact. Users: 0, rooms: 1, messages: 0.\n") {
		t.Errorf("restoring: got code %d, %q, %q; want 0 and what is there", code, stdout, stderr)
	}
	restored := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	signUp(t, restored.url, http.StatusCreated) // the account is newer than the backup
}

func TestRestoreWithPostgreSQLDoesNotWriteToAnOldDataFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "copy.db")
	code, stdout, stderr := call(t, []string{"DATABASE_URL=postgres://user@host/chat", "PARTYCHAT_DATA=" + t.TempDir()}, "restore", file)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "pg_restore") {
		t.Errorf("got code %d, %q, %q; want %d and what to do instead", code, stdout, stderr, exitFailed)
	}
}
