package chat

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Code says what kind of thing went wrong. It is the same word on REST, in
// socket acknowledgements and in Go; see docs/PROTOCOL.md, "Errors".
type Code string

// The codes. A client may rely on them; messages are for people.
const (
	CodeInvalid         Code = "invalid"         // the request breaks a rule; Field names the culprit
	CodeUnauthenticated Code = "unauthenticated" // no session, or it has ended
	CodeForbidden       Code = "forbidden"       // known who you are, and you may not
	CodeNotFound        Code = "not_found"       // not there, or not to be seen by you: nobody can tell which
	CodeTaken           Code = "taken"           // the name is in use
	CodeTooLarge        Code = "too_large"       // longer than the limit that the message names
	CodeRateLimited     Code = "rate_limited"    // too many attempts; RetryAfter says when to come back
	CodeUnavailable     Code = "unavailable"     // the store cannot answer now; the same call may succeed later
	CodeInternal        Code = "internal"        // a fault of ours; details are in the server's log only
)

// Error is what every service returns for a failure that the caller should
// hear about. Message is a sentence for people; Field names the part of the
// input at fault, if one is.
type Error struct {
	Code       Code
	Message    string
	Field      string
	RetryAfter time.Duration // with CodeRateLimited and CodeUnavailable: when to try again; 0 if unknown
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

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// ErrorIn makes an Error about one named part of the input.
func ErrorIn(field string, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Field: field}
}

// ErrorFrom gives err as an Error. What is no Error becomes CodeInternal with a
// message that tells a client nothing of the inside.
func ErrorFrom(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: CodeInternal, Message: "Something went wrong on the server. Please try again.", Err: err}
}

// CodeOf gives the code of err, CodeInternal for what is no Error, and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	return ErrorFrom(err).Code
}

// ErrorInfo is what a client is told of a failure, on REST and on sockets:
// docs/PROTOCOL.md, "Errors".
type ErrorInfo struct {
	Code       Code   `json:"code"`
	Message    string `json:"message"`              // a sentence for people
	Field      string `json:"field,omitempty"`      // the input at fault
	RetryAfter int    `json:"retryAfter,omitempty"` // in seconds
}

// InfoOf gives what a client is told of err.
func InfoOf(err error) ErrorInfo {
	e := ErrorFrom(err)
	return ErrorInfo{
		Code: e.Code, Message: e.Message, Field: e.Field, RetryAfter: int(math.Ceil(e.RetryAfter.Seconds())),
	}
}
