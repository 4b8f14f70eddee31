package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"

	"partychat/internal/classic/dialect"
	"partychat/internal/config"
	"partychat/internal/httpapi"
	"partychat/web"
)

// pages serves the front end of --pages on a port of its own. Browsers separate ports
// as origins, so its scripts cannot use the web client's pages, storage or REST.
// Cookies are not separated by port: see withoutSession.
type pages struct {
	folder   *httpapi.Folder
	listener net.Listener
	http     *http.Server
}

// pagesHeader is the header that this program adds to the requests of its pages' sockets.
// Other clients gain nothing by sending it.
const pagesHeader = "X-Partychat-Pages"

// areQuiet reports whether the pages of a folder receive nothing before they have sent an
// event, as far as their code shows. Otherwise greetings of other dialects could be of
// use, or at least no worse than before.
func areQuiet(folder string, dialects *dialect.Set) bool {
	if folder == "" {
		return false
	}
	code, err := codeIn(folder)
	likely := dialects.ForCode(code)
	return err == nil && len(likely) > 0 && !slices.ContainsFunc(likely, (*dialect.Table).Listens)
}

// openPages opens the folder and listens, if there is a folder.
func (a *App) openPages(ctx context.Context) error {
	c := a.config
	if c.Pages == "" {
		return nil
	}
	folder, err := httpapi.OpenFolder(c.Pages)
	if err != nil {
		return err
	}
	a.pages = &pages{folder: folder}
	sockets, err := httpapi.SocketClient(web.Dist(), withoutSession(c.AllowedOrigins, a.sockets, a.sessions.OwnCookieFirst(a.sockets)))
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", sockets)
	mux.Handle("/", folder)
	a.pages.http = a.newHTTP(mux)
	if a.pages.listener, err = new(net.ListenConfig).Listen(ctx, "tcp", c.PagesAddress()); err != nil {
		return listenError(c.PagesAddress(), "--pages-port or PARTYCHAT_PAGES_PORT", err)
	}
	a.log.Info("listening for pages", "address", a.pages.listener.Addr(), "folder", c.Pages)
	if !c.Classic && len(c.AllowedOrigins) == 0 {
		a.log.Warn("pages cannot connect: they have no session, so they need --classic", "folder", c.Pages)
	}
	return nil
}

// withoutSession removes cookies and credentials from requests to bare, because
// browsers send the web client's cookie to every port of its host. Requests to the
// hosts of allowed origins keep them, because pages of those origins may act as the
// logged-in user anyway. The Host header identifies them; the Origin header can't,
// because browsers don't send it with a page's requests to its own origin.
func withoutSession(allowed []string, bare, trusted http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if slices.ContainsFunc(allowed, func(origin string) bool { return strings.EqualFold(hostOf(origin), r.Host) }) {
			trusted.ServeHTTP(w, r)
			return
		}
		stripped := *r
		stripped.Header = r.Header.Clone()
		stripped.Header.Set(pagesHeader, "1")
		stripped.Header.Del("Cookie")
		stripped.Header.Del("Authorization")
		bare.ServeHTTP(w, &stripped)
	})
}

// hostOf returns the host and port of an origin, which --allowed-origins has checked.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}

// serve serves until shutDown.
func (p *pages) serve() error { return p.http.Serve(p.listener) }

// shutDown finishes the requests in flight until ctx ends. It does nothing if there
// are no pages.
func (p *pages) shutDown(ctx context.Context) error {
	if p == nil {
		return nil
	}
	if err := p.http.Shutdown(ctx); err != nil {
		return errors.Join(err, p.http.Close())
	}
	return nil
}

// close releases the port and the folder.
func (p *pages) close() error {
	if p == nil {
		return nil
	}
	var err error
	if p.listener != nil {
		if err = p.listener.Close(); errors.Is(err, net.ErrClosed) {
			err = nil
		}
	}
	return errors.Join(err, p.folder.Close())
}

// PagesURL returns the URL of the pages of --pages for a browser on this machine,
// or "" if there are none.
func (a *App) PagesURL() string {
	if a.pages == nil {
		return ""
	}
	return urlAt(a.config, a.pages.listener)
}

// urlAt returns the listener's URL for a browser on this machine.
func urlAt(c config.Config, on net.Listener) string {
	port := c.Port
	if tcp, ok := on.Addr().(*net.TCPAddr); ok {
		port = tcp.Port
	}
	return urlOf(c, port)
}
