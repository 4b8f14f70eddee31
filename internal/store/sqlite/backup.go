package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Backup copies a snapshot of the database at path into the new file to, which gets
// its name once it is complete and on disk. It only reads, and may run beside a
// server without blocking it.
func Backup(ctx context.Context, path, to string) (err error) {
	if path, err = existing(path); err != nil {
		return err
	}
	if to, err = filepath.Abs(to); err != nil {
		return fmt.Errorf("find the folder for the copy: %w", err)
	}
	if err := checkLogUnlessRunning(path); err != nil {
		return err
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s already exists and stays unchanged", to), err)
	}
	// Create the file here, because SQLite would make it readable for everyone.
	partial, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".*.partial")
	if err != nil {
		return fmt.Errorf("create the copy: %w", err)
	}
	name := partial.Name()
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(name))
		}
	}()
	if err := errors.Join(vacuumInto(ctx, path, partial), partial.Close()); err != nil {
		return err
	}
	if err := os.Rename(name, to); err != nil {
		return fmt.Errorf("name the copy: %w", err)
	}
	name = to
	return syncFolder(filepath.Dir(to))
}

// vacuumInto writes a snapshot of the database into an empty file and syncs it to
// disk.
func vacuumInto(ctx context.Context, path string, to *os.File) (err error) {
	// Not query_only, which would also forbid writing the copy.
	db, err := sql.Open("sqlite", dsn(path, url.Values{"mode": {"ro"}, "_pragma": {busyPragma(5 * time.Second)}}))
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", to.Name()); err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := setMarkOfFile(to, copied); err != nil {
		return err
	}
	if err := to.Sync(); err != nil {
		return fmt.Errorf("flush the copy to the disk: %w", err)
	}
	return nil
}

// syncFolder makes a new name in the folder survive a power failure.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // Windows can't sync folders, and needn't
	}
	folder, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("flush the name of the copy to the disk: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("flush the name of the copy to the disk: %w", err)
	}
	return nil
}
