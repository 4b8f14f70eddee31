package peers

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	// readyTimeout is how long a server may take to print its address.
	readyTimeout = 20 * time.Second
	// stopTimeout is how long a server may take to end.
	stopTimeout = 10 * time.Second
	// defaultReady is the usual prefix of the line that has the server's address.
	defaultReady = "listening "
)

// Server is a running peer.
type Server struct {
	Address string // host:port
	PID     int
	cmd     *exec.Cmd
	ended   chan struct{}
}

// Start starts a peer through start, which may pin it to a core, and waits until it
// listens. The peer's error output goes to standard error.
func (p *Peer) Start(ctx context.Context, start func(*exec.Cmd) error, args ...string) (*Server, error) {
	args = append(slices.Clone(p.Command[1:]), args...)
	cmd := exec.Command(p.Command[0], args...) //nolint:gosec,noctx // a peer of the list; Stop ends it
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	cmd.Stderr = os.Stderr
	// Ctrl-C reaches only this program, which stops the server gracefully. If this
	// program dies, the server is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := start(cmd); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.Title, err)
	}
	s := &Server{PID: cmd.Process.Pid, cmd: cmd, ended: make(chan struct{})}
	ready := make(chan string, 1)
	go s.watch(out, cmp.Or(p.Ready, defaultReady), ready)
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	select {
	case s.Address = <-ready:
		return s, nil
	case <-s.ended:
		err = errors.New("it ended at once")
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.Stop()
	return nil, fmt.Errorf("start %s: %w", p.Title, err)
}

// watch reads the server's output until it ends.
func (s *Server) watch(out io.Reader, prefix string, ready chan<- string) {
	defer close(s.ended)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			select {
			case ready <- address:
			default: // the address has been sent already
			}
		}
	}
	_ = s.cmd.Wait()
}

// Stop ends the server and waits for it.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.ended:
	case <-time.After(stopTimeout):
		_ = s.cmd.Process.Kill()
		<-s.ended
	}
}
