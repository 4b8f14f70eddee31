package postgres

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// The codes that are handled:
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	codeUnique         = "23505"
	codeForeignKey     = "23503"
	codeBadText        = "22021"
	codeSerialization  = "40001"
	codeDeadlock       = "40P01"
	codeDivisionByZero = "22012"
	codeDiskFull       = "53100"
	codeTooLarge       = "54000"
	codeReadOnly       = "25006"
	codeLockTimeout    = "55P03"
)

// translate converts the driver's errors: temporary ones become
// chat.CodeUnavailable, all others remain faults.
func translate(err error) error {
	var known *chat.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	switch codeOf(err) {
	case codeBadText:
		return &chat.Error{Code: chat.CodeInvalid, Message: "The text contains a character that cannot be stored.", Err: err}
	case codeTooLarge: // of an index's row, of which names alone can be too long
		return &chat.Error{Code: chat.CodeTooLarge, Field: "name", Message: "The name is too long to be stored.", Err: err}
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
	var connecting *pgconn.ConnectError
	switch {
	case errors.Is(cause, errQueueFull):
		e.Message, e.RetryAfter = "The server has too much to do right now. Please try again in a moment.", 2*time.Second
	case errors.Is(cause, errKeptOut):
		e.Message, e.RetryAfter = "Another server has taken the database. Please try again in a moment.", 5*time.Second
	case codeOf(cause) == codeDiskFull:
		e.Message, e.RetryAfter = "The database's disk is full. Please try again later.", 10*time.Second
	case errors.As(cause, &connecting):
		e.Message, e.RetryAfter = "The server's database is down. Please try again in a moment.", 2*time.Second
	}
	return e
}

func transient(err error) bool {
	switch code := codeOf(err); {
	case code == codeSerialization, code == codeDeadlock, code == codeReadOnly, code == codeLockTimeout, code == codeDivisionByZero:
		return true
	case code != "":
		// Connections; resources; the operator; the system around the server.
		return strings.HasPrefix(code, "08") || strings.HasPrefix(code, "53") ||
			strings.HasPrefix(code, "57") || strings.HasPrefix(code, "58")
	}
	var connecting *pgconn.ConnectError
	return isBroken(err) || errors.As(err, &connecting) || pgconn.Timeout(err) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, errClosed) || errors.Is(err, errQueueFull) || errors.Is(err, errKeptOut) ||
		errors.Is(err, sqlstore.ErrAgain) || errors.Is(err, puddle.ErrClosedPool)
}

// codeOf returns the server's code of err, "" if it has none.
func codeOf(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func isUnique(err error) bool { return codeOf(err) == codeUnique }

func isForeignKey(err error) bool { return codeOf(err) == codeForeignKey }

// isConflict reports whether a transaction was rolled back because of another one.
func isConflict(err error) bool {
	code := codeOf(err)
	return code == codeSerialization || code == codeDeadlock || code == codeDivisionByZero // see sqlAppend
}
