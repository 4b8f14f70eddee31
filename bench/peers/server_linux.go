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
	// readyTimeout is how long a server may take to say that it listens.
	readyTimeout = 20 * time.Second
	// stopTimeout is how long it may take to end when it is asked to.
	stopTimeout = 10 * time.Second
	// defaultReady begins the line in which a server says where it listens.
	defaultReady = "listening "
)

// Server is a peer that runs.
type Server struct {
	Address string // host:port
	PID     int
	cmd     *exec.Cmd
	ended   chan struct{}
}

// Start starts a peer with start, which may put it on a core of its own, and
// waits until it listens. What it complains about goes to the standard error.
func (p *Peer) Start(ctx context.Context, start func(*exec.Cmd) error, args ...string) (*Server, error) {
	args = append(slices.Clone(p.Command[1:]), args...)
	cmd := exec.Command(p.Command[0], args...) //nolint:gosec,noctx // a peer of the list; Stop ends it
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), "NODE_ENV=production")
	cmd.Stderr = os.Stderr
	// An interrupt from the keyboard reaches this program alone, which stops
	// the server in order; if it cannot, the server ends with it.
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

// watch reads what the server says until it ends.
func (s *Server) watch(out io.Reader, prefix string, ready chan<- string) {
	defer close(s.ended)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			select {
			case ready <- address:
			default: // it has said so already
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
