// Package httpapi is PartyChat over plain HTTP: pages, static files and REST
// (docs/PROTOCOL.md sections 1 to 3). It translates; the rules are in chat.
package httpapi

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"partychat/internal/chat"
)

// Sessions finds and changes the session of a request.
type Sessions interface {
	// Load looks up the session of each request for Identity, Start and End.
	Load(next http.Handler) http.Handler
	Identity(ctx context.Context) (chat.Identity, bool)
	// Start begins a session of the user, with a cookie or with a token alone.
	Start(ctx context.Context, user chat.User, how chat.SessionStart) (token string, err error)
	// End deletes the request's session and its cookies.
	End(ctx context.Context) error
	// ForgetEnded deletes the cookie of a session that has ended, and tells
	// whether there was one.
	ForgetEnded(ctx context.Context) bool
	// List gives a user's sessions, Revoke ends one of them, RevokeOthers all but
	// one, and Undo the one that Start has just begun.
	List(ctx context.Context, user chat.UserID) ([]chat.Session, error)
	Revoke(ctx context.Context, user chat.UserID, id string) error
	RevokeOthers(ctx context.Context, user chat.UserID, except string) error
	Undo(ctx context.Context, token string) error
	// Device gives what a guest's device has kept since it was that guest, and
	// SetDevice has it keep something.
	Device(ctx context.Context) chat.GuestDevice
	SetDevice(ctx context.Context, device chat.GuestDevice)
}

// Attempts limits how often someone may try. Its errors are CodeRateLimited.
type Attempts interface {
	// LogIn allows a log-in, which goes on with the context that it gives. Done
	// hears how it ended: the error of chat.Users.LogIn, or nil.
	LogIn(ctx context.Context, name, address string) (_ context.Context, done func(error), err error)
	SignUp(name, address string) error
}

// Options are what the handler is made of. All are needed except where said.
type Options struct {
	Chat     *chat.Chat
	Sessions Sessions
	Attempts Attempts
	// Files is the built web client: index.html, assets/ and more.
	Files fs.FS
	// Health tells whether the server can do its work now.
	Health func(context.Context) Health
	// TrustedProxies may say where a request really comes from; none by default.
	TrustedProxies Proxies
	// AllowedOrigins are other origins whose pages may change things here; none
	// by default.
	AllowedOrigins []string
	// ForeignOrigin is told of each request that is refused because of its origin.
	ForeignOrigin func(*http.Request)
	// BodyTimeout is how long a body may take to arrive; a minute by default.
	BodyTimeout time.Duration
	Log         *slog.Logger // silent by default
	Version     string       // of the program, for the document
}

// New makes the handler of everything but /socket.io/, to be put behind Secure.
// It fails if an allowed origin is none.
func New(options Options) (http.Handler, error) {
	o := options
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.ForeignOrigin == nil {
		o.ForeignOrigin = func(*http.Request) {}
	}
	files, err := loadFiles(o.Files)
	if err != nil {
		return nil, err
	}
	pages := pages{sessions: o.Sessions, index: files.index}

	mux := http.NewServeMux()
	mux.Handle("/api/", o.Sessions.Load(newAPI(o)))
	mux.Handle("GET /{$}", o.Sessions.Load(http.HandlerFunc(pages.landing)))
	mux.Handle("GET /login", o.Sessions.Load(http.HandlerFunc(pages.landing)))
	mux.Handle("GET /register", o.Sessions.Load(http.HandlerFunc(pages.landing)))
	mux.Handle("GET /join", o.Sessions.Load(http.HandlerFunc(pages.join)))
	mux.Handle("GET /join/{token}", o.Sessions.Load(http.HandlerFunc(pages.join)))
	mux.Handle("GET /home", o.Sessions.Load(http.HandlerFunc(pages.home)))
	mux.Handle("GET /home/{room}", o.Sessions.Load(http.HandlerFunc(pages.home)))
	mux.Handle("GET /assets/", files)
	mux.Handle("/", toLookAt(files.or(http.HandlerFunc(pages.notFound))))
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("GET /readyz", ready(o.Health))

	guarded, err := refuseForeign(o.AllowedOrigins, o.ForeignOrigin, mux)
	if err != nil {
		return nil, err
	}
	return withLocal(o.TrustedProxies, withAddress(o.TrustedProxies, logRequests(o.Log, recoverPanics(o.Log, guarded)))), nil
}
