package sqlstore

import (
	"context"
	"time"

	"partychat/internal/chat"
)

type sessionStatements struct {
	PutSession, SessionByID, SessionUser, SessionsOfUser, StoredSessions string
	TouchSessions, DeleteSession, DeleteExpiredSessions                  string
}

func (d Dialect) sessions() sessionStatements {
	const columns = `id, coalesce("user", 0), data, created_at, expires_at, seen_at, device`
	return sessionStatements{
		PutSession: `
INSERT INTO sessions (id, "user", data, created_at, expires_at, seen_at, device)
VALUES ($1, nullif(CAST($2 AS bigint), 0), $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET "user" = excluded."user", data = excluded.data, expires_at = excluded.expires_at,
    seen_at = excluded.seen_at, device = excluded.device`,

		SessionByID: `SELECT ` + columns + ` FROM sessions WHERE id = $1 AND expires_at > $2`,

		// SessionByID and UserOfSession in one.
		SessionUser: `
SELECT s.id, s."user", s.data, s.created_at, s.expires_at, s.seen_at, s.device, ` + UserColumns + `, coalesce(h.rev, 0),
    EXISTS (SELECT 1 FROM user_log l WHERE l."user" = u.id AND l.kind = 'session' AND l.subject = s.id)
FROM sessions s ` + d.Join + ` users u ON u.id = s."user" LEFT JOIN user_heads h ON h."user" = u.id
WHERE s.id = $1 AND s.expires_at > $2`,

		SessionsOfUser: `
SELECT ` + columns + ` FROM sessions WHERE "user" = $1 AND expires_at > $2
ORDER BY created_at DESC, id`,

		StoredSessions: `SELECT ` + columns + ` FROM sessions WHERE ` + d.Any("id", "$1"),

		// Rows are locked in a fixed order, against deadlocks between concurrent calls.
		TouchSessions: `
UPDATE sessions SET expires_at = ` + d.Greatest + `(expires_at, $3), seen_at = ` + d.Greatest + `(seen_at, $4) WHERE id IN (
    SELECT s.id FROM sessions s WHERE ` + d.Any("s.id", "$1") + ` AND s.expires_at > $2 AND (s.expires_at < $3 OR s.seen_at < $4)
    ORDER BY s.id` + d.Lock("s") + `)`,

		DeleteSession:         `DELETE FROM sessions WHERE id = $1`,
		DeleteExpiredSessions: `DELETE FROM sessions WHERE expires_at <= $1 RETURNING ` + columns,
	}
}

// PutSession is specified by chat.SessionStore.
func (s sessionStore) PutSession(ctx context.Context, session chat.Session) error {
	data := session.Data
	if data == nil {
		data = []byte{}
	}
	_, err := s.db.Exec(ctx, s.sql.PutSession,
		session.ID, session.User, data, Millis(session.CreatedAt), Millis(session.ExpiresAt),
		MillisOrZero(session.SeenAt), session.Device)
	if s.dialect.IsForeignKey(err) {
		return NoUser()
	}
	return err
}

// SessionByID is specified by chat.SessionStore.
func (s sessionStore) SessionByID(ctx context.Context, id string, now time.Time) (chat.Session, error) {
	var row sessionRow
	if err := s.one(ctx, s.sql.SessionByID, []any{id, Millis(now)}, noSession, row.dest()...); err != nil {
		return chat.Session{}, err
	}
	return row.session(), nil
}

// SessionUser is specified by chat.SessionUserStore.
func (s sessionStore) SessionUser(ctx context.Context, id string, now time.Time) (found chat.SessionUser, err error) {
	var session sessionRow
	var user UserRow
	dest := append(append(session.dest(), user.Dest()...), &found.Rev, &found.Ended)
	if err := s.one(ctx, s.sql.SessionUser, []any{id, Millis(now)}, noSession, dest...); err != nil {
		return chat.SessionUser{}, err
	}
	found.Session, found.User = session.session(), user.User()
	return found, nil
}

// SessionsOfUser is specified by chat.SessionStore.
func (s sessionStore) SessionsOfUser(ctx context.Context, user chat.UserID, now time.Time) ([]chat.Session, error) {
	return all(ctx, s.Core, s.sql.SessionsOfUser, []any{user, Millis(now)}, scanSession)
}

// StoredSessions is specified by chat.SessionStore.
func (s sessionStore) StoredSessions(ctx context.Context, ids []string) ([]chat.Session, error) {
	return allOf(ctx, s.Core, s.sql.StoredSessions, ids, scanSession)
}

// TouchSessions is specified by chat.SessionStore.
func (s sessionStore) TouchSessions(ctx context.Context, ids []string, there, seen, expiresAt time.Time) error {
	if len(ids) == 0 {
		return nil
	}
	list, err := s.dialect.List(ids)
	if err != nil {
		return err
	}
	_, err = s.db.Exec(ctx, s.sql.TouchSessions, list, Millis(there), Millis(expiresAt), Millis(seen))
	return err
}

// DeleteSession is specified by chat.SessionStore.
func (s sessionStore) DeleteSession(ctx context.Context, id string) error {
	_, err := s.db.Exec(ctx, s.sql.DeleteSession, id)
	return err
}

// DeleteExpiredSessions is specified by chat.SessionStore.
func (s sessionStore) DeleteExpiredSessions(ctx context.Context, now time.Time) (sessions []chat.Session, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		sessions = []chat.Session{}
		return tx.Each(s.sql.DeleteExpiredSessions, []any{Millis(now)}, func(r Scanner) error {
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

// sessionRow receives a session.
type sessionRow struct {
	s                            chat.Session
	createdAt, expiresAt, seenAt int64
}

func (r *sessionRow) dest() []any {
	return []any{&r.s.ID, (*int64)(&r.s.User), &r.s.Data, &r.createdAt, &r.expiresAt, &r.seenAt, &r.s.Device}
}

func (r *sessionRow) session() chat.Session {
	r.s.CreatedAt, r.s.ExpiresAt = FromMillis(r.createdAt), FromMillis(r.expiresAt)
	r.s.SeenAt = fromMillisOrZero(r.seenAt)
	return r.s
}

func scanSession(r Scanner) (chat.Session, error) {
	var row sessionRow
	err := r.Scan(row.dest()...)
	return row.session(), err
}
