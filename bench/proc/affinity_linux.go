package proc

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// ErrOneCore is the error of Split if there is only one core.
var ErrOneCore = errors.New("proc: server and load share the only core")

// pinnedKey is an environment variable that Split sets for the restarted program;
// its value is the server's core.
const pinnedKey = "PARTYCHAT_BENCH_SERVER_CORE"

// Split assigns a core each to the server and to this process: the first two that
// this process may use. It restarts the program, because the Go runtime sizes
// itself for the number of cores when it starts; that call does not return. In the
// restarted process, it returns the cores.
func Split() (Cores, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return Cores{}, err
	}
	allowed := members(&set)
	if core, err := strconv.Atoi(os.Getenv(pinnedKey)); err == nil && len(allowed) == 1 {
		return Cores{Server: core, Load: allowed[0]}, nil
	}
	if len(allowed) < 2 {
		return Cores{}, ErrOneCore
	}
	program, err := os.Executable()
	if err != nil {
		return Cores{}, err
	}
	env := append(os.Environ(), pinnedKey+"="+strconv.Itoa(allowed[0]))
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := setAffinity(allowed[1]); err != nil {
		return Cores{}, err
	}
	return Cores{}, unix.Exec(program, os.Args, env)
}

// StartOn starts a command pinned to one core, with all its later threads and
// processes.
func StartOn(core int, cmd *exec.Cmd) error {
	var before unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return err
	}
	// A new process inherits the affinity of the thread that starts it. If the
	// thread's affinity can't be restored, the thread stays locked and so ends with
	// the goroutine.
	runtime.LockOSThread()
	if err := setAffinity(core); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	err := cmd.Start()
	if restoreErr := unix.SchedSetaffinity(0, &before); restoreErr != nil {
		return errors.Join(err, restoreErr)
	}
	runtime.UnlockOSThread()
	return err
}

// Move pins running processes to one core, with all their threads. Whatever they
// start afterwards runs there too.
func Move(core int, pids ...int) error {
	var set unix.CPUSet
	set.Set(core)
	for _, pid := range pids {
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", pid))
		if err != nil {
			return err
		}
		for _, task := range tasks {
			tid, err := strconv.Atoi(filepath.Base(task))
			if err != nil {
				return err
			}
			if err := unix.SchedSetaffinity(tid, &set); err != nil && !errors.Is(err, unix.ESRCH) {
				return err
			}
		}
	}
	return nil
}

func setAffinity(core int) error {
	var set unix.CPUSet
	set.Set(core)
	return unix.SchedSetaffinity(0, &set)
}

// members returns the cores of a set in rising order.
func members(set *unix.CPUSet) []int {
	var cores []int
	for core := range len(set) * 64 {
		if set.IsSet(core) {
			cores = append(cores, core)
		}
	}
	return slices.Clip(cores)
}
