package httpapi

import (
	"net/http"

	"partychat/internal/chat"
)

// answerUnknown answers in JSON where the mux would answer in plain text: if
// there is no such path, or if it does not accept the method.
func answerUnknown(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := headerOnly{header: http.Header{}}
		handler.ServeHTTP(&probe, r)
		if probe.status != http.StatusMethodNotAllowed {
			WriteError(w, chat.Errorf(chat.CodeNotFound, "There is nothing at this address."))
			return
		}
		allowed := probe.header.Get("Allow")
		w.Header().Set("Allow", allowed)
		f := faultFrom(chat.Errorf(chat.CodeInvalid, "This address accepts only %s.", allowed))
		f.status = http.StatusMethodNotAllowed
		f.write(w)
	})
}

// headerOnly records the header that a handler would send.
type headerOnly struct {
	header http.Header
	status int
}

// Header is specified by http.ResponseWriter.
func (h *headerOnly) Header() http.Header { return h.header }

// WriteHeader is specified by http.ResponseWriter.
func (h *headerOnly) WriteHeader(status int) { h.status = status }

// Write is specified by http.ResponseWriter.
func (h *headerOnly) Write(b []byte) (int, error) { return len(b), nil }
