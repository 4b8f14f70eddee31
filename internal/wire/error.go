package wire

import (
	"encoding/json"
	"errors"
	"math"

	"partychat/internal/chat"
)

// ErrorInfo is what clients learn about a failure, over REST and sockets:
// docs/PROTOCOL.md, "Errors".
type ErrorInfo struct {
	Code       chat.Code `json:"code"`
	Message    string    `json:"message"`              // a sentence for people
	Field      string    `json:"field,omitempty"`      // the input at fault
	RetryAfter int       `json:"retryAfter,omitempty"` // in seconds
	// Reason is why the client's session has ended, with the code unauthenticated, if
	// the server knows it.
	Reason chat.EndReason `json:"reason,omitempty"`
}

// ErrorOf returns what clients learn about err.
func ErrorOf(err error) ErrorInfo {
	e := chat.ErrorFrom(err)
	return ErrorInfo{
		Code: e.Code, Message: e.Message, Field: e.Field, RetryAfter: int(math.Ceil(e.RetryAfter.Seconds())), Reason: e.Reason,
	}
}

// ErrorBody is the body of every error.
type ErrorBody struct {
	Error ErrorInfo `json:"error"`
}

// Failure acknowledges a command that has failed.
type Failure struct {
	OK    bool      `json:"ok"` // false
	Error ErrorInfo `json:"error"`
}

// FailureOf returns the acknowledgement of a command that has failed with err.
func FailureOf(err error) Failure { return Failure{Error: ErrorOf(err)} }

// Done acknowledges a command that has nothing more to say.
type Done struct {
	OK bool `json:"ok"` // true
}

// BadArgument returns what is wrong with JSON that cannot be decoded into a shape:
// CodeInvalid, on the field that has the wrong type.
func BadArgument(err error) error {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) && wrongType.Field != "" {
		return &chat.Error{
			Code: chat.CodeInvalid, Field: wrongType.Field, Err: err,
			Message: wrongType.Field + " has the wrong type: " + wrongType.Value + ".",
		}
	}
	return &chat.Error{Code: chat.CodeInvalid, Message: "The argument must be an object.", Err: err}
}
