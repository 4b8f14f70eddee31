package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"partychat/internal/chat"
)

const (
	userColumns = `u.id, u.username, u.kind, u.role, u.created_at, u.banned`

	sqlInsertUser = `
INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at, device_hash)
VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'admin') THEN ?6 ELSE ?7 END, ?8, ?9, ?10)
ON CONFLICT (folded_name) DO NOTHING
RETURNING role`

	sqlUserByID = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ?1`

	sqlCredentials = `SELECT ` + userColumns + `, u.password_hash FROM users u WHERE u.folded_name = ?1`

	sqlPromoteGuest = `
UPDATE users SET kind = ?3, password_hash = ?2, device_hash = '' WHERE id = ?1 AND kind = ?4
RETURNING id, username, kind, role, created_at, banned` // userColumns; RETURNING knows no alias

	sqlSetPasswordHash = `UPDATE users SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2` //nolint:gosec // a statement, with no secret in it

	sqlGuestDevice = `SELECT device_hash FROM users WHERE id = ?1`

	sqlSetGuestDevice = `UPDATE users SET device_hash = ?2 WHERE id = ?1 AND kind = 'guest'`

	sqlUsersByID = `
SELECT ` + userColumns + ` FROM json_each(?1) e CROSS JOIN users u ON u.id = e.value
ORDER BY u.folded_name`

	sqlSharesRoom = `
SELECT EXISTS (SELECT 1 FROM memberships a CROSS JOIN memberships b ON b.room = a.room AND b.user = ?2 WHERE a.user = ?1)`
)

// CreateUser is specified by chat.UserStore.
func (s userStore) CreateUser(ctx context.Context, user chat.NewUser) (chat.User, error) {
	created := user.User
	created.CreatedAt = fromMillis(millis(user.CreatedAt))
	err := s.write(ctx, func(tx *tx) error {
		err := tx.row(sqlInsertUser, []any{
			user.ID, user.Username, user.FoldedName, user.Kind,
			user.FirstIsAdmin, chat.RoleAdmin, user.Role, user.PasswordHash, millis(user.CreatedAt), user.DeviceHash,
		}, &created.Role)
		if errors.Is(err, sql.ErrNoRows) {
			return chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
		}
		if err != nil {
			return err
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
		// By its link first, or one that leads into one of the rooms would not be used up.
		if user.Redeems != nil {
			if _, _, _, err := s.redeem(tx, user.ID, *user.Redeems); err != nil {
				return err
			}
		}
		for _, room := range user.Rooms {
			if err := s.joinFirst(tx, room, user.ID, user.CreatedAt); err != nil {
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

// joinFirst makes a new user a member, unless it has become one by its link.
func (s userStore) joinFirst(tx *tx, room chat.RoomID, user chat.UserID, at time.Time) error {
	added, err := s.addMember(tx, room, user, chat.RoleMember, at, true)
	if err != nil || added {
		return err
	}
	var there bool
	if err := tx.row(sqlIsMember, []any{room, user}, &there); err != nil {
		return err
	}
	if !there {
		return noRoom()
	}
	return nil
}

// PromoteGuest is specified by chat.UserStore.
func (s userStore) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (user chat.User, rev int64, sub *chat.Subscription, err error) {
	err = s.write(ctx, func(tx *tx) error {
		var row userRow
		err := tx.row(sqlPromoteGuest, []any{id, passwordHash, chat.KindMember, chat.KindGuest}, row.dest()...)
		if errors.Is(err, sql.ErrNoRows) {
			return noUser()
		}
		if err != nil {
			return err
		}
		user = row.user()
		sub = nil
		_, err = s.subscribe(tx, room, id, chat.RoleMember, at)
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
	err = s.writeBeside(ctx, func(tx *tx) error {
		n, err := tx.exec(sqlSetPasswordHash, id, before, hash)
		changed = n > 0
		return err
	})
	return changed, err
}

// GuestDevice is specified by chat.CredentialStore.
func (s userStore) GuestDevice(ctx context.Context, id chat.UserID) (hash string, err error) {
	err = s.readRow(ctx, sqlGuestDevice, []any{id}, &hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = noUser()
	}
	return hash, err
}

// SetGuestDevice is specified by chat.CredentialStore.
func (s userStore) SetGuestDevice(ctx context.Context, id chat.UserID, hash string) error {
	return s.writeBeside(ctx, func(tx *tx) error {
		_, err := tx.exec(sqlSetGuestDevice, id, hash)
		return err
	})
}

// UserByID is specified by chat.UserStore.
func (s userStore) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	var row userRow
	err := s.readRow(ctx, sqlUserByID, []any{id}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.User{}, noUser()
	}
	return row.user(), err
}

// Credentials is specified by chat.CredentialStore.
func (s userStore) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	var row userRow
	var hash string
	err := s.readRow(ctx, sqlCredentials, []any{foldedName}, append(row.dest(), &hash)...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.User{}, "", noUser()
	}
	return row.user(), hash, err
}

// UsersByID is specified by chat.UserStore.
func (s userStore) UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error) {
	users := []chat.User{}
	list, err := json.Marshal(ids)
	if err != nil || len(ids) == 0 {
		return users, err
	}
	err = s.readEach(ctx, sqlUsersByID, []any{string(list)}, func(r scanner) error {
		var row userRow
		err := r.Scan(row.dest()...)
		users = append(users, row.user())
		return err
	})
	return users, err
}

// SharesRoom is specified by chat.UserStore.
func (s userStore) SharesRoom(ctx context.Context, a, b chat.UserID) (shares bool, err error) {
	if a == b {
		return true, nil
	}
	// From the one with few rooms to the other costs the least, and nobody has many.
	err = s.readRow(ctx, sqlSharesRoom, []any{a, b}, &shares)
	return shares, err
}

// userRow receives userColumns.
type userRow struct {
	u         chat.User
	createdAt int64
}

// dest names the basic types, which database/sql fills without looking for what
// another one is made of.
func (r *userRow) dest() []any {
	return []any{
		(*int64)(&r.u.ID), &r.u.Username, (*string)(&r.u.Kind), (*string)(&r.u.Role), &r.createdAt, &r.u.Banned,
	}
}

func (r *userRow) there() bool { return r.u.ID != 0 }

func (r *userRow) user() chat.User {
	r.u.CreatedAt = fromMillis(r.createdAt)
	return r.u
}
