package chat

import (
	"context"
	"time"
)

// Session is a signed-in browser or device. Ending it cuts its sockets.
type Session struct {
	ID        string    // a hash of the secret token that the client holds
	User      UserID    // 0 before the first login
	Data      []byte    // the session library's data; opaque to stores
	CreatedAt time.Time // UTC
	ExpiresAt time.Time // UTC; extended by activity
	SeenAt    time.Time // UTC; last recorded activity; zero: unknown
	Device    string    // the browser and system that started it, as text; "": unknown
}

// SessionStart has the options of a new session.
type SessionStart struct {
	Token bool // give the client a token rather than a cookie
	Keep  bool // let it survive long absence, because the device is the user's own
}

// Identity is the origin of a request: a user, through one session.
type Identity struct {
	User    User
	Session string // Session.ID
	Rev     int64  // of the user's stream, when the session was looked up
}

// SessionStore stores sessions. No method returns a session past its ExpiresAt,
// except StoredSessions and DeleteExpiredSessions.
type SessionStore interface {
	// PutSession stores the session, or replaces the one with that ID but keeps its
	// CreatedAt.
	PutSession(ctx context.Context, session Session) error
	// SessionByID fails with CodeNotFound.
	SessionByID(ctx context.Context, id string, now time.Time) (Session, error)
	// SessionsOfUser returns the user's sessions, newest first.
	SessionsOfUser(ctx context.Context, user UserID, now time.Time) ([]Session, error)
	// StoredSessions returns those of the sessions that have not been removed, even
	// if they have expired, in any order.
	StoredSessions(ctx context.Context, ids []string) ([]Session, error)
	// TouchSessions moves ExpiresAt and SeenAt forward to expiresAt and seen, for
	// those of the sessions that had not expired at the time there. It never moves
	// either back and never revives an expired session.
	TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error
	// DeleteSession removes the session. It returns nil if there is none.
	DeleteSession(ctx context.Context, id string) error
	// DeleteExpiredSessions removes the sessions that have expired by now and
	// returns them.
	DeleteExpiredSessions(ctx context.Context, now time.Time) ([]Session, error)
}

// SessionUser is a session with its user, read at once.
type SessionUser struct {
	Session Session
	User    User
	Rev     int64 // the head of the user's stream
	Ended   bool  // the end of the session is on the user's stream
}

// SessionUserStore is a SessionStore that also keeps the users.
type SessionUserStore interface {
	// SessionUser is SessionByID and StreamStore.UserOfSession in one read, because every
	// request and every connection needs both. It fails with CodeNotFound if there is no
	// such session, or if it has no user.
	SessionUser(ctx context.Context, id string, now time.Time) (SessionUser, error)
}
