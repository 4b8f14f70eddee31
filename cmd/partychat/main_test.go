package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"partychat/internal/sioclient"
)

// call runs the program within the test.
func call(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // a server that starts stops at once
	var out, errs bytes.Buffer
	code = run(ctx, args, environ, &out, &errs)
	return code, out.String(), errs.String()
}

func TestHelpAndVersion(t *testing.T) {
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"partychat alone shows the help", nil, []string{"serve", "version", "Self-hosted"}},
		{"serve --help explains every option", []string{"serve", "--help"}, []string{"--data DIR", "PARTYCHAT_DATA", "--port N", "PORT", "Default: 3000"}},
		{"help serve does the same", []string{"help", "serve"}, []string{"--session-idle TIME", "Default: 30m"}},
		{"doctor --help says what it looks for", []string{"doctor", "--help"}, []string{"--data", "exit code"}},
		{"backup --help says how to restore", []string{"backup", "--help"}, []string{"--data", "To restore", "exit code"}},
		{"migrate-store --help says what becomes of the folder", []string{"migrate-store", "--help"}, []string{"--data", "--database-url", "--redis-url", "stays as it is"}},
		{"healthcheck --help says what it asks", []string{"healthcheck", "--help"}, []string{"--port", "exit code"}},
		{"user --help names its commands", []string{"user", "--help"}, []string{"list", "reset-password", "promote", "demote", "servers use the same data folder"}},
		{"reset-password --help says where the password comes from", []string{"user", "reset-password", "--help"}, []string{"--stdin", "--database-url"}},
		{"setup-link --help says what it is for", []string{"setup-link", "--help"}, []string{"--data", "first admin"}},
		{"version", []string{"version"}, []string{"partychat "}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := call(t, nil, test.args...)
			if code != 0 || stderr != "" {
				t.Errorf("got code %d with %q on stderr, want 0 with nothing", code, stderr)
			}
			for _, want := range test.want {
				if !strings.Contains(stdout, want) {
					t.Errorf("stdout lacks %q:\n%s", want, stdout)
				}
			}
		})
	}
}

func TestUsageErrorIsOneLineAndExitCode2(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		args    []string
		want    string
	}{
		{"an unknown command", nil, []string{"srve"}, `unknown command "srve" for "partychat" (see partychat --help)`},
		{"an unknown command with a flag", nil, []string{"srve", "--port", "80"}, `unknown command "srve"`},
		{"an unknown command of a group", nil, []string{"user", "frob"}, `unknown command "frob" for "partychat user"`},
		{"an unknown command of a group with a flag", nil, []string{"user", "frob", "--data", "folder"}, `unknown command "frob" for "partychat user"`},
		{"a flag without a command", nil, []string{"--port=80"}, "unknown flag: --port"},
		{"an unknown flag", nil, []string{"serve", "--prot", "80"}, "unknown flag: --prot"},
		{"a flag of another command", nil, []string{"doctor", "--port", "80"}, "unknown flag: --port"},
		{"a flag without its value", nil, []string{"serve", "--port"}, "flag needs an argument: --port"},
		{"a wrong value", nil, []string{"serve", "--port", "http"}, `--port: must be a whole number from 0 to 65535, not "http"`},
		{"a wrong variable", []string{"PORT=http"}, []string{"serve"}, `PORT: must be a whole number from 0 to 65535, not "http"`},
		{"a backup to nowhere", nil, []string{"backup"}, "accepts 1 arg(s), received 0"},
		{"a promotion of nobody", nil, []string{"user", "promote"}, "accepts 1 arg(s), received 0"},
		{"a trial of nothing", nil, []string{"classic", "try"}, "received 0 (see partychat classic try --help)"},
		{"an argument too many", nil, []string{"serve", "now"}, `"now" is not an option; options begin with --`},
		{"a file that is not there", nil, []string{"serve", "--config", "/nonexistent.yaml"}, "no such file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := call(t, test.environ, test.args...)
			if code != exitUsage || stdout != "" {
				t.Errorf("got code %d with %q on stdout, want %d with nothing", code, stdout, exitUsage)
			}
			if !strings.HasPrefix(stderr, "partychat: ") || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 {
				t.Errorf("stderr: got %q, want one line with %q", stderr, test.want)
			}
		})
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := call(t, nil, "serve", "--port", "0", "--data", file)
	if code != exitFailed || !strings.Contains(stderr, "cannot use the data folder "+file) || strings.Count(stderr, "\n") != 1 {
		t.Errorf("got code %d with %q, want %d with one line that names the folder", code, stderr, exitFailed)
	}
}

// folder contains the program while the tests run.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "partychat-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// compile builds the program, once for all tests that need a process.
var compile = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(folder, "partychat")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w\n%s", err, out)
	}
	return binary, err
})

func build(t *testing.T) string {
	t.Helper()
	binary, err := compile()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// process is a running server.
type process struct {
	*exec.Cmd
	url    string
	stderr *bytes.Buffer
}

func start(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(binary, append([]string{"serve"}, args...)...), stderr: new(bytes.Buffer)}
	p.Stderr = p.stderr
	stdout, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		_ = p.Wait()
		t.Fatalf("no line on stdout: %v; stderr: %s", err, p.stderr)
	}
	var ok bool
	if p.url, ok = strings.CutPrefix(strings.TrimSpace(line), "PartyChat is ready at "); !ok {
		t.Fatalf("first line: got %q, want the address", line)
	}
	return p
}

// await waits for the process to end, longer than any sensible shutdown timeout.
func (p *process) await(t *testing.T) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(time.Minute):
		t.Fatal("the process does not end")
		return nil
	}
}

func TestF1_TheProgramServesAndStopsOnASignal(t *testing.T) {
	binary := build(t)
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(sig.String(), func(t *testing.T) {
			p := start(t, binary, "--port", "0", "--host", "127.0.0.1", "--data", filepath.Join(t.TempDir(), "data"), "--classic")
			response, err := http.Get(p.url + "/healthz")
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("healthz: got %s, want 200", response.Status)
			}
			var sockets []*sioclient.Client
			for _, polling := range []bool{false, true} {
				c, err := sioclient.Dial(p.url, sioclient.Options{Polling: polling})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				sockets = append(sockets, c)
			}
			if err := p.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			for _, c := range sockets {
				if told, err := c.AwaitClose(); err != nil || told {
					t.Errorf("socket told not to come back: %t, %v, want false", told, err)
				}
			}
			if err := p.await(t); err != nil {
				t.Errorf("after the signal: %v, want exit code 0; stderr: %s", err, p.stderr)
			}
		})
	}
}

func TestSecondSignalEndsTheProgramAtOnce(t *testing.T) {
	p := start(t, build(t), "--port", "0", "--host", "127.0.0.1", "--data", filepath.Join(t.TempDir(), "data"), "--shutdown-timeout", "10m")
	address := strings.TrimPrefix(p.url, "http://")
	hold(t, address)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for accepts(address) {
		if time.Now().After(deadline) {
			t.Fatal("the server still accepts connections")
		}
		time.Sleep(5 * time.Millisecond)
	}
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := p.await(t); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGTERM {
		t.Errorf("after the second signal: %v, want an end by it", err)
	}
}

// hold starts a request that does not end by itself: the body of a POST to a polling session.
func hold(t *testing.T, address string) {
	t.Helper()
	response, err := http.Get("http://" + address + "/socket.io/?EIO=4&transport=polling")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var handshake struct{ SID string }
	body, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(bytes.TrimPrefix(body, []byte("0")), &handshake)
	}
	if err != nil {
		t.Fatalf("handshake %q: %v", body, err)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /socket.io/?EIO=4&transport=polling&sid=%s HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n", handshake.SID, address)
	if err != nil {
		t.Fatal(err)
	}
	// The server sends 100 Continue once it has begun to read the body.
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "100") {
		t.Fatalf("got %q, %v, want 100 Continue", line, err)
	}
}

// accepts reports whether something listens at the address.
func accepts(address string) bool {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func TestSecondServerOnTheSameDataOrPortSaysSo(t *testing.T) {
	binary := build(t)
	data := filepath.Join(t.TempDir(), "data")
	first := start(t, binary, "--port", "0", "--host", "127.0.0.1", "--data", data)
	port := first.url[strings.LastIndexByte(first.url, ':')+1:]
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"the same data folder", []string{"--port", "0", "--data", data}, "another server has this data folder open"},
		{"the same port", []string{"--port", port, "--host", "127.0.0.1", "--data", filepath.Join(t.TempDir(), "other")}, "port " + port + " is in use"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var stderr bytes.Buffer
			cmd := exec.Command(binary, append([]string{"serve"}, test.args...)...)
			cmd.Stderr = &stderr
			err := cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
				t.Errorf("got %v, want exit code %d", err, exitFailed)
			}
			if !strings.Contains(stderr.String(), test.want) || strings.Count(stderr.String(), "\n") != 1 {
				t.Errorf("stderr: got %q, want one line with %q", stderr.String(), test.want)
			}
		})
	}
	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := first.await(t); err != nil {
		t.Errorf("the first server: %v", err)
	}
}
