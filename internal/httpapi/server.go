// Package httpapi serves PartyChat over plain HTTP: pages, static files and REST
// (docs/PROTOCOL.md sections 1 to 3). It only translates; the rules are in
// package chat.
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
	// Refusal returns the answer to a request without a session.
	Refusal(ctx context.Context) error
	// Start begins a session of the user, with a cookie or with a token alone.
	Start(ctx context.Context, user chat.User, how chat.SessionStart) (token string, err error)
	// End deletes the request's session and its cookies.
	End(ctx context.Context) error
	// Keep makes the request's session last through long absence.
	Keep(ctx context.Context) error
	// ForgetEnded deletes the cookie of a session that has ended, and reports
	// whether there was one.
	ForgetEnded(ctx context.Context) bool
	UserSessions
	GuestDevices
}

// UserSessions is the sessions that users have.
type UserSessions interface {
	// List returns the sessions of a user. Revoke ends one of them, RevokeOthers
	// all except one, and Undo the session that Start has just begun.
	List(ctx context.Context, user chat.UserID) ([]chat.Session, error)
	Revoke(ctx context.Context, user chat.UserID, id string) error
	RevokeOthers(ctx context.Context, user chat.UserID, except string) error
	Undo(ctx context.Context, token string) error
}

// GuestDevices are the browsers that guests use.
type GuestDevices interface {
	// Device returns the data that a guest's browser has kept, and SetDevice
	// stores it there.
	Device(ctx context.Context) chat.GuestDevice
	SetDevice(ctx context.Context, device chat.GuestDevice)
}

// Attempts limits log-ins and sign-ups. Its errors are CodeRateLimited.
type Attempts interface {
	// LogIn allows a log-in, which must use the returned context. Call done with
	// its result: the error of chat.Users.LogIn, or nil.
	LogIn(ctx context.Context, name, address string) (_ context.Context, done func(error), err error)
	SignUp(name, address string) error
	// Belongs records that the user of this name is at this address, so that
	// log-ins from there keep working while others guess the password.
	Belongs(name, address string)
}

// Options configure New. All fields are required unless their comment names a default.
type Options struct {
	Chat     *chat.Chat
	Sessions Sessions
	Attempts Attempts
	// Files is the built web client: index.html, assets/ and more.
	Files fs.FS
	// Health reports whether the server works now.
	Health func(context.Context) Health
	// TrustedProxies are the proxies whose forwarding headers are trusted;
	// default none.
	TrustedProxies Proxies
	// AllowedOrigins are other origins whose pages may change things here;
	// default none.
	AllowedOrigins []string
	// ForeignOrigin is called with each request that is refused because of its origin.
	ForeignOrigin func(*http.Request)
	// BodyTimeout is the time in which a body must arrive; default one minute.
	BodyTimeout time.Duration
	Log         *slog.Logger // default: no log
	Version     string       // of the program, for the document
}

// New returns the handler for everything except /socket.io/. Wrap it with Secure.
// It fails if an allowed origin is invalid.
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
	mux.Handle("GET /home/{room}/{seq}", o.Sessions.Load(http.HandlerFunc(pages.home)))
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
