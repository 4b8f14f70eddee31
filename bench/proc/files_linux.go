package proc

import (
	"fmt"
	"syscall"
)

// AllowFiles raises how many files this process, and those it starts, may
// have open.
func AllowFiles(n uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	// Set even if it is high enough: Go has raised its own limit already, but
	// hands it on to other programs only if it was set on purpose.
	limit.Max = max(limit.Max, n)
	limit.Cur = max(limit.Cur, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("%d files cannot be had open at a time; raise `ulimit -n`: %w", n, err)
	}
	return nil
}
