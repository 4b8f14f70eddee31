package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"partychat/internal/chat"
)

const (
	sqlHasAdmin = `SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin')`

	sqlForgetSetupLinks = `DELETE FROM setup_links WHERE created_at < ?1`

	sqlAddSetupLink = `INSERT INTO setup_links (token_hash, created_at) VALUES (?1, ?2)`

	sqlHasSetupLink = `SELECT EXISTS (SELECT 1 FROM setup_links WHERE token_hash = ?1 AND created_at >= ?2)`

	sqlUseSetupLink = `DELETE FROM setup_links WHERE token_hash = ?1 AND created_at >= ?2`

	sqlEndSetupLinks = `DELETE FROM setup_links`

	sqlSetRole = `UPDATE users SET role = ?2 WHERE id = ?1`

	sqlResetPassword = `UPDATE users SET password_hash = ?2 WHERE id = ?1` //nolint:gosec // a statement, with no secret in it

	sqlNoteAccountChange = `INSERT INTO account_changes (user, kind, rev) VALUES (?1, ?2, ?3)`

	sqlAccountChanges = `SELECT id, user, kind, rev FROM account_changes ORDER BY id`

	sqlAccountChangeDone = `DELETE FROM account_changes WHERE id = ?1`
)

// HasAdmin is specified by chat.AccountStore.
func (s accountStore) HasAdmin(ctx context.Context) (has bool, err error) {
	err = s.readRow(ctx, sqlHasAdmin, nil, &has)
	return has, err
}

// AddSetupLink is specified by chat.AccountStore.
func (s accountStore) AddSetupLink(ctx context.Context, hash string, at time.Time) error {
	return s.write(ctx, func(tx *tx) error {
		if _, err := tx.exec(sqlForgetSetupLinks, millis(at.Add(-chat.SetupLinkLife))); err != nil {
			return err
		}
		_, err := tx.exec(sqlAddSetupLink, hash, millis(at))
		return err
	})
}

// HasSetupLink is specified by chat.AccountStore.
func (s accountStore) HasSetupLink(ctx context.Context, hash string, at time.Time) (has bool, err error) {
	err = s.readRow(ctx, sqlHasSetupLink, []any{hash, millis(at.Add(-chat.SetupLinkLife))}, &has)
	return has, err
}

// becomesFirst does what comes with the first admin: the end of all set-up links. It
// fails for a user who can only be that one and is not.
func becomesFirst(tx *tx, user chat.NewUser, role chat.Role) error {
	first := user.FirstIsAdmin && role == chat.RoleAdmin
	if user.SetupHash != "" {
		used, err := tx.exec(sqlUseSetupLink, user.SetupHash, millis(user.CreatedAt.Add(-chat.SetupLinkLife)))
		if err != nil {
			return err
		}
		if used == 0 || !first {
			return chat.ErrNoSetupLink()
		}
	}
	if user.OnlyFirst && !first {
		return chat.ErrHasAdmin()
	}
	if !first {
		return nil
	}
	_, err := tx.exec(sqlEndSetupLinks)
	return err
}

// SetRole is specified by chat.AccountStore.
func (s accountStore) SetRole(ctx context.Context, id chat.UserID, role chat.Role) (user chat.User, changed bool, err error) {
	err = s.write(ctx, func(tx *tx) error {
		var err error
		user, err = userIn(tx, id)
		changed = err == nil && user.Role != role
		switch {
		case err != nil:
			return err
		case role == chat.RoleAdmin && (user.Kind != chat.KindMember || user.Banned):
			return chat.ErrMayNotBeAdmin()
		case !changed:
			return nil
		}
		user.Role = role
		if _, err := tx.exec(sqlSetRole, id, role); err != nil {
			return err
		}
		if role == chat.RoleAdmin {
			if _, err := tx.exec(sqlEndSetupLinks); err != nil {
				return err
			}
		}
		rev, _, err := s.streams.AccountChanged(tx, id, nil)
		if err != nil {
			return err
		}
		_, err = tx.exec(sqlNoteAccountChange, id, chat.AccountRole, rev)
		return err
	})
	if err != nil {
		return chat.User{}, false, err
	}
	return user, changed, nil
}

// ResetPassword is specified by chat.AccountStore.
func (s accountStore) ResetPassword(ctx context.Context, id chat.UserID, hash string) error {
	return s.write(ctx, func(tx *tx) error {
		user, err := userIn(tx, id)
		switch {
		case err != nil:
			return err
		case user.Kind != chat.KindMember:
			return chat.ErrNoPasswordYet()
		}
		if _, err := tx.exec(sqlResetPassword, id, hash); err != nil {
			return err
		}
		_, err = tx.exec(sqlNoteAccountChange, id, chat.AccountPassword, 0)
		return err
	})
}

// AccountChanges is specified by chat.AccountStore.
func (s accountStore) AccountChanges(ctx context.Context) ([]chat.AccountChange, error) {
	changes := []chat.AccountChange{}
	err := s.readEach(ctx, sqlAccountChanges, nil, func(r scanner) error {
		var c chat.AccountChange
		err := r.Scan(&c.ID, &c.User, &c.Kind, &c.Rev)
		changes = append(changes, c)
		return err
	})
	return changes, err
}

// AccountChangeDone is specified by chat.AccountStore.
func (s accountStore) AccountChangeDone(ctx context.Context, id int64) error {
	return s.writeBeside(ctx, func(tx *tx) error {
		_, err := tx.exec(sqlAccountChangeDone, id)
		return err
	})
}

func userIn(tx *tx, id chat.UserID) (chat.User, error) {
	var row userRow
	err := tx.row(sqlUserByID, []any{id}, row.dest()...)
	if errors.Is(err, sql.ErrNoRows) {
		err = noUser()
	}
	return row.user(), err
}
