package httpapi

import (
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// plainHost is what may be written into a header line of ours as it is.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.\-]+(:[0-9]+)?$|^\[[0-9A-Fa-f:.]+\](:[0-9]+)?$`)

// Secure sets the header lines that keep a browser from doing for others what
// this server does not want, on every answer of next: redirects, errors and
// Socket.IO too. Everything comes from this origin: a script or style written
// into the page is not run.
//
// Over TLS it also says for how long browsers are to use nothing else for this
// host (Strict-Transport-Security, RFC 6797), unless hsts is 0.
func Secure(next http.Handler, proxies Proxies, hsts time.Duration) http.Handler {
	transport := "max-age=" + strconv.FormatInt(int64(hsts/time.Second), 10)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connect := "'self'"
		if plainHost.MatchString(r.Host) { // not every browser takes 'self' to include WebSockets
			connect += " ws://" + r.Host + " wss://" + r.Host
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; connect-src "+connect+"; img-src 'self' data:; "+
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
