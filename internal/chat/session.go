package chat

import (
	"context"
	"time"
)

// Session is a signed-in browser or device. Ending it cuts its sockets.
type Session struct {
	ID        string    // a hash of the secret token that the client holds
	User      UserID    // 0 while nobody has logged in on it
	Data      []byte    // what the session library keeps; opaque to stores
	CreatedAt time.Time // UTC
	ExpiresAt time.Time // UTC; slid forward by activity
	SeenAt    time.Time // UTC; the last activity that was noted; zero: not known
	Device    string    // the browser and system that began it, in words; "": not known
}

// SessionStart says how a session is to begin.
type SessionStart struct {
	Token bool // give the client a token instead of a cookie
	Keep  bool // let it outlast long absence, on a device of the user's own
}

// Identity is who is asking: a user, through one session.
type Identity struct {
	User    User
	Session string // Session.ID
}

// SessionStore keeps sessions. A session past its ExpiresAt is as good as gone:
// no method returns it, except StoredSessions, and DeleteExpiredSessions, once.
type SessionStore interface {
	// PutSession stores or replaces the session with that ID. CreatedAt of a
	// replaced one is kept.
	PutSession(ctx context.Context, session Session) error
	// SessionByID fails with CodeNotFound.
	SessionByID(ctx context.Context, id string, now time.Time) (Session, error)
	// SessionsOfUser lists the user's sessions, the youngest first.
	SessionsOfUser(ctx context.Context, user UserID, now time.Time) ([]Session, error)
	// StoredSessions gives those of the sessions that nobody has removed, in any
	// order, also if they have expired.
	StoredSessions(ctx context.Context, ids []string) ([]Session, error)
	// TouchSessions moves ExpiresAt and SeenAt of those that had not expired at the
	// time there forward to expiresAt and seen; it never moves one back and never
	// revives an expired one.
	TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error
	// DeleteSession removes the session; one that is not there is no error.
	DeleteSession(ctx context.Context, id string) error
	// DeleteExpiredSessions removes what has expired by now and returns it.
	DeleteExpiredSessions(ctx context.Context, now time.Time) ([]Session, error)
}
