package httpapi

import (
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// plainHost matches hosts that are safe to copy into a header.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// Secure sets headers that protect the pages against other sites, on every answer
// of next: also on redirects, errors and Socket.IO. All content comes from this
// origin; the browser ignores scripts and styles that are written into a page.
//
// Over TLS it also sets Strict-Transport-Security (RFC 6797): for the time of
// hsts, browsers use only TLS for this host. With hsts 0 it does not.
func Secure(next http.Handler, proxies Proxies, hsts time.Duration) http.Handler {
	transport := "max-age=" + strconv.FormatInt(int64(hsts/time.Second), 10)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connect := "'self'"
		if plainHost.MatchString(r.Host) { // not every browser takes 'self' to include WebSockets
			connect += " ws://" + r.Host + " wss://" + r.Host
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; connect-src "+connect+"; img-src 'self' data: blob:; "+
			"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		if hsts > 0 && proxies.OverTLS(r) {
			h.Set("Strict-Transport-Security", transport)
		}
		next.ServeHTTP(w, r)
	})
}
