package httpapi

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
)

// pages serves the web client's one page under its addresses, to those who
// should see it there.
type pages struct {
	sessions Sessions
	index    *file // nil if the client has not been built
}

// What the address of the landing page says: where the visitor wanted to go, and
// that the session has ended. The client reads both (web/src/model/route.ts).
const (
	wantedKey = "to"
	endedKey  = "ended"
)

// landing is for those who have yet to log in; others go on to their rooms.
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

// roomPath matches the addresses of rooms, the only places that one is led back
// to: a link must not lead anywhere else by way of this server.
var roomPath = regexp.MustCompile(`^/home/[1-9][0-9]{0,15}$`)

// home is for those who are logged in. Others log in first and come back then.
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

// join is for everybody: who is logged in joins at once, others choose how.
func (p pages) join(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK)
}

// notFound lets the client say it, in its own words and looks.
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

// redirect depends on who asks, so nobody may keep it.
func redirect(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // callers give paths of our own pages only: see roomPath
}

// toLookAt refuses requests that would change something.
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
