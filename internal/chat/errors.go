package chat

import (
	"errors"
	"fmt"
	"time"
)

// Code is the kind of an error. REST, socket acknowledgements and Go use the same
// codes; see docs/PROTOCOL.md, "Errors".
type Code string

// The codes. Clients may rely on them; messages are meant for people.
const (
	CodeInvalid         Code = "invalid"         // the request breaks a rule; Field names the input at fault
	CodeUnauthenticated Code = "unauthenticated" // no session, or it has ended
	CodeForbidden       Code = "forbidden"       // you are signed in, but lack the permission
	CodeNotFound        Code = "not_found"       // it doesn't exist, or you may not see it; the answer doesn't reveal which
	CodeTaken           Code = "taken"           // the name is in use
	CodeTooLarge        Code = "too_large"       // longer than the limit that the message names
	CodeRateLimited     Code = "rate_limited"    // too many attempts; RetryAfter says when to try again
	CodeUnavailable     Code = "unavailable"     // the store cannot answer now; the same call may succeed later
	CodeInternal        Code = "internal"        // a fault of the server; only the server's log has details
)

// Error is what every service returns for failures that the caller should know
// about. Message is a sentence for people; Field names the input at fault, if there
// is one.
type Error struct {
	Code       Code
	Message    string
	Field      string
	RetryAfter time.Duration // with CodeRateLimited and CodeUnavailable: when to try again; 0 if unknown
	Reason     EndReason     // with CodeUnauthenticated: why the session has ended; "" if unknown
	Err        error         // the cause, for the log; never shown to a client
}

func (e *Error) Error() string {
	s := string(e.Code) + ": " + e.Message
	if e.Field != "" {
		s += " (" + e.Field + ")"
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorIn returns an Error about one named part of the input.
func ErrorIn(field string, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Field: field}
}

// ErrorFrom returns err as an Error. Any other error becomes CodeInternal with a
// message that reveals no internals.
func ErrorFrom(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Message: "Something went wrong on the server. Please try again.", Err: err}
}

// CodeOf returns the code of err: CodeInternal if err is not an Error, and "" for
// nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return ErrorFrom(err).Code
}
