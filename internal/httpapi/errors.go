package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// statuses maps codes to HTTP statuses: docs/PROTOCOL.md section 1.
var statuses = map[chat.Code]int{
	chat.CodeInvalid:         http.StatusUnprocessableEntity,
	chat.CodeUnauthenticated: http.StatusUnauthorized,
	chat.CodeForbidden:       http.StatusForbidden,
	chat.CodeNotFound:        http.StatusNotFound,
	chat.CodeTaken:           http.StatusConflict,
	chat.CodeTooLarge:        http.StatusRequestEntityTooLarge,
	chat.CodeRateLimited:     http.StatusTooManyRequests,
	chat.CodeUnavailable:     http.StatusServiceUnavailable,
	chat.CodeInternal:        http.StatusInternalServerError,
}

// fault is an error for the client. It implements huma's StatusError and
// HeadersError, and is encoded as an ErrorBody.
type fault struct {
	status int
	body   wire.ErrorBody
}

func faultFrom(err error) *fault {
	info := wire.ErrorOf(err)
	return &fault{status: statuses[info.Code], body: wire.ErrorBody{Error: info}}
}

func (f *fault) Error() string { return string(f.body.Error.Code) + ": " + f.body.Error.Message }

// GetStatus is huma's StatusError.
func (f *fault) GetStatus() int { return f.status }

// GetHeaders is huma's HeadersError.
func (f *fault) GetHeaders() http.Header {
	h := http.Header{}
	if seconds := f.body.Error.RetryAfter; seconds > 0 {
		h.Set("Retry-After", strconv.Itoa(seconds))
	}
	return h
}

// MarshalJSON writes the ErrorBody.
func (f *fault) MarshalJSON() ([]byte, error) { return json.Marshal(f.body) }

// Schema is huma's SchemaProvider: in the document a fault is an ErrorBody.
func (f *fault) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[wire.ErrorBody](), true, "")
}

func (f *fault) write(w http.ResponseWriter) {
	for name, values := range f.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(f.status)
	_ = json.NewEncoder(w).Encode(f) // the client may have gone; the log has the request
}

// WriteError answers a request with the error as REST writes errors.
func WriteError(w http.ResponseWriter, err error) { faultFrom(err).write(w) }

// huma takes its error model, and the rule that lists are never null, only from
// these variables; nothing else in this program uses huma.
func init() {
	huma.NewError = humaFault
	huma.DefaultArrayNullable = false
}

// humaFault converts the errors that huma finds in a request.
func humaFault(status int, message string, errs ...error) huma.StatusError {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return faultFrom(chat.Errorf(chat.CodeTooLarge, "The request is too large: %s.", message))
	case http.StatusBadRequest:
		return broken("The body of the request must be valid JSON.")
	case http.StatusUnsupportedMediaType:
		return broken("Send the body as Content-Type: application/json.")
	case http.StatusRequestTimeout:
		return broken("The request took too long to arrive.")
	case http.StatusUnprocessableEntity:
		return faultFrom(invalid(errs))
	default:
		return faultFrom(errors.Join(errs...))
	}
}

func broken(message string) *fault {
	f := faultFrom(chat.Errorf(chat.CodeInvalid, "%s", message))
	f.status = http.StatusBadRequest
	return f
}

// invalid describes the first error that huma has found.
func invalid(errs []error) *chat.Error {
	var detail *huma.ErrorDetail
	for _, err := range errs {
		if errors.As(err, &detail) {
			break
		}
	}
	if detail == nil {
		return chat.Errorf(chat.CodeInvalid, "The request is not valid.")
	}
	var missing string
	if n, _ := fmt.Sscanf(detail.Message, validation.MsgExpectedRequiredProperty, &missing); n == 1 {
		return chat.ErrorIn(missing, chat.CodeInvalid, "%q is missing.", missing)
	}
	_, field, _ := strings.Cut(detail.Location, ".") // "body.name", "query.limit", or "body" alone
	if field == "" {
		return chat.Errorf(chat.CodeInvalid, "The request is not valid: %s.", detail.Message)
	}
	return chat.ErrorIn(field, chat.CodeInvalid, "%q is not valid: %s.", field, detail.Message)
}
