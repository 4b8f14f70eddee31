//go:build unix && !linux

package realserver

import "syscall"

// attributes returns the attributes of a process that runs as another user and
// ignores Ctrl-C.
func attributes(credential *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true}
}

// family returns nothing: on systems other than Linux, finding processes by their
// working directory takes more. PostgreSQL's child processes end by themselves when
// the main one is killed.
func family(string, int) []int { return nil }
