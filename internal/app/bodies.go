package app

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// boundBodies limits the time for each request's body to arrive, even if the
// handler doesn't read it: http.Server reads the rest of an unread body in order to
// reuse the connection, and would wait for it forever.
func boundBodies(within time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 || within == 0 {
			next.ServeHTTP(w, r)
			return
		}
		control := http.NewResponseController(w)
		if control.SetReadDeadline(time.Now().Add(within)) == nil {
			// Change a copy of the request: http.Server checks the body of its own
			// request to see whether it was read to the end. It can't check a body
			// of another type, and would then keep a connection whose body is still
			// incomplete.
			bounded := *r
			bounded.Body = &boundBody{ReadCloser: r.Body, control: control}
			r = &bounded
		}
		next.ServeHTTP(w, r)
	})
}

// boundBody removes the deadline once the body has arrived. From then on,
// http.Server reads in order to detect that the client disconnects, and would
// mistake the deadline for that.
type boundBody struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read is specified by io.Reader.
func (b *boundBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		_ = b.control.SetReadDeadline(time.Time{}) // setting it has worked before
	}
	return n, err
}
