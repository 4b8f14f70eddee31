package realserver

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// attributes returns the attributes of a process that runs as another user, ignores
// Ctrl-C, and gets the signal when this process ends.
func attributes(credential *syscall.Credential, orphaned syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true, Pdeathsig: orphaned}
}

// family returns all processes except one that have the folder as their working
// directory. PostgreSQL's child processes can't be found otherwise: each has its
// own session, and they are orphaned once the main process is dead.
func family(dir string, but int) (pids []int) {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil
	}
	for _, link := range links {
		where, err := os.Readlink(link)
		if err != nil || where != dir { // it has ended, or isn't the server's
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err == nil && pid != but {
			pids = append(pids, pid)
		}
	}
	return pids
}
