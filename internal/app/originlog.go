package app

import (
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const (
	// originGap is how long a refused origin is not logged again.
	originGap = time.Hour
	// originsLogged is how many refused origins are logged in that time. The number
	// is limited because clients can send any origin.
	originsLogged = 20
	// originShown is how much of an origin or host is logged, in bytes.
	originShown = 256

	originRemedy = "if the page is yours, configure the proxy to forward the Host header unchanged, with its port, " +
		"or add the origin to --allowed-origins"
)

// originLog logs the origins that are refused. Behind a proxy that changes the Host
// header, everything but the connection works; only this log gives the reason.
type originLog struct {
	log *slog.Logger

	mu    sync.Mutex
	since time.Time
	seen  map[[2]string]struct{} // by origin and host
}

// refused logs the request's origin, unless it was logged recently.
func (l *originLog) refused(r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		origin = "none, Sec-Fetch-Site: " + r.Header.Get("Sec-Fetch-Site")
	}
	pair := [2]string{origin[:min(len(origin), originShown)], r.Host[:min(len(r.Host), originShown)]}
	switch count := l.note(pair, time.Now()); {
	case count > 0 && count < originsLogged:
		l.log.Warn("refused a page of another origin", "origin", pair[0], "host", pair[1], "remedy", originRemedy)
	case count == originsLogged:
		l.log.Warn("refused a page of another origin; more refusals are not logged for an hour", "origin", pair[0], "host", pair[1], "remedy", originRemedy)
	}
}

// note records the pair and returns how many have been recorded within the hour, or
// 0 if this one must not be logged.
func (l *originLog) note(pair [2]string, now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.since) >= originGap {
		l.since, l.seen = now, make(map[[2]string]struct{})
	}
	if _, known := l.seen[pair]; known || len(l.seen) == originsLogged {
		return 0
	}
	l.seen[pair] = struct{}{}
	return len(l.seen)
}
