package sqlite

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A write-ahead log that lies beside a database is replayed into it, whatever
// database it was written for: a backup that is copied over partychat.db would be
// undone, or damaged. So each database keeps, in the user version of its header,
// the mark of the log that belongs to it, and a log with another mark is refused.
//
// A log's mark is its first salt less its number of checkpoints. Both grow by one
// when SQLite begins the log anew, and are random when it makes the file, so the
// mark stays for as long as the file does (SQLite's file format, section 4.1).
type mark uint32

const (
	// unmarked is the mark of a database from a version without marks.
	unmarked mark = 0
	// copied is the mark of a backup, which no log belongs to.
	copied mark = 1
)

const (
	walHeaderSize  = 32
	walMagic       = 0x377f0682 // the last bit is the byte order of checksums
	fileHeaderSize = 100
	fileMagic      = "SQLite format 3\x00"
	userVersionAt  = 60 // within the file's header
	lockMarkAt     = 8  // within the lock file, after the byte that Windows makes unreadable
)

// foreignLogError is the error for a database with another database's log beside
// it.
type foreignLogError struct{ path string }

func (e *foreignLogError) Error() string {
	return fmt.Sprintf("%[1]s-wal belongs to another database than the %[1]s beside it, and would undo or damage it; "+
		"if %[1]s is a backup that was copied here, move %[1]s-wal and %[1]s-shm away, and next time use partychat restore; "+
		"if you need the data in %[1]s-wal, put its own database back", e.path)
}

// checkLog fails if another database's log is beside the one at path, which no
// server may have open. It only reads the two headers.
func checkLog(path string) error {
	log, there, err := markOfLog(path)
	if err != nil || !there {
		return err
	}
	own, err := markOfFile(path)
	if err != nil {
		return err
	}
	if own == unmarked {
		// The file is from an older version. Its log is its own or, if a server of
		// this version has started the log, that of the database it replaced.
		begun, err := markOfLock(path)
		if err != nil || begun != log {
			return err
		}
	}
	if own != log {
		return &foreignLogError{path}
	}
	return nil
}

// checkLogUnlessRunning is checkLog for a database that a server may have open; a
// starting server marks both.
func checkLogUnlessRunning(path string) error {
	running, err := isLocked(path + ".lock")
	if err != nil || running {
		return err
	}
	return checkLog(path)
}

// markOfLog returns the mark of the log beside the database at path. There is false
// if SQLite would not replay a log.
func markOfLog(path string) (m mark, there bool, err error) {
	header, err := readBytes(path+"-wal", 0, walHeaderSize)
	if header == nil || err != nil {
		return 0, false, err
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(header[at:]) }
	if word(0)&^1 != walMagic {
		return 0, false, nil
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if word(0)&1 == 1 {
		order = binary.BigEndian
	}
	var sum [2]uint32
	for at := 0; at < 24; at += 8 {
		sum[0] += order.Uint32(header[at:]) + sum[1]
		sum[1] += order.Uint32(header[at+4:]) + sum[0]
	}
	if sum[0] != word(24) || sum[1] != word(28) {
		return 0, false, nil
	}
	return mark(word(16) - word(12)), true, nil
}

// markOfFile returns the mark in the database file itself, regardless of its log.
func markOfFile(path string) (mark, error) {
	header, err := readBytes(path, 0, fileHeaderSize)
	if header == nil || err != nil || string(header[:len(fileMagic)]) != fileMagic {
		return unmarked, err
	}
	return mark(binary.BigEndian.Uint32(header[userVersionAt:])), nil
}

// setMarkOfFile writes the mark into a database file that has no log.
func setMarkOfFile(file *os.File, m mark) error {
	if _, err := file.WriteAt(binary.BigEndian.AppendUint32(nil, uint32(m)), userVersionAt); err != nil {
		return fmt.Errorf("mark the database: %w", err)
	}
	return nil
}

// markOfLock returns the mark of the last log that a server has started here. The
// lock file stores it.
func markOfLock(path string) (mark, error) {
	content, err := readBytes(path+".lock", lockMarkAt, 4)
	if content == nil || err != nil {
		return unmarked, err
	}
	return mark(binary.BigEndian.Uint32(content)), nil
}

// readBytes reads a part of a file; nil if the file doesn't exist or is shorter.
func readBytes(path string, at int64, size int) ([]byte, error) {
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the database: %w", err)
	}
	defer file.Close()
	part := make([]byte, size)
	if _, err := file.ReadAt(part, at); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return part, nil
}

// markLog marks the database and its log before anything important is written. A
// process killed in between leaves an unmarked database.
func markLog(ctx context.Context, db *sql.DB, path string, lock *os.File) error {
	log, there, err := markOfLog(path)
	if err != nil {
		return err
	}
	if !there {
		if err := unmark(path); err != nil {
			return err
		}
		if err := execAll(ctx, db, "PRAGMA synchronous = OFF", "PRAGMA user_version = 0"); err != nil { // creates the log
			return err
		}
		if log, there, err = markOfLog(path); err != nil || !there {
			return errors.Join(errors.New("mark the database: there is no log"), err)
		}
	}
	if own, err := markOfFile(path); err != nil || own == log {
		return errors.Join(err, setMarkOfLock(lock, log))
	}
	// The checkpoint syncs all of it to disk.
	if err := execAll(ctx, db, fmt.Sprintf("PRAGMA user_version = %d", int32(log)), "PRAGMA synchronous = FULL", "PRAGMA wal_checkpoint(FULL)"); err != nil {
		return err
	}
	if own, err := markOfFile(path); err != nil || own != log {
		return errors.Join(errors.New("mark the database: another program holds it, such as a running backup; try again when it has ended"), err)
	}
	return setMarkOfLock(lock, log)
}

func execAll(ctx context.Context, db *sql.DB, statements ...string) error {
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("mark the database: %w", err)
		}
	}
	return nil
}

// unmark removes the mark from a database whose log is gone.
func unmark(path string) error {
	own, err := markOfFile(path)
	if err != nil || own == unmarked {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("mark the database: %w", err)
	}
	return errors.Join(setMarkOfFile(file, unmarked), file.Sync(), file.Close())
}

func setMarkOfLock(lock *os.File, m mark) error {
	if _, err := lock.WriteAt(binary.BigEndian.AppendUint32(nil, uint32(m)), lockMarkAt); err != nil {
		return fmt.Errorf("mark the lock: %w", err)
	}
	return nil
}
