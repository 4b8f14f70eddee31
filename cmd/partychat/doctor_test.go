package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// doctor runs partychat doctor on the folder.
func doctor(t *testing.T, data string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), []string{"doctor", "--data", data}, nil, &out, &errs)
	return code, out.String(), errs.String()
}

func TestDoctorChecksADataFolder(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	code, stdout, stderr := doctor(t, data)
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "there is no database") {
		t.Errorf("nothing there: got code %d, %q, %q; want %d and why", code, stdout, stderr, exitFailed)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the folder was made (%v)", err)
	}

	p := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	code, stdout, stderr = doctor(t, data)
	if code != 0 || stderr != "" || !strings.Contains(stdout, "A server is using this folder.") {
		t.Errorf("beside a server: got code %d, %q, %q; want 0 and that it runs", code, stdout, stderr)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.await(t); err != nil {
		t.Fatalf("stopping: %v", err)
	}
	code, stdout, stderr = doctor(t, data)
	if code != 0 || stderr != "" || !strings.HasSuffix(stdout, "is intact. Users: 0, rooms: 1, messages: 0.\n") || strings.Contains(stdout, "is using") {
		t.Errorf("a sound folder: got code %d, %q, %q; want 0 and that it is whole", code, stdout, stderr)
	}

	path := filepath.Join(data, "partychat.db")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 3 * 4096; at < len(content); at += 4096 {
		copy(content[at:], bytes.Repeat([]byte{0xff}, 100))
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	code, stdout, stderr = doctor(t, data)
	if code != exitFailed || strings.Count(stderr, "\n") != 1 || strings.Contains(stdout, "is whole") {
		t.Errorf("a damaged file: got code %d, %q, %q; want %d", code, stdout, stderr, exitFailed)
	}
}
