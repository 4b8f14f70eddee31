package realserver

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// attributes make a process of another user's that Ctrl-C passes by and that is
// signalled when this one ends.
func attributes(credential *syscall.Credential, orphaned syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true, Pdeathsig: orphaned}
}

// family finds the processes, but for one, that work in the folder: those of
// PostgreSQL each have a session of their own, and no parent once it is dead.
func family(dir string, but int) (pids []int) {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return nil
	}
	for _, link := range links {
		where, err := os.Readlink(link)
		if err != nil || where != dir { // it has ended, or is none of ours
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err == nil && pid != but {
			pids = append(pids, pid)
		}
	}
	return pids
}
