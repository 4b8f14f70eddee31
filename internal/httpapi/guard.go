package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"partychat/internal/chat"
)

// MaxHeaderBytes is the limit for http.Server on a request header. The largest
// legitimate content is a few cookies.
const MaxHeaderBytes = 32 << 10

type addressKey struct{}

// withAddress stores the client's address in the request's context.
func withAddress(proxies Proxies, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := context.WithValue(r.Context(), addressKey{}, proxies.ClientAddress(r))
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func addressFrom(ctx context.Context) string {
	address, _ := ctx.Value(addressKey{}).(string)
	return address
}

// answer records the status and size of an answer.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// WriteHeader is specified by http.ResponseWriter.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write is specified by http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(b)
	a.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// shownPath removes the secret of a link from a path, for the log.
func shownPath(path string) string {
	for _, before := range []string{apiPath + "/invitations/", "/join/"} {
		if strings.HasPrefix(path, before) {
			return before + "…"
		}
	}
	return path
}

func logRequests(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, start := &answer{ResponseWriter: w}, time.Now()
		next.ServeHTTP(a, r)
		// The log shows neither query nor headers: they may contain search texts and tokens.
		log.Debug("request", "method", r.Method, "path", shownPath(r.URL.Path), "status", a.status, "bytes", a.bytes,
			"took", time.Since(start), "address", addressFrom(r.Context()))
	})
}

// recoverPanics answers a request that has caused a panic, if it is not too late.
func recoverPanics(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := &answer{ResponseWriter: w}
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) || r.Context().Err() != nil {
				panic(http.ErrAbortHandler) // the client has disconnected
			}
			log.Error("panic in a request", "method", r.Method, "path", shownPath(r.URL.Path), "panic", fault, "stack", string(debug.Stack()))
			if a.status != 0 {
				panic(http.ErrAbortHandler) // the client must not take a partial answer for a complete one
			}
			WriteError(a, chat.ErrorFrom(nil))
		}()
		next.ServeHTTP(a, r)
	})
}

// refuseForeign refuses requests by which a page of another origin would change
// something with the cookie of its reader, and calls tell with each of them.
func refuseForeign(allowed []string, tell func(*http.Request), next http.Handler) (http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range allowed {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			return nil, err
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tell(r)
		WriteError(w, chat.Errorf(chat.CodeForbidden, "This request comes from another site."))
	}))
	return protection.Handler(next), nil
}
