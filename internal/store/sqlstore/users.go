package sqlstore

import (
	"context"
	"slices"
	"time"

	"partychat/internal/chat"
)

// UserColumns are what a UserRow receives, of users u.
const UserColumns = `u.id, u.username, u.kind, u.role, u.created_at, u.banned, ` + profileColumns

// profileColumns are the part of UserColumns for the profile.
const profileColumns = `u.display_name, u.status_emoji, u.status_text, u.status_until, u.profile_rev`

type userStatements struct {
	InsertUser, UserByID, UsersByID, LockUser, LockUsers, Credentials string
	PromoteGuest, SetPasswordHash, GuestDevice, SetGuestDevice        string
	SharesRoom                                                        string
}

func (d Dialect) users() userStatements {
	return userStatements{ //nolint:gosec // statements, with no secret in them
		InsertUser: `
INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at, device_hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (folded_name) DO NOTHING`,

		UserByID: `SELECT ` + UserColumns + ` FROM users u WHERE u.id = $1`,

		// The order is by an expression, because a planner might otherwise read all users
		// by the index that has that order.
		UsersByID: `
SELECT ` + UserColumns + ` FROM users u WHERE ` + d.Any("u.id", "$1") + ` ORDER BY u.folded_name || ''`,

		LockUser: `SELECT ` + UserColumns + ` FROM users u WHERE u.id = $1` + d.Lock("u"),

		// Nobody can ban them from the server, or change what they are otherwise, until
		// the end of the transaction. Users are always locked in the same order, against
		// deadlocks, and not with shared locks: a ban would wait for as long as new acts
		// share them.
		LockUsers: `SELECT ` + UserColumns + ` FROM users u WHERE ` + d.Any("u.id", "$1") + ` ORDER BY u.id` + d.Lock("u"),

		Credentials: `SELECT ` + UserColumns + `, u.password_hash FROM users u WHERE u.folded_name = $1`,

		PromoteGuest: `
UPDATE users SET kind = $3, password_hash = $2, device_hash = '' WHERE id = $1 AND kind = $4
RETURNING ` + unqualified(UserColumns),

		SetPasswordHash: `UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`,

		GuestDevice:    `SELECT device_hash FROM users WHERE id = $1`,
		SetGuestDevice: `UPDATE users SET device_hash = $2 WHERE id = $1 AND kind = 'guest'`,

		// Reading from the user with fewer rooms would be the cheapest, but nobody has many.
		SharesRoom: `
SELECT EXISTS (SELECT 1 FROM memberships a ` + d.Join + ` memberships b ON b.room = a.room AND b."user" = $2 WHERE a."user" = $1)`,
	}
}

// CreateUser is specified by chat.UserStore.
func (s userStore) CreateUser(ctx context.Context, user chat.NewUser) (created chat.User, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		created = user.User
		created.CreatedAt = FromMillis(Millis(user.CreatedAt))
		if user.FirstIsAdmin {
			first, err := s.isFirst(tx)
			if err != nil {
				return err
			}
			if first {
				created.Role = chat.RoleAdmin
			}
		}
		return s.createUser(tx, user, created.Role)
	})
	if err != nil {
		return chat.User{}, err
	}
	return created, nil
}

func (s userStore) createUser(tx Tx, user chat.NewUser, role chat.Role) error {
	made, err := tx.Exec(s.sql.InsertUser,
		user.ID, user.Username, user.FoldedName, user.Kind, role, user.PasswordHash, Millis(user.CreatedAt), user.DeviceHash)
	if err != nil {
		return err
	}
	if made == 0 {
		return usernameTaken()
	}
	free, err := s.names.Users.put(tx, Named{ID: int64(user.ID), Name: user.Username})
	if err != nil {
		return err
	}
	if !free {
		return usernameAlike()
	}
	if err := s.becomesFirst(tx, user, role); err != nil {
		return err
	}
	return s.joinFirst(tx, user)
}

// isFirst tells whether there is no admin yet. If so, others who ask wait until the
// end of the transaction.
func (s userStore) isFirst(tx Tx) (bool, error) {
	var has bool
	if _, err := tx.Row(s.sql.HasAdmin, nil, &has); err != nil || has {
		return false, err
	}
	if s.dialect.LockFirstAdmin == "" {
		return true, nil
	}
	if _, err := tx.Exec(s.dialect.LockFirstAdmin); err != nil {
		return false, err
	}
	_, err := tx.Row(s.sql.HasAdmin, nil, &has)
	return !has, err
}

// joinFirst makes a new user a member of the rooms that the user begins in. The rooms
// are locked in a fixed order, against deadlocks. The link comes before the other
// rooms: otherwise, a link into one of them would not be used up.
func (s userStore) joinFirst(tx Tx, user chat.NewUser) error {
	rooms := slices.Sorted(slices.Values(user.Rooms))
	for _, room := range rooms {
		if _, err := s.lockRoom(tx, room); err != nil {
			return err
		}
	}
	if user.Redeems != nil {
		if _, _, _, err := s.redeem(tx, user.ID, *user.Redeems); err != nil {
			return err
		}
	}
	for _, room := range rooms {
		if _, err := s.subscribe(tx, room, user.ID, chat.RoleMember, user.CreatedAt); err != nil {
			return err
		}
	}
	return nil
}

// PromoteGuest is specified by chat.UserStore.
func (s userStore) PromoteGuest(
	ctx context.Context, id chat.UserID, passwordHash string, room chat.RoomID, at time.Time,
) (user chat.User, rev int64, sub *chat.Subscription, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		var row UserRow
		found, err := tx.Row(s.sql.PromoteGuest, []any{id, passwordHash, chat.KindMember, chat.KindGuest}, row.Dest()...)
		if err == nil && !found {
			err = NoUser()
		}
		if err != nil {
			return err
		}
		user, sub = row.User(), nil
		_, err = s.subscribe(tx, room, id, chat.RoleMember, at)
		if banned := chat.CodeOf(err) == chat.CodeForbidden; err != nil && !banned {
			return err
		} else if !banned {
			there, err := s.subscription(tx, room, id)
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
	n, err := s.db.Exec(ctx, s.sql.SetPasswordHash, id, before, hash)
	return n > 0, err
}

// GuestDevice is specified by chat.CredentialStore.
func (s userStore) GuestDevice(ctx context.Context, id chat.UserID) (hash string, err error) {
	err = s.one(ctx, s.sql.GuestDevice, []any{id}, NoUser, &hash)
	return hash, err
}

// SetGuestDevice is specified by chat.CredentialStore.
func (s userStore) SetGuestDevice(ctx context.Context, id chat.UserID, hash string) error {
	_, err := s.db.Exec(ctx, s.sql.SetGuestDevice, id, hash)
	return err
}

// UserByID is specified by chat.UserStore.
func (s userStore) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	var row UserRow
	if err := s.one(ctx, s.sql.UserByID, []any{id}, NoUser, row.Dest()...); err != nil {
		return chat.User{}, err
	}
	return row.User(), nil
}

// Credentials is specified by chat.CredentialStore.
func (s userStore) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	var row UserRow
	var hash string
	if err := s.one(ctx, s.sql.Credentials, []any{foldedName}, NoUser, append(row.Dest(), &hash)...); err != nil {
		return chat.User{}, "", err
	}
	return row.User(), hash, nil
}

// UsersByID is specified by chat.UserStore.
func (s userStore) UsersByID(ctx context.Context, ids []chat.UserID) ([]chat.User, error) {
	return allOf(ctx, s.Core, s.sql.UsersByID, ids, scanUser)
}

// SharesRoom is specified by chat.UserStore.
func (s userStore) SharesRoom(ctx context.Context, a, b chat.UserID) (shares bool, err error) {
	if a == b {
		return true, nil
	}
	_, err = s.row(ctx, s.sql.SharesRoom, []any{a, b}, &shares)
	return shares, err
}

// UserRow receives UserColumns.
type UserRow struct {
	u                chat.User
	createdAt, until int64
}

// Dest is where the row goes. It has pointers to basic types, which the drivers fill
// without looking for the type that another one is made of.
func (r *UserRow) Dest() []any {
	p := &r.u.Profile
	return []any{
		(*int64)(&r.u.ID), &r.u.Username, (*string)(&r.u.Kind), (*string)(&r.u.Role), &r.createdAt, &r.u.Banned,
		&p.DisplayName, &p.Status.Emoji, &p.Status.Text, &r.until, &p.Rev,
	}
}

// Found tells whether there was a row.
func (r *UserRow) Found() bool { return r.u.ID != 0 }

// User is what the row says.
func (r *UserRow) User() chat.User {
	r.u.CreatedAt = FromMillis(r.createdAt)
	r.u.Profile.Status.Until = fromMillisOrZero(r.until)
	return r.u
}

func scanUser(r Scanner) (chat.User, error) {
	var row UserRow
	err := r.Scan(row.Dest()...)
	return row.User(), err
}
