package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"partychat/internal/chat"
)

// translate converts the driver's errors: temporary ones become
// chat.CodeUnavailable, all others remain faults.
func translate(err error) error {
	var known *chat.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	if transient(err) {
		return unavailable(err)
	}
	return err
}

// unavailable explains why the database can't answer now, and when to try again.
func unavailable(cause error) *chat.Error {
	e := &chat.Error{
		Code:       chat.CodeUnavailable,
		Message:    "The server cannot do this right now. Please try again in a moment.",
		RetryAfter: time.Second,
		Err:        cause,
	}
	switch primary(cause) {
	case sqlite3.SQLITE_FULL:
		e.Message, e.RetryAfter = "The server's disk is full. Please try again later.", 10*time.Second
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		e.Message = "Another program has locked the server's database. Please try again in a moment."
	}
	if errors.Is(cause, errQueueFull) {
		e.Message, e.RetryAfter = "The server has too much to do right now. Please try again in a moment.", 2*time.Second
	}
	return e
}

var (
	// errClosed is the cause of all failures after Close.
	errClosed = errors.New("the store is closed")
	// errQueueFull is the error if the writer doesn't get to a write in time.
	errQueueFull = errors.New("too many writes are waiting")
)

func transient(err error) bool {
	switch primary(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errClosed) || errors.Is(err, errQueueFull) || errors.Is(err, sql.ErrConnDone) ||
		err.Error() == "sql: database is closed" // database/sql doesn't export this error
}

// primary returns SQLite's primary result code of err, 0 if it has none.
func primary(err error) int { return extended(err) & 0xff }

func extended(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return sqlite3.SQLITE_OK
}

func isUnique(err error) bool { return extended(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE }

func isForeignKey(err error) bool { return extended(err) == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY }

// undoesAll reports whether SQLite may have rolled back the whole transaction
// (https://www.sqlite.org/lang_transaction.html, section 3).
func undoesAll(err error) bool {
	switch primary(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT:
		return true
	}
	return false
}
