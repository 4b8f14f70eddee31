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
	// patience bounds how long a server may take to start or to end when the
	// caller names no limit.
	patience = time.Minute
	// glance is how long lies between two looks at whether something has happened.
	glance = 2 * time.Millisecond
	// tailSize is how much of a log is worth showing, in bytes.
	tailSize = 4000
)

// process is a server's process, and those that it has started.
type process struct {
	name       string // for errors
	path       string
	args       []string
	dir        string // its working folder, which is that of its children too
	log        string // the file it writes to
	credential *syscall.Credential
	orphaned   syscall.Signal // what it is sent when this process ends

	mu    sync.Mutex
	cmd   *exec.Cmd     // nil while there is none
	ended chan struct{} // closed when cmd has ended
}

// start starts the process and waits until it is ready, which the function asks.
func (p *process) start(ctx context.Context, ready func(context.Context) error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd != nil {
		return fmt.Errorf("%s runs already", p.name)
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

// launch starts the process. p.mu is held.
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
		// Linux takes the thread that forks for the parent, so it must not end
		// before the child does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(ended)
		err := cmd.Start()
		_ = log.Close()
		started <- err
		if err == nil {
			_ = cmd.Wait() // how it ended is in its log
		}
	}()
	if err := <-started; err != nil {
		return err
	}
	p.cmd, p.ended = cmd, ended
	return nil
}

// stop asks the process to end, and kills it if it does not.
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
		return fmt.Errorf("%s did not end by itself:\n%s", p.name, tail(p.log))
	}
}

// Kill ends the server and all of its processes without a warning, and returns
// when they are gone. Start brings it back with what it had made durable.
func (p *process) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s does not run", p.name)
	}
	p.kill()
	return nil
}

// kill is Kill. p.mu is held.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
	p.cmd = nil
	// Those it has started are nobody's children now.
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

// PIDs lists the server's processes, the first one first; none if it does not run.
func (p *process) PIDs() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	first := p.cmd.Process.Pid
	return append([]int{first}, family(p.dir, first)...)
}

// Pause stops the server and all of its processes where they are.
func (p *process) Pause() error { return p.all(syscall.SIGSTOP) }

// Resume lets a paused server go on.
func (p *process) Resume() error { return p.all(syscall.SIGCONT) }

func (p *process) all(sig syscall.Signal) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return fmt.Errorf("%s does not run", p.name)
	}
	p.signal(sig)
	return nil
}

// signal signals all processes, the first one first: stopped, it starts no more.
// p.mu is held.
func (p *process) signal(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig)
	for _, pid := range family(p.dir, p.cmd.Process.Pid) {
		_ = syscall.Kill(pid, sig)
	}
}

// Log gives the end of what the server has written, for when something fails.
func (p *process) Log() string { return tail(p.log) }

// tail reads the end of a file.
func tail(name string) string {
	raw, err := os.ReadFile(name)
	if err != nil {
		return err.Error()
	}
	return string(raw[max(0, len(raw)-tailSize):])
}

// program finds one in the folders, which may be patterns, or in PATH. Where none
// of the names is found, install says what to do.
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
	return "", fmt.Errorf("there is no %s here: %s", names[0], install)
}

// folder makes the folder of a server: the one named, or a temporary one, which
// is removed with it.
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
