//go:build linux

package faults

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"partychat/internal/realserver"
)

// server is a process of the program. Its port stays the same after a restart.
type server struct {
	t    *testing.T
	data string
	url  string
	args []string
	// soaked is true if serveSoaked runs instead of the program.
	soaked bool

	cmd    *exec.Cmd
	ended  chan error // of cmd
	stderr output
}

// output is a process's output, to be shown when something fails.
type output struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.all.String()
}

// newServer prepares a server for the data folder; start starts it.
func newServer(t *testing.T, data string, args ...string) *server {
	t.Helper()
	port, err := realserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, data: data, url: fmt.Sprintf("http://127.0.0.1:%d", port)}
	s.args = append([]string{
		"serve", "--host", "127.0.0.1", "--port", strconv.Itoa(port), "--data", data, "--send-rate", "100000",
		"--read-rate", "100000", "--write-rate", "100000",
	}, args...)
	t.Cleanup(s.finish)
	return s
}

// finish ends a server that is still running, and checks its log.
func (s *server) finish() {
	if s.cmd != nil {
		s.kill()
	}
	log := s.stderr.String()
	for _, sign := range []string{"panic:", "DATA RACE", "fatal error:"} {
		if strings.Contains(log, sign) {
			s.t.Errorf("the server's log contains %q", sign)
		}
	}
	if s.t.Failed() {
		s.t.Logf("the end of the server's log:\n%s", log[max(0, len(log)-4000):])
	}
}

// start starts the process and returns once it serves.
func (s *server) start() {
	s.t.Helper()
	if err := s.tryStart(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) tryStart() error {
	s.cmd = exec.Command(binary, s.args...)
	if s.soaked {
		s.cmd = exec.Command(os.Args[0])
		s.cmd.Env = append(os.Environ(), soakedEnv+"="+strings.Join(s.args[1:], " "))
	}
	s.cmd.Stderr = &s.stderr
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.cmd.Start(); err != nil {
		return err
	}
	cmd, ended := s.cmd, make(chan error, 1)
	s.ended = ended
	ready := make(chan error, 1)
	go func() {
		lines := bufio.NewReader(stdout)
		line, err := lines.ReadString('\n')
		if err == nil && !strings.HasPrefix(line, "PartyChat is ready at ") {
			err = fmt.Errorf("the first line is %q", line)
		}
		ready <- err
		_, _ = lines.WriteTo(&s.stderr)
		ended <- cmd.Wait()
	}()
	select {
	case err := <-ready:
		if err != nil {
			err = fmt.Errorf("the server did not start: %w; %s", err, s.stderr.String())
		}
		return err
	case <-time.After(deadline):
		return errors.New("the server did not start")
	}
}

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("%v: %v", sig, err)
	}
}

// kill ends the process without warning.
func (s *server) kill() {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGKILL)
	<-s.ended
	s.cmd = nil
}

// terminate asks the process to end, and returns how long it took.
func (s *server) terminate() time.Duration {
	s.t.Helper()
	start := time.Now()
	s.signal(syscall.SIGTERM)
	select {
	case err := <-s.ended:
		if err != nil {
			s.t.Errorf("the server ended with %v, want no error", err)
		}
	case <-time.After(deadline):
		s.t.Fatal("the server does not end")
	}
	s.cmd = nil
	return time.Since(start)
}

// status returns a field of the process's status, such as VmRSS, in its unit.
func (s *server) status(field string) int64 {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "status"))
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		name, value, _ := strings.Cut(line, ":")
		if fields := strings.Fields(value); name == field && len(fields) > 0 {
			n, err := strconv.ParseInt(fields[0], 10, 64)
			if err != nil {
				s.t.Fatal(err)
			}
			return n
		}
	}
	s.t.Fatalf("the status has no %s", field)
	return 0
}

// cpu returns the process's CPU time.
func (s *server) cpu() time.Duration {
	s.t.Helper()
	raw, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "stat"))
	if err != nil {
		s.t.Fatal(err)
	}
	const tick = time.Second / 100 // proc(5): USER_HZ
	_, rest, _ := strings.Cut(string(raw), ") ")
	var used time.Duration
	for _, field := range strings.Fields(rest)[11:13] { // utime, stime
		n, err := strconv.Atoi(field)
		if err != nil {
			s.t.Fatal(err)
		}
		used += time.Duration(n) * tick
	}
	return used
}

// resident returns the process's current memory and its peak since the start or
// forgetPeak, in MB.
func (s *server) resident() (now, peak int64) {
	s.t.Helper()
	return s.status("VmRSS") >> 10, s.status("VmHWM") >> 10
}

// forgetPeak resets the peak of resident.
func (s *server) forgetPeak() {
	s.t.Helper()
	name := filepath.Join("/proc", strconv.Itoa(s.cmd.Process.Pid), "clear_refs")
	if err := os.WriteFile(name, []byte("5"), 0); err != nil {
		s.t.Logf("the peak of memory counts from the start: %v", err)
	}
}
