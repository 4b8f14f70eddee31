package app

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// boundBodies gives the body of each request so long to arrive, whether the handler
// reads it or not: http.Server reads what a handler has left, to be able to use the
// connection again, and by itself it would wait for ever.
func boundBodies(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 || within == 0 {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		if control.SetReadDeadline(time.Now().Add(within)) == nil {
			// A copy: http.Server looks at the body of its own request to see whether
			// all of it was read. In a body that is not its own it cannot see that,
			// and keeps the connection although the rest of the body is yet to come.
			bounded := *r
			bounded.Body = &boundBody{ReadCloser: r.Body, control: control}
			r = &bounded
		}
		next.ServeHTTP(w, r)
	})
}

// boundBody lifts the deadline when all has arrived: from then on http.Server reads
// to see whether the client goes, and would take the deadline for that.
type boundBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read is specified by io.Reader.
func (b *boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // it could be set, so it can be lifted
	}
	return n, err
}
