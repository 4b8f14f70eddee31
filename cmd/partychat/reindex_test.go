package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestTheDoctorBuildsTheSearchIndexAnew(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	reindex := func() (code int, stdout, stderr string) {
		var out, errs bytes.Buffer
		code = run(t.Context(), []string{"doctor", "--reindex", "--data", data}, nil, &out, &errs)
		return code, out.String(), errs.String()
	}
	if code, stdout, stderr := reindex(); code != exitFailed || stdout != "" || !strings.Contains(stderr, "there is no database") {
		t.Errorf("nothing there: got code %d, %q, %q; want %d and why", code, stdout, stderr, exitFailed)
	}
	p := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", data)
	if code, _, stderr := reindex(); code != exitFailed || strings.Count(stderr, "\n") != 1 {
		t.Errorf("beside a server: got code %d, %q; want %d and one line", code, stderr, exitFailed)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.await(t); err != nil {
		t.Fatalf("stopping: %v", err)
	}
	if code, stdout, stderr := reindex(); code != 0 || stderr != "" || !strings.Contains(stdout, "The search index is complete.") {
		t.Errorf("with the server stopped: got code %d, %q, %q; want 0 and that it is complete", code, stdout, stderr)
	}
	if code, stdout, stderr := doctor(t, data); code != 0 {
		t.Errorf("the doctor afterwards: got code %d, %q, %q; want 0", code, stdout, stderr)
	}
}
