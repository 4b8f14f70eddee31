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
	// unmarked is a database of a version without marks.
	unmarked mark = 0
	// copied is a backup: no log belongs to it.
	copied mark = 1
)

const (
	walHeaderSize  = 32
	walMagic       = 0x377f0682 // the last bit is the byte order of checksums
	fileHeaderSize = 100
	fileMagic      = "SQLite format 3\x00"
	userVersionAt  = 60 // within the file's header
	lockMarkAt     = 8  // within the lock, behind what Windows lets nobody read
)

// foreignLogError is what a database that another one's log lies beside fails with.
type foreignLogError struct{ path string }

func (e *foreignLogError) Error() string {
	return fmt.Sprintf("%[1]s-wal belongs to another database than the %[1]s beside it, and would undo or damage it; "+
		"if %[1]s is a backup that was copied here, move %[1]s-wal and %[1]s-shm away, and next time use partychat restore; "+
		"if you need the data in %[1]s-wal, put its own database back", e.path)
}

// checkLog fails if another database's log lies beside the one at path, which no
// server may have open. It reads both headers only.
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
		// A file from an older version, with its own log or, if a server of this
		// version has begun the log, with that of the database that it replaced.
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

// checkLogUnlessRunning is checkLog where a server may run, which ties the two
// together while it starts.
func checkLogUnlessRunning(path string) error {
	running, err := isLocked(path + ".lock")
	if err != nil || running {
		return err
	}
	return checkLog(path)
}

// markOfLog gives the mark of the log beside the database at path, if there is a
// log that SQLite would replay.
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

// markOfFile gives the mark that the database file itself holds, whatever its log
// says.
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

// markOfLock gives the mark of the last log that a server has begun here, which
// the lock holds.
func markOfLock(path string) (mark, error) {
	content, err := readBytes(path+".lock", lockMarkAt, 4)
	if content == nil || err != nil {
		return unmarked, err
	}
	return mark(binary.BigEndian.Uint32(content)), nil
}

// readBytes reads a part of a file; nil if it is not there or shorter.
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

// markLog ties the database to its log before anything is written that must not
// be lost. A process that is killed in between leaves an unmarked database.
func markLog(ctx context.Context, db *sql.DB, path string, lock *os.File) error {
	log, there, err := markOfLog(path)
	if err != nil {
		return err
	}
	if !there {
		if err := unmark(path); err != nil {
			return err
		}
		if err := execAll(ctx, db, "PRAGMA synchronous = OFF", "PRAGMA user_version = 0"); err != nil { // makes the log
			return err
		}
		if log, there, err = markOfLog(path); err != nil || !there {
			return errors.Join(errors.New("mark the database: there is no log"), err)
		}
	}
	if own, err := markOfFile(path); err != nil || own == log {
		return errors.Join(err, setMarkOfLock(lock, log))
	}
	// The checkpoint brings all of it to the disk.
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

// unmark takes the mark of a log that is gone off a database.
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
