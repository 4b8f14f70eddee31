package httpapi

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"partychat/internal/chat"
)

// alive says that the process runs and answers. It asks nobody else, so that a
// database that is away does not get the process restarted.
func alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = io.WriteString(w, "ok\n")
}

// ready says whether requests should be sent here now.
func ready(check func(context.Context) error, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := check(r.Context()); err != nil {
			log.Warn("not ready", "err", err)
			WriteError(w, chat.Errorf(chat.CodeUnavailable, "The server is not ready."))
			return
		}
		alive(w, r)
	}
}
