package httpapi

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
)

// pages serves the page of the web client under its addresses, and redirects
// visitors who should be elsewhere.
type pages struct {
	sessions Sessions
	index    *translations // nil if the client has not been built
}

// Query parameters of the landing page: the address that the visitor wanted, and
// whether the session has ended. The client reads both (web/src/model/route.ts).
const (
	wantedKey = "to"
	endedKey  = "ended"
)

// landing serves visitors without a session; others are redirected to their
// rooms.
func (p pages) landing(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.sessions.Identity(r.Context()); ok {
		to := "/home"
		if wanted := r.URL.Query().Get(wantedKey); roomPath.MatchString(wanted) {
			to = wanted
		}
		redirect(w, r, to)
		return
	}
	p.show(w, r, http.StatusOK)
}

// roomPath matches the addresses of rooms and of messages in them, the only redirect
// targets: a link must not lead to another site through this server.
var roomPath = regexp.MustCompile(`^/home/[1-9][0-9]{0,15}(/[1-9][0-9]{0,15})?$`)

// home serves visitors with a session. Others log in first and then return.
func (p pages) home(w http.ResponseWriter, r *http.Request) {
	if _, ok := p.sessions.Identity(r.Context()); !ok {
		why := url.Values{}
		if roomPath.MatchString(r.URL.Path) {
			why.Set(wantedKey, r.URL.Path)
		}
		if p.sessions.ForgetEnded(r.Context()) {
			why.Set(endedKey, "true")
		}
		to := url.URL{Path: "/", RawQuery: why.Encode()}
		redirect(w, r, to.String())
		return
	}
	p.show(w, r, http.StatusOK)
}

// join serves everybody: with a session one joins at once, without one chooses
// how.
func (p pages) join(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK)
}

// notFound lets the client show the error, in its own words and design.
func (p pages) notFound(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusNotFound)
}

func (p pages) show(w http.ResponseWriter, r *http.Request, status int) {
	if p.index == nil {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, notBuilt)
		return
	}
	p.index.serve(w, r, status)
}

// redirect forbids caching, because the target depends on the visitor.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // callers give paths of our own pages only: see roomPath
}

// toLookAt refuses all methods but GET and HEAD.
func toLookAt(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>PartyChat</title>
<h1>The web client has not been built</h1>
<p>Run <code>make build</code> and start the server again. Everything else is running.</p>
</html>
`
