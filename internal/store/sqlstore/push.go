package sqlstore

import (
	"context"
	"time"

	"partychat/internal/chat"
)

// pushStore is the part that keeps the devices that receive pushes.
type pushStore struct{ *Core }

const pushColumns = `p.id, p."user", p.session, p.endpoint, p.p256dh, p.auth, p.origin, p.shows_text, p.created_at, p.renewed_at`

type pushStatements struct {
	AddPushKeys, PushKeys                        string
	DropTaken, PutSubscription, DropOlder        string
	HasPushSubscriptions, PushSubscriptions      string
	DeletePushSubscription, EndPushSubscriptions string
	IsPushUser, KeepActive                       string
	PushMembers, PushCursor, SentAt              string
	BeginPushes, AdvancePushes                   string
	PushLagging, ReadShown, ReadShownOf          string
	PushState, PushShown, PushNotShown           string
}

func (d Dialect) pushes() pushStatements {
	// Notifications whose message was read, or whose user has left the room.
	const readShown = `
SELECT s.subscription, s.room, s.seq FROM push_subscriptions p JOIN push_shown s ON s.subscription = p.id
LEFT JOIN memberships m ON m.room = s.room AND m."user" = p."user"
WHERE coalesce(m.read_seq, s.seq) >= s.seq`
	return pushStatements{
		AddPushKeys: `INSERT INTO push_keys (id, public, private, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		PushKeys:    `SELECT public, private FROM push_keys WHERE id = 1`,

		// A session has one device, and a device that somebody else uses now is new.
		DropTaken: `DELETE FROM push_subscriptions WHERE id = $1 AND "user" <> $2 OR session = $3 AND id <> $1`,
		PutSubscription: `
INSERT INTO push_subscriptions (id, "user", session, endpoint, p256dh, auth, origin, shows_text, created_at, renewed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET session = excluded.session, endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
    origin = excluded.origin, shows_text = excluded.shows_text, renewed_at = excluded.renewed_at`,
		DropOlder: `
DELETE FROM push_subscriptions WHERE "user" = $1 AND id NOT IN (
    SELECT id FROM push_subscriptions WHERE "user" = $1 ORDER BY renewed_at DESC, id LIMIT $2)`,

		HasPushSubscriptions:   `SELECT EXISTS (SELECT 1 FROM push_subscriptions)`,
		PushSubscriptions:      `SELECT ` + pushColumns + ` FROM push_subscriptions p WHERE p."user" = $1 ORDER BY p.renewed_at DESC, p.id`,
		DeletePushSubscription: `DELETE FROM push_subscriptions WHERE id = $1 AND ("user" = $2 OR $2 = 0)`,
		EndPushSubscriptions:   `DELETE FROM push_subscriptions WHERE session = $1`,

		IsPushUser: `SELECT EXISTS (SELECT 1 FROM push_subscriptions WHERE "user" = $1)`,
		KeepActive: `
INSERT INTO push_active ("user", until) VALUES ($1, $2)
ON CONFLICT ("user") DO UPDATE SET until = ` + d.Greatest + `(push_active.until, excluded.until)`,

		// Few members have devices, so the devices come first.
		PushMembers: `
SELECT p.id, ` + UserColumns + `, ` + settingsColumns + `, m.level, coalesce(m.peer, 0), m.read_seq, ` + d.Greatest + `(p.created_at, m.joined_at)
FROM push_subscriptions p ` + d.Join + ` memberships m ON m.room = $1 AND m."user" = p."user" JOIN users u ON u.id = p."user"
LEFT JOIN settings s ON s."user" = p."user"
WHERE NOT u.banned`,
		PushCursor: `SELECT r.seq, coalesce(c.seq, 0) FROM rooms r LEFT JOIN push_rooms c ON c.room = r.id WHERE r.id = $1`,
		SentAt:     `SELECT created_at FROM messages WHERE room = $1 AND seq = $2`,

		BeginPushes:   `INSERT INTO push_rooms (room, seq) SELECT id, $2 FROM rooms WHERE id = $1 ON CONFLICT (room) DO NOTHING`,
		AdvancePushes: `UPDATE push_rooms SET seq = $3 WHERE room = $1 AND seq = $2`,

		PushLagging: `
SELECT DISTINCT r.id FROM push_subscriptions p ` + d.Join + ` memberships m ON m."user" = p."user" JOIN rooms r ON r.id = m.room
LEFT JOIN push_rooms c ON c.room = r.id WHERE r.seq > coalesce(c.seq, 0)`,
		ReadShown:   readShown,
		ReadShownOf: readShown + ` AND ` + d.Any(`p."user"`, "$1"),

		PushState: `
SELECT ` + pushColumns + `, ` + UserColumns + `, m."user" IS NOT NULL, coalesce(m.peer, 0), coalesce(m.read_seq, 0),
    coalesce(s.seq, 0), coalesce(a.until, 0)
FROM push_subscriptions p JOIN users u ON u.id = p."user" LEFT JOIN memberships m ON m.room = $2 AND m."user" = p."user"
LEFT JOIN push_shown s ON s.subscription = p.id AND s.room = $2 LEFT JOIN push_active a ON a."user" = p."user"
WHERE p.id = $1`,
		PushShown: `
INSERT INTO push_shown (subscription, room, seq) SELECT id, $2, $3 FROM push_subscriptions WHERE id = $1
ON CONFLICT (subscription, room) DO UPDATE SET seq = excluded.seq`,
		PushNotShown: `DELETE FROM push_shown WHERE subscription = $1 AND room = $2`,
	}
}

// PushKeys is specified by chat.PushStore.
func (s pushStore) PushKeys(ctx context.Context, made chat.PushKeys, at time.Time) (keys chat.PushKeys, err error) {
	found, err := s.row(ctx, s.sql.PushKeys, nil, &keys.Public, &keys.Private)
	if err != nil || found {
		return keys, err
	}
	if _, err := s.db.Exec(ctx, s.sql.AddPushKeys, made.Public, made.Private, Millis(at)); err != nil {
		return chat.PushKeys{}, err
	}
	_, err = s.row(ctx, s.sql.PushKeys, nil, &keys.Public, &keys.Private)
	return keys, err
}

// PutPushSubscription is specified by chat.PushStore.
func (s pushStore) PutPushSubscription(ctx context.Context, sub chat.PushSubscription, limit int) error {
	err := s.db.WriteBeside(ctx, func(tx Tx) error {
		if _, err := tx.Exec(s.sql.DropTaken, sub.ID, sub.User, sub.Session); err != nil {
			return err
		}
		_, err := tx.Exec(s.sql.PutSubscription, sub.ID, sub.User, sub.Session, sub.Endpoint, sub.P256DH, sub.Auth, sub.Origin,
			sub.ShowsText, Millis(sub.CreatedAt), Millis(sub.RenewedAt))
		if err != nil {
			if s.dialect.IsForeignKey(err) {
				return NoUser()
			}
			return err
		}
		_, err = tx.Exec(s.sql.DropOlder, sub.User, limit)
		return err
	})
	if err == nil {
		s.search.Changed.pushes.on.Store(true)
	}
	return err
}

// PushSubscriptions is specified by chat.PushStore.
func (s pushStore) PushSubscriptions(ctx context.Context, user chat.UserID) ([]chat.PushSubscription, error) {
	return all(ctx, s.Core, s.sql.PushSubscriptions, []any{user}, func(r Scanner) (chat.PushSubscription, error) {
		var row pushRow
		err := r.Scan(row.dest()...)
		return row.subscription(), err
	})
}

// DeletePushSubscription is specified by chat.PushStore.
func (s pushStore) DeletePushSubscription(ctx context.Context, user chat.UserID, id string) error {
	_, err := s.db.Exec(ctx, s.sql.DeletePushSubscription, id, user)
	return err
}

// KeepActive is specified by chat.PushStore. Most users have no devices, and reading
// that is cheaper than writing.
func (s pushStore) KeepActive(ctx context.Context, user chat.UserID, until time.Time) error {
	if !s.search.Changed.pushes.on.Load() {
		return nil
	}
	var has bool
	if _, err := s.row(ctx, s.sql.IsPushUser, []any{user}, &has); err != nil || !has {
		return err
	}
	_, err := s.db.Exec(ctx, s.sql.KeepActive, user, Millis(until))
	return err
}

// pushRow receives pushColumns.
type pushRow struct {
	p                    chat.PushSubscription
	createdAt, renewedAt int64
}

func (r *pushRow) dest() []any {
	return []any{
		&r.p.ID, (*int64)(&r.p.User), &r.p.Session, &r.p.Endpoint, &r.p.P256DH, &r.p.Auth, &r.p.Origin, &r.p.ShowsText,
		&r.createdAt, &r.renewedAt,
	}
}

func (r *pushRow) subscription() chat.PushSubscription {
	r.p.CreatedAt, r.p.RenewedAt = FromMillis(r.createdAt), FromMillis(r.renewedAt)
	return r.p
}
