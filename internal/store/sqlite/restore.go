package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Restored is the result of Restore.
type Restored struct {
	Report Report // of the new database
	Aside  string // path of the previous database, "" if there was none
}

// Restore puts a copy of the database file from in the place of the one at path,
// whose server must not run. The copy is checked first, and brought up to date if
// an older version has made it; if anything is wrong with it, Findings say so and
// nothing has changed. Before anything does, prepare may look at the checked copy, and
// stops the restoration by an error or by findings. The database from before stays under another name. Killed at
// any moment, it leaves the one or the other, or what a server refuses to open.
func Restore(
	ctx context.Context, from, path string, now time.Time, prepare func(Report) (findings []string, err error),
) (done Restored, err error) {
	if from, err = existing(from); err != nil {
		return done, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return done, fmt.Errorf("find the database: %w", err)
	}
	if same(from, path) {
		return done, fmt.Errorf("%s is the database itself, not a backup of it", from)
	}
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return done, fmt.Errorf("create the data folder: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()

	stamp := now.UTC().Format("20060102T150405Z")
	fresh := path + ".restored-" + stamp
	defer func() { err = errors.Join(err, removeWith(fresh)) }()
	if err := Backup(ctx, from, fresh); err != nil {
		return done, err
	}
	if err := wantOurs(ctx, from, fresh); err != nil {
		return done, err
	}
	if err := makeNew(ctx, fresh); err != nil {
		return done, fmt.Errorf("upgrade the copy: %w", err)
	}
	if done.Report, err = Check(ctx, fresh); err != nil || len(done.Report.Findings) > 0 {
		return done, err
	}
	if done.Report.Findings, err = prepare(done.Report); err != nil || len(done.Report.Findings) > 0 {
		return done, err
	}
	if _, err := os.Lstat(path); err == nil {
		done.Aside = path + ".before-" + stamp
		if err := keep(path, done.Aside); err != nil {
			return done, fmt.Errorf("keep the previous database: %w", err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return done, fmt.Errorf("read the database: %w", err)
	}
	// Sync each step to disk before the next: the old log must not disappear before
	// its database.
	if err := syncFolder(folder); err != nil {
		return done, err
	}
	if err := os.Rename(fresh, path); err != nil {
		return done, fmt.Errorf("move the copy into place: %w", err)
	}
	if err := syncFolder(folder); err != nil {
		return done, err
	}
	// A server that starts before these are removed refuses the log, which belongs
	// to another database.
	for _, ending := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return done, fmt.Errorf("remove the log of the previous database: %w", err)
		}
	}
	return done, syncFolder(folder)
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}

// wantOurs fails unless the copied backup has the tables of a PartyChat database.
// SQLite accepts an empty file, such as an interrupted backup, as a database
// without tables, and the migrations would create a new chat in it.
func wantOurs(ctx context.Context, from, path string) (err error) {
	db, err := sql.Open("sqlite", readerDSN(path, time.Second))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var tables int
	if err := db.QueryRowContext(ctx,
		`SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('users', 'rooms', 'messages')`).Scan(&tables); err != nil {
		return fmt.Errorf("read the copy: %w", err)
	}
	if tables != 3 {
		return fmt.Errorf("%s is not a database of PartyChat", from)
	}
	return nil
}

// makeNew migrates a copy that nothing else uses, and begins an epoch: its revs will
// count other changes than those after the backup, which clients may know.
func makeNew(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", writerDSN(path, time.Second))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate(ctx, db, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `UPDATE epoch SET name = lower(hex(randomblob(8)))`)
	return err
}

// keep adds a second name for the database at path and its log.
func keep(path, aside string) error {
	for _, ending := range []string{"-wal", "-journal", ""} {
		err := os.Link(path+ending, aside+ending)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			err = copyFile(path+ending, aside+ending) // some file systems don't support links
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := tighten(aside + ending); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Sync()
}

// removeWith removes a file and those beside it, if they exist.
func removeWith(path string) error {
	var errs []error
	for _, ending := range append([]string{""}, besides...) {
		if err := os.Remove(path + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
