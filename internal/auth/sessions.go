package auth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"partychat/internal/chat"
)

const (
	defaultIdleTimeout = 30 * time.Minute
	defaultMaxAge      = 90 * 24 * time.Hour
	defaultGuestIdle   = 30 * 24 * time.Hour
	defaultKeptIdle    = 30 * 24 * time.Hour

	// slideEvery is how often a session's expiry is written at most, however
	// much its user does.
	slideEvery = time.Minute
)

// SessionOptions configure Sessions. Zero fields get defaults.
type SessionOptions struct {
	// IdleTimeout ends a session after this time without activity; default 30
	// minutes.
	IdleTimeout time.Duration
	// MaxAge ends a session this long after log-in, whatever its activity;
	// default 90 days, negative: never.
	MaxAge time.Duration
	// GuestIdle ends a guest's session after this time without activity; default
	// 30 days. Guests have no maximum age, because they cannot log in again
	// without a password.
	GuestIdle time.Duration
	// KeptIdle ends a session that its user wants to keep after this time without
	// activity; default 30 days. A value below IdleTimeout counts as IdleTimeout.
	KeptIdle time.Duration
	// OverTLS reports whether a request was encrypted; its cookie is then Secure.
	// The default checks the connection to this machine. If a proxy terminates
	// TLS, OverTLS must use what the proxy reports.
	OverTLS func(*http.Request) bool
	// Fail answers a request whose session cannot be looked up.
	Fail func(http.ResponseWriter, *http.Request, error)
	Now  func() time.Time
	Log  *slog.Logger
}

func (o SessionOptions) withDefaults() SessionOptions {
	if o.IdleTimeout <= 0 {
		o.IdleTimeout = defaultIdleTimeout
	}
	if o.MaxAge == 0 {
		o.MaxAge = defaultMaxAge
	}
	if o.GuestIdle <= 0 {
		o.GuestIdle = defaultGuestIdle
	}
	if o.KeptIdle <= 0 {
		o.KeptIdle = defaultKeptIdle
	}
	if o.OverTLS == nil {
		o.OverTLS = func(r *http.Request) bool { return r.TLS != nil }
	}
	if o.Fail == nil {
		o.Fail = func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Sessions starts, finds and ends sessions: docs/PROTOCOL.md section 2. The
// client holds a random token, the store only its hash. All methods are safe for
// concurrent use.
type Sessions struct {
	store   chat.SessionStore
	users   Users
	broker  chat.Broker
	manager *scs.SessionManager
	// beside is like manager but does not see the values that manager has stored
	// in a context: it starts sessions besides that of the request.
	beside  *scs.SessionManager
	options SessionOptions
	outage  outage
}

// Users is what sessions need of users and their streams (chat.StreamStore).
type Users interface {
	UserOfSession(ctx context.Context, id chat.UserID, session string) (user chat.User, rev int64, err error)
	EndSession(ctx context.Context, user chat.UserID, session string, reason chat.EndReason) (rev int64, err error)
	SessionEnd(ctx context.Context, session string) (chat.EndReason, error)
}

// NewSessions returns Sessions that are kept in the store, and that end on every
// node through the broker.
func NewSessions(store chat.SessionStore, users Users, broker chat.Broker, options SessionOptions) *Sessions {
	s := &Sessions{store: store, users: users, broker: broker, options: options.withDefaults()}
	s.manager, s.beside = newManager(store, s.options), newManager(store, s.options)
	return s
}

func newManager(store chat.SessionStore, options SessionOptions) *scs.SessionManager {
	m := scs.New()
	both, _ := store.(chat.SessionUserStore)
	m.Store = adapter{store: store, both: both, expiry: options.expiry, now: options.Now}
	m.Codec = codec{}
	m.HashTokenInStore = true
	// With an idle time-out the library would write each session on each request
	// to extend it. So it gets none, and slide extends sessions less often.
	m.IdleTimeout = 0
	return m
}

// Identity returns the user of a request that came through Load.
func (s *Sessions) Identity(ctx context.Context) (chat.Identity, bool) {
	v := visitFrom(ctx)
	if v == nil || v.user.ID == 0 {
		return chat.Identity{}, false
	}
	return v.identity(), true
}

// Start begins a session of the user and returns its token. Unless the client
// wants the token itself, Start sets it as a cookie in the answer to the request
// of ctx, which must have come through Load, and ends a previous session of that
// cookie. The token is always new, so that nobody can have planted it.
func (s *Sessions) Start(ctx context.Context, user chat.User, how chat.SessionStart) (token string, err error) {
	asToken := how.Token
	v := visitFrom(ctx)
	if v == nil && !asToken {
		return "", errors.New("auth: a session with a cookie needs a request that came through Load")
	}
	manager, before := s.manager, chat.Session{}
	if v == nil || v.bearer || asToken {
		next := &visit{}
		if v != nil {
			next.w, next.overTLS, next.own, next.agent = v.w, v.overTLS, v.own, v.agent
		}
		manager, v = s.beside, next
		if ctx, err = manager.Load(context.WithValue(ctx, visitKey{}, v), ""); err != nil {
			return "", err
		}
	} else {
		before = v.session
	}

	rev, err := noteEnd(ctx, s.users, before, chat.EndLogOut)
	if err != nil {
		return "", err
	}
	if err := manager.RenewToken(ctx); err != nil {
		return "", err
	}
	manager.Put(ctx, userKey, user.ID)
	switch {
	case user.Kind == chat.KindGuest:
		manager.Put(ctx, termKey, termGuest)
	case how.Keep:
		manager.Put(ctx, termKey, termKept)
	default:
		manager.Remove(ctx, termKey)
	}
	token, _, err = manager.Commit(ctx)
	if err != nil {
		return "", err
	}
	v.user = user
	s.tellEnd(ctx, before, chat.EndLogOut, rev)
	if !asToken {
		v.deleteOthers()
		s.setCookie(v, token)
	}
	return token, nil
}

// End logs out: it deletes the session of the request of ctx and its cookie, and
// tells every node to disconnect the sockets. It completes even if the client
// disconnects. It fails with CodeUnauthenticated if there is no session.
func (s *Sessions) End(ctx context.Context) error {
	v := visitFrom(ctx)
	if v == nil || v.session.User == 0 {
		return errUnauthenticated()
	}
	ctx = context.WithoutCancel(ctx)
	rev, err := noteEnd(ctx, s.users, v.session, chat.EndLogOut)
	if err != nil {
		return err
	}
	if err := s.manager.Destroy(ctx); err != nil {
		return err
	}
	if !v.bearer {
		v.deleteCookies()
		v.forgetDevice()
	}
	ended := v.session
	v.session, v.user = chat.Session{}, chat.User{}
	s.tellEnd(ctx, ended, chat.EndLogOut, rev)
	return nil
}

// Authenticate identifies the user who opens a socket: by the token if there is
// one, otherwise by the headers of the handshake, which must have come through
// OwnCookieFirst. It counts as activity. Errors: CodeUnauthenticated, with the reason
// if the client had a session that was ended; CodeUnavailable.
func (s *Sessions) Authenticate(ctx context.Context, header http.Header, token string) (chat.Identity, error) {
	if token == "" {
		token, _ = bearerToken(header)
	}
	candidates := []*http.Cookie{{Value: token}} //nolint:gosec // only its value is used
	if token == "" {
		candidates = handshakeCookies(header)
	}
	var ended []string
	banned := false
	for _, c := range candidates {
		v := &visit{}
		if _, err := s.find(context.WithValue(ctx, visitKey{}, v), v, c.Value); err != nil {
			return chat.Identity{}, err
		}
		if v.user.ID != 0 && !outgrown(c.Name, v.session) {
			return v.identity(), nil
		}
		ended, banned = append(ended, v.ended...), banned || v.banned
	}
	return chat.Identity{}, refusalOf(ctx, s.users, &visit{ended: ended, banned: banned})
}

// Identify returns the user of a session by the id of the session, even if the
// user has been banned since. It does not count as activity. Errors:
// CodeUnauthenticated if the session has ended, CodeUnavailable.
func (s *Sessions) Identify(ctx context.Context, sessionID string) (chat.Identity, error) {
	session, err := s.store.SessionByID(ctx, sessionID, s.options.Now().UTC())
	if chat.CodeOf(err) == chat.CodeNotFound || err == nil && session.User == 0 {
		return chat.Identity{}, errUnauthenticated()
	}
	if err != nil {
		return chat.Identity{}, err
	}
	user, rev, err := s.users.UserOfSession(ctx, session.User, session.ID)
	if chat.CodeOf(err) == chat.CodeNotFound {
		return chat.Identity{}, errUnauthenticated()
	}
	return chat.Identity{User: user, Session: session.ID, Rev: rev}, err
}

// find loads the session of the token into v and extends it. If there is none, v
// has no user.
func (s *Sessions) find(ctx context.Context, v *visit, token string) (context.Context, error) {
	ctx, err := s.manager.Load(ctx, token)
	if err != nil || v.session.User == 0 {
		return ctx, err
	}
	user, rev, err := s.userOf(ctx, v)
	if chat.CodeOf(err) == chat.CodeNotFound {
		// The session has ended, but the node that ended it died before removing it.
		err = s.store.DeleteSession(ctx, v.session.ID)
		v.ended = append(v.ended, v.session.ID)
		v.session = chat.Session{}
		return ctx, err
	}
	if err != nil {
		return ctx, err
	}
	if user.Banned { // the session stays, and is valid again if the ban is lifted before it expires
		v.session, v.banned = chat.Session{}, true
		return ctx, nil
	}
	v.user, v.rev = user, rev
	if err := extend(ctx, s, v); err != nil {
		return ctx, err
	}
	if s.options.due(v.session, s.options.Now()) {
		now := s.options.Now().UTC()
		if v.session.ExpiresAt, err = s.slide(ctx, v.session, now, now); err != nil {
			return ctx, err
		}
		v.slid = true
	}
	return ctx, nil
}

// userOf returns the user of the visit's session and the head of the user's stream. It
// fails with CodeNotFound if the end of the session is on that stream.
func (s *Sessions) userOf(ctx context.Context, v *visit) (user chat.User, rev int64, err error) {
	found := v.found
	if found == nil || found.Session.ID != v.session.ID {
		return s.users.UserOfSession(ctx, v.session.User, v.session.ID)
	}
	if found.Ended {
		return chat.User{}, 0, chat.Errorf(chat.CodeNotFound, "The session has ended.")
	}
	return found.User, found.Rev, nil
}

// noteEnd records the end of a session on its user's stream, before the session is removed: from
// then on it counts as ended on every node. It tries twice, because a store that gave no answer may
// have recorded it.
func noteEnd(ctx context.Context, users Users, session chat.Session, reason chat.EndReason) (rev int64, err error) {
	if session.User == 0 {
		return 0, nil
	}
	rev, err = users.EndSession(ctx, session.User, session.ID, reason)
	if chat.CodeOf(err) == chat.CodeUnavailable {
		rev, err = users.EndSession(ctx, session.User, session.ID, reason)
	}
	return rev, err
}

// tellEnd publishes the end of a session after it has been stored. The event must reach the other
// nodes even if the client has disconnected. The end of an expired session has no rev: each node
// detects it by the clock.
func (s *Sessions) tellEnd(ctx context.Context, session chat.Session, reason chat.EndReason, rev int64) {
	if session.User == 0 {
		return
	}
	event := chat.SessionEnded{User: session.User, Rev: rev, Session: session.ID, Reason: reason}
	if err := s.broker.Publish(context.WithoutCancel(ctx), event); err != nil {
		s.options.Log.Error("cannot publish the end of a session; its sockets stay connected until their next request", "user", session.User, "err", err)
	}
}

func errUnauthenticated() *chat.Error {
	return chat.Errorf(chat.CodeUnauthenticated, "Please log in.")
}
