package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// besides are the suffixes of the files that SQLite and the lock create beside a
// database.
var besides = []string{"-wal", "-shm", "-journal", ".lock"}

// makePrivate creates the database file if necessary, and restricts it and the
// files beside it to their owner, even in an existing folder. SQLite gives files
// that it creates later the mode of the database.
func makePrivate(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case err == nil:
		if err := file.Close(); err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
	case !errors.Is(err, fs.ErrExist):
		return nil // SQLite reports the problem
	}
	var errs []error
	for _, ending := range append([]string{""}, besides...) {
		if err := tighten(path + ending); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// tighten removes everyone else's permissions on a file, if it exists.
func tighten(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the mode of a file: %w", err)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := os.Chmod(path, info.Mode().Perm()&^0o077); err != nil {
		return fmt.Errorf("restrict the mode of a file: %w", err)
	}
	return nil
}
