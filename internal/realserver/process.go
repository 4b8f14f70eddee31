//go:build unix

package realserver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

const (
	// patience limits how long a server may take to start or end if the caller sets
	// no limit.
	patience = time.Minute
	// glance is the polling interval.
	glance = 2 * time.Millisecond
	// tailSize is how much of a log to show, in bytes.
	tailSize = 4000
)

// process is a server's main process together with its child processes.
type process struct {
	name       string // for errors
	path       string
	args       []string
	dir        string // its working folder, which its child processes share
	log        string // its log file
	credential *syscall.Credential
	orphaned   syscall.Signal // the signal it gets when this process ends

	mu    sync.Mutex
	cmd   *exec.Cmd     // nil while it isn't running
	ended chan struct{} // closed when cmd has ended
}

// start starts the process and polls ready until it reports no error.
func (p *process) start(ctx context.Context, ready func(context.Context) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s is running already", p.name)
	}
	if err := p.launch(); err != nil {
		return fmt.Errorf("starting %s: %w", p.name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(glance):
			continue
		case <-p.ended:
			p.cmd = nil
			return fmt.Errorf("%s ended as soon as it was started:\n%s", p.name, tail(p.log))
		case <-ctx.Done():
			p.kill()
			return fmt.Errorf("%s is not ready: %w\n%s", p.name, cmp.Or(err, ctx.Err()), tail(p.log))
		}
	}
}

// launch starts the process. The caller holds p.mu.
func (p *process) launch() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	cmd := exec.Command(p.path, p.args...) //nolint:noctx,gosec // it outlives the call, Stop and Kill end it; tests name the arguments
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, log, log
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH"), "HOME=" + p.dir}
	cmd.SysProcAttr = attributes(p.credential, p.orphaned)
	started, ended := make(chan error, 1), make(chan struct{})
	go func() {
		// Linux considers the thread that forks to be the parent. So that thread
		// must outlive the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		_ = log.Close()
		started <- err
		if err == nil {
			_ = cmd.Wait() // the log says how it ended
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	p.cmd, p.ended = cmd, ended
	return nil
}

// stop asks the process to end, and kills it if it doesn't.
func (p *process) stop(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	p.signal(syscall.SIGCONT)
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.ended:
		p.cmd = nil
		return nil
	case <-time.After(patience):
		p.kill()
		return fmt.Errorf("%s did not end and was killed:\n%s", p.name, tail(p.log))
	}
}

// Kill kills the server's processes and returns once they have ended. Start
// restarts it with its durable data.
func (p *process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s is not running", p.name)
	}
	p.kill()
	return nil
}

// kill is Kill; the caller holds p.mu.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cmd = nil
	// The orphaned child processes can't be waited for, so poll.
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(glance) {
		left := family(p.dir, 0)
		if len(left) == 0 {
			return
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// PIDs returns the server's processes, the main one first; none if it isn't
// running.
func (p *process) PIDs() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	first := p.cmd.Process.Pid
	return append([]int{first}, family(p.dir, first)...)
}

// Pause suspends all of the server's processes.
func (p *process) Pause() error { return p.all(syscall.SIGSTOP) }

// Resume continues a paused server.
func (p *process) Resume() error { return p.all(syscall.SIGCONT) }

func (p *process) all(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s is not running", p.name)
	}
	p.signal(sig)
	return nil
}

// signal sends the signal to all processes. The main one gets it first, so that a
// stopped server starts no more children. The caller holds p.mu.
func (p *process) signal(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	for _, pid := range family(p.dir, p.cmd.Process.Pid) {
		_ = syscall.Kill(pid, sig)
	}
}

// Log returns the end of the server's log.
func (p *process) Log() string { return tail(p.log) }

// tail returns the end of a file.
func tail(name string) string {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-tailSize):])
}

// program finds the first of the names in the folders, which may be glob patterns,
// or in PATH. If it finds none, the error includes install, which says what to
// install.
func program(install string, folders []string, names ...string) (string, error) {
	for _, name := range names {
		for _, folder := range folders {
			matches, err := filepath.Glob(filepath.Join(folder, name))
			if err == nil && len(matches) > 0 {
				return filepath.Abs(matches[len(matches)-1])
			}
		}
		if path, err := exec.LookPath(name); err == nil {
			return filepath.Abs(path)
		}
	}
	return "", fmt.Errorf("no %s found: %s", names[0], install)
}

// folder creates a server's folder: dir if it is set, otherwise a temporary one,
// which the caller removes at the end.
func folder(dir, pattern string) (path string, temporary bool, err error) {
	if dir != "" {
		path, err = filepath.Abs(dir)
		return path, false, errors.Join(err, os.MkdirAll(path, 0o755)) //nolint:gosec // of another user's process too
	}
	path, err = os.MkdirTemp("", pattern)
	if err != nil {
		return "", false, err
	}
	return path, true, os.Chmod(path, 0o755) //nolint:gosec // of another user's process too
}
