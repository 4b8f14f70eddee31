package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	sessionColumns = `id, coalesce("user", 0), data, created_at, expires_at, seen_at, device`

	sqlPutSession = `
INSERT INTO sessions (id, "user", data, created_at, expires_at, seen_at, device)
VALUES ($1, nullif($2::bigint, 0), $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET "user" = excluded."user", data = excluded.data, expires_at = excluded.expires_at,
    seen_at = excluded.seen_at, device = excluded.device`

	sqlSessionByID = `SELECT ` + sessionColumns + ` FROM sessions WHERE id = $1 AND expires_at > $2`

	sqlSessionsOfUser = `
SELECT ` + sessionColumns + ` FROM sessions WHERE "user" = $1 AND expires_at > $2
ORDER BY created_at DESC, id`

	sqlStoredSessions = `SELECT ` + sessionColumns + ` FROM sessions WHERE id = ANY ($1)`

	// Rows are locked in a fixed order, to avoid deadlocks between concurrent
	// calls.
	sqlTouchSessions = `
UPDATE sessions SET expires_at = greatest(expires_at, $3), seen_at = greatest(seen_at, $4) WHERE id IN (
    SELECT id FROM sessions WHERE id = ANY ($1) AND expires_at > $2 AND (expires_at < $3 OR seen_at < $4)
    ORDER BY id FOR NO KEY UPDATE)`

	sqlDeleteSession = `DELETE FROM sessions WHERE id = $1`

	sqlDeleteExpiredSessions = `DELETE FROM sessions WHERE expires_at <= $1 RETURNING ` + sessionColumns
)

// PutSession is specified by chat.SessionStore.
func (s sessionStore) PutSession(ctx context.Context, session chat.Session) error {
	data := session.Data
	if data == nil {
		data = []byte{}
	}
	_, err := s.writeOne(ctx, sqlPutSession,
		session.ID, session.User, data, millis(session.CreatedAt), millis(session.ExpiresAt),
		millisOrZero(session.SeenAt), session.Device)
	if isForeignKey(err) {
		return noUser()
	}
	return err
}

// SessionByID is specified by chat.SessionStore.
func (s sessionStore) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	var row sessionRow
	err := s.readRow(ctx, sqlSessionByID, []any{id, millis(now)}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.Session{}, noSession()
	}
	return row.session(), err
}

// SessionsOfUser is specified by chat.SessionStore.
func (s sessionStore) SessionsOfUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Session, error) {
	return readAll(ctx, s.core, sqlSessionsOfUser, []any{user, millis(now)}, scanSession)
}

// StoredSessions is specified by chat.SessionStore.
func (s sessionStore) StoredSessions(ctx context.Context, ids []string) ([]chat.Session, error) {
	if len(ids) == 0 {
		return []chat.Session{}, nil
	}
	return readAll(ctx, s.core, sqlStoredSessions, []any{ids}, scanSession)
}

// TouchSessions is specified by chat.SessionStore.
func (s sessionStore) TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.writeOne(ctx, sqlTouchSessions, ids, millis(there), millis(expiresAt), millis(seen))
	return err
}

// DeleteSession is specified by chat.SessionStore.
func (s sessionStore) DeleteSession(ctx context.Context, id string) error {
	_, err := s.writeOne(ctx, sqlDeleteSession, id)
	return err
}

// DeleteExpiredSessions is specified by chat.SessionStore.
func (s sessionStore) DeleteExpiredSessions(ctx context.Context, now time.Time) (sessions []chat.Session, err error) {
	err = s.write(ctx, func(tx *tx) error {
		sessions = []chat.Session{}
		return tx.each(sqlDeleteExpiredSessions, []any{millis(now)}, func(r pgx.Rows) error {
			session, err := scanSession(r)
			sessions = append(sessions, session)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return sessions, nil
}

func scanSession(r pgx.Rows) (chat.Session, error) {
	var row sessionRow
	err := r.Scan(row.dest()...)
	return row.session(), err
}

// sessionRow receives sessionColumns.
type sessionRow struct {
	s                            chat.Session
	createdAt, expiresAt, seenAt int64
}

func (r *sessionRow) dest() []any {
	return []any{&r.s.ID, &r.s.User, &r.s.Data, &r.createdAt, &r.expiresAt, &r.seenAt, &r.s.Device}
}

func (r *sessionRow) session() chat.Session {
	r.s.CreatedAt, r.s.ExpiresAt = fromMillis(r.createdAt), fromMillis(r.expiresAt)
	r.s.SeenAt = fromMillisOrZero(r.seenAt)
	return r.s
}
