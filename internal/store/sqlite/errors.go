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

// retryAfter is what callers are told when the database cannot answer now.
const retryAfter = time.Second

// translate gives the driver's error as the domain knows it: what goes away by
// itself is chat.CodeUnavailable, the rest stays a fault.
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

func unavailable(cause error) *chat.Error {
	return &chat.Error{
		Code:       chat.CodeUnavailable,
		Message:    "The server cannot do this right now. Please try again in a moment.",
		RetryAfter: retryAfter,
		Err:        cause,
	}
}

// errClosed is the cause of all failures after Close.
var errClosed = errors.New("the store is closed")

func transient(err error) bool {
	switch primary(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CANTOPEN,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL:
		return true
	}
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errClosed) || errors.Is(err, sql.ErrConnDone) ||
		err.Error() == "sql: database is closed" // database/sql keeps this one to itself
}

// primary gives SQLite's primary result code of err, 0 if it has none.
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

// undoesAll tells whether SQLite may have rolled the whole transaction back by
// itself (https://www.sqlite.org/lang_transaction.html, section 3).
func undoesAll(err error) bool {
	switch primary(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM,
		sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT:
		return true
	}
	return false
}

func noUser() error {
	return chat.ErrorIn("user", chat.CodeNotFound, "There is no such user.")
}

func noRoom() error {
	return chat.ErrorIn("room", chat.CodeNotFound, "There is no such room.")
}

func noMessage() error {
	return chat.Errorf(chat.CodeNotFound, "There is no such message.")
}

func noMember() error {
	return chat.ErrorIn("room", chat.CodeNotFound, "The user is no member of this room.")
}

func noSession() error {
	return chat.Errorf(chat.CodeNotFound, "There is no such session.")
}
