//go:build unix && !linux

package realserver

import "syscall"

// attributes make a process of another user's that Ctrl-C passes by.
func attributes(credential *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: credential, Setpgid: true}
}

// family finds nobody: elsewhere than on Linux it takes more to see who works
// where. PostgreSQL's processes end by themselves when the first one is killed.
func family(string, int) []int { return nil }
