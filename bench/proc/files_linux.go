package proc

import (
	"fmt"
	"syscall"
)

// AllowFiles raises the number of files that this process, and those it starts, may
// have open.
func AllowFiles(n uint64) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	// Set it even if it is high enough: Go has already raised its own limit, but
	// passes it on to other programs only if the program has set it itself.
	limit.Max = max(limit.Max, n)
	limit.Cur = max(limit.Cur, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("cannot open %d files at a time; raise `ulimit -n`: %w", n, err)
	}
	return nil
}
