package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"partychat/internal/chat"
)

const (
	userColumns = `u.id, u.username, u.kind, u.role, u.created_at`

	sqlInsertUser = `
INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at)
VALUES (?1, ?2, ?3, ?4, CASE WHEN ?5 AND NOT EXISTS (SELECT 1 FROM users) THEN ?6 ELSE ?7 END, ?8, ?9)
ON CONFLICT (folded_name) DO NOTHING
RETURNING role`

	sqlUserByID = `SELECT ` + userColumns + ` FROM users u WHERE u.id = ?1`

	sqlCredentials = `SELECT ` + userColumns + `, u.password_hash FROM users u WHERE u.folded_name = ?1`

	sqlListUsers = `
SELECT ` + userColumns + ` FROM users u
WHERE u.folded_name >= ?1
ORDER BY u.folded_name LIMIT ?2`

	sqlListUsersWithPrefix = `
SELECT ` + userColumns + ` FROM users u
WHERE u.folded_name >= ?1 AND u.folded_name < ?3
ORDER BY u.folded_name LIMIT ?2`
)

// CreateUser is specified by chat.UserStore.
func (s *Store) CreateUser(ctx context.Context, user chat.NewUser) (chat.User, error) {
	created := user.User
	created.CreatedAt = fromMillis(millis(user.CreatedAt))
	err := s.write(ctx, func(tx *tx) error {
		err := tx.row(sqlInsertUser, []any{
			user.ID, user.Username, user.FoldedName, user.Kind,
			user.FirstIsAdmin, chat.RoleAdmin, user.Role, user.PasswordHash, millis(user.CreatedAt),
		}, &created.Role)
		if errors.Is(err, sql.ErrNoRows) {
			return chat.ErrorIn("username", chat.CodeTaken, "This name is taken. Try another one.")
		}
		if err != nil {
			return err
		}
		for _, room := range user.Rooms {
			added, err := tx.exec(sqlSubscribe, room, user.ID, chat.RoleMember, millis(user.CreatedAt))
			if err != nil {
				return err
			}
			if added == 0 {
				return noRoom()
			}
		}
		return nil
	})
	if err != nil {
		return chat.User{}, err
	}
	return created, nil
}

// UserByID is specified by chat.UserStore.
func (s *Store) UserByID(ctx context.Context, id chat.UserID) (chat.User, error) {
	var row userRow
	err := s.readRow(ctx, sqlUserByID, []any{id}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.User{}, noUser()
	}
	return row.user(), err
}

// Credentials is specified by chat.UserStore.
func (s *Store) Credentials(ctx context.Context, foldedName string) (chat.User, string, error) {
	var row userRow
	var hash string
	err := s.readRow(ctx, sqlCredentials, []any{foldedName}, append(row.dest(), &hash)...)
	if errors.Is(err, sql.ErrNoRows) {
		return chat.User{}, "", noUser()
	}
	return row.user(), hash, err
}

// ListUsers is specified by chat.UserStore.
func (s *Store) ListUsers(ctx context.Context, page chat.UserPage) ([]chat.User, error) {
	query, args := sqlListUsers, []any{from(page.Prefix, page.After), page.Limit}
	if page.Prefix != "" {
		query, args = sqlListUsersWithPrefix, append(args, behindPrefix(page.Prefix))
	}
	users := []chat.User{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var row userRow
		err := r.Scan(row.dest()...)
		users = append(users, row.user())
		return err
	})
	return users, err
}

// from gives where a list of names with the prefix continues behind after; ""
// begins it. SQLite seeks to one lower bound only: given two, it may walk from
// the one to the other.
func from(prefix, after string) string {
	if after == "" {
		return prefix
	}
	return max(prefix, after+"\x00") // the very next text, by bytes
}

// behindPrefix gives the smallest text, by bytes, that is larger than all that
// begin with the prefix, which must not be empty. The last byte of valid UTF-8
// is never 0xff.
func behindPrefix(prefix string) string {
	last := len(prefix) - 1
	return prefix[:last] + string([]byte{prefix[last] + 1})
}

// userRow receives userColumns.
type userRow struct {
	u         chat.User
	createdAt int64
}

func (r *userRow) dest() []any {
	return []any{&r.u.ID, &r.u.Username, &r.u.Kind, &r.u.Role, &r.createdAt}
}

func (r *userRow) user() chat.User {
	r.u.CreatedAt = fromMillis(r.createdAt)
	return r.u
}
