package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	userColumns = `u.id, u.username, u.kind, u.role, u.created_at, u.banned`

	// Only one at a time finds that there is no admin, on all servers together.
	sqlLockFirstAdmin = `SELECT pg_advisory_xact_lock($1)`
	firstAdminKey     = guardKey + 1

	sqlInsertUser = `
INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at, device_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (folded_name) DO NOTHING`

	sqlUserByID = `SELECT ` + userColumns + ` FROM users u WHERE u.id = $1`

	sqlCredentials = `SELECT ` + userColumns + `, u.password_hash FROM users u WHERE u.folded_name = $1`

	sqlPromoteGuest = `
UPDATE users u SET kind = $3, password_hash = $2, device_hash = '' WHERE u.id = $1 AND u.kind = $4
RETURNING ` + userColumns

	sqlSetPasswordHash = `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2` //nolint:gosec // a statement, with no secret in it

	sqlGuestDevice = `SELECT device_hash FROM users WHERE id = $1`

	sqlSetGuestDevice = `UPDATE users SET device_hash = $2 WHERE id = $1 AND kind = 'guest'`

	sqlUsersByID = `
SELECT ` + userColumns + ` FROM users u WHERE u.id = ANY ($1) ORDER BY u.folded_name`

	sqlSharesRoom = `
SELECT EXISTS (SELECT FROM memberships a JOIN memberships b ON b.room = a.room AND b."user" = $2 WHERE a."user" = $1)`
)

// CreateUser is specified by chat.UserStore.
func (s userStore) CreateUser(ctx context.Context, user chat.NewUser) (created chat.User, err error) {
	err = s.write(ctx, func(tx *tx) error {
		at := millis(user.CreatedAt)
		created = user.User
		created.CreatedAt = fromMillis(at)
		if user.FirstIsAdmin {
			first, err := isFirst(tx)
			if err != nil {
				return err
			}
			if first {
				created.Role = chat.RoleAdmin
			}
		}
		made, err := tx.exec(sqlInsertUser,
			user.ID, user.Username, user.FoldedName, user.Kind, created.Role, user.PasswordHash, at, user.DeviceHash)
		if err != nil {
			return err
		}
		if made == 0 {
			return chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
		}
		free, err := namedUsers.put(tx, int64(user.ID), user.Username)
		if err != nil {
			return err
		}
		if !free {
			return chat.ErrorIn("username", chat.CodeTaken, "This name looks like somebody else's. Try another one.")
		}
		if err := becomesFirst(tx, user, created.Role); err != nil {
			return err
		}
		// Always in the same order, against deadlocks.
		rooms := slices.Sorted(slices.Values(user.Rooms))
		for _, room := range rooms {
			if _, err := lockRoom(tx, room); err != nil {
				return err
			}
		}
		if user.Redeems != nil {
			if _, _, _, err := s.redeem(tx, user.ID, *user.Redeems); err != nil {
				return err
			}
		}
		for _, room := range rooms {
			if _, err := s.subscribe(tx, room, user.ID, chat.RoleMember, at); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return chat.User{}, err
	}
	return created, nil
}

// isFirst tells whether there is no admin yet, and then keeps others from asking
// until the end of the transaction.
func isFirst(tx *tx) (bool, error) {
	var has bool
	if err := tx.row(sqlHasAdmin, nil, &has); err != nil || has {
		return false, err
	}
	if _, err := tx.exec(sqlLockFirstAdmin, int64(firstAdminKey)); err != nil {
		return false, err
	}
	err := tx.row(sqlHasAdmin, nil, &has)
	return !has, err
}

// PromoteGuest is specified by chat.UserStore.
func (s userStore) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (user chat.User, rev int64, sub *chat.Subscription, err error) {
	err = s.write(ctx, func(tx *tx) error {
		var row userRow
		err := tx.row(sqlPromoteGuest, []any{id, passwordHash, chat.KindMember, chat.KindGuest}, row.dest()...)
		if errors.Is(err, pgx.ErrNoRows) {
			return noUser()
		}
		if err != nil {
			return err
		}
		user = row.user()
		sub = nil
		_, err = s.subscribe(tx, room, id, chat.RoleMember, millis(at))
		if banned := chat.CodeOf(err) == chat.CodeForbidden; err != nil && !banned {
			return err
		} else if !banned {
			there, err := subscription(tx, room, id)
			if err != nil {
				return err
			}
			sub = &there
		}
		rev, _, err = s.streams.AccountChanged(tx, id, nil)
		return err
	})
	if err != nil {
		return chat.User{}, 0, nil, err
	}
	return user, rev, sub, nil
}

// SetPasswordHash is specified by chat.CredentialStore.
func (s userStore) SetPasswordHash(ctx context.Context, id chat.UserID, before, hash string) (changed bool, err error) {
	n, err := s.writeOne(ctx, sqlSetPasswordHash, id, before, hash)
	return n > 0, err
}

// GuestDevice is specified by chat.CredentialStore.
func (s userStore) GuestDevice(ctx context.Context, id chat.UserID) (hash string, err error) {
	err = s.readRow(ctx, sqlGuestDevice, []any{id}, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		err = noUser()
	}
	return hash, err
}

// SetGuestDevice is specified by chat.CredentialStore.
func (s userStore) SetGuestDevice(ctx context.Context, id chat.UserID, hash string) error {
	_, err := s.writeOne(ctx, sqlSetGuestDevice, id, hash)
	return err
}

// UserByID is specified by chat.UserStore.
func (s userStore) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	var row userRow
	err := s.readRow(ctx, sqlUserByID, []any{id}, row.dest()...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.User{}, noUser()
	}
	return row.user(), err
}

// Credentials is specified by chat.CredentialStore.
func (s userStore) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	var row userRow
	var hash string
	err := s.readRow(ctx, sqlCredentials, []any{foldedName}, append(row.dest(), &hash)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return chat.User{}, "", noUser()
	}
	return row.user(), hash, err
}

// UsersByID is specified by chat.UserStore.
func (s userStore) UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error) {
	if len(ids) == 0 {
		return []chat.User{}, nil
	}
	return readAll(ctx, s.core, sqlUsersByID, []any{ids}, func(r pgx.Rows) (chat.User, error) {
		var row userRow
		err := r.Scan(row.dest()...)
		return row.user(), err
	})
}

// SharesRoom is specified by chat.UserStore.
func (s userStore) SharesRoom(ctx context.Context, a, b chat.UserID) (shares bool, err error) {
	if a == b {
		return true, nil
	}
	err = s.readRow(ctx, sqlSharesRoom, []any{a, b}, &shares)
	return shares, err
}

// userRow receives userColumns.
type userRow struct {
	u         chat.User
	createdAt int64
}

func (r *userRow) dest() []any {
	return []any{&r.u.ID, &r.u.Username, &r.u.Kind, &r.u.Role, &r.createdAt, &r.u.Banned}
}

func (r *userRow) user() chat.User {
	r.u.CreatedAt = fromMillis(r.createdAt)
	return r.u
}
