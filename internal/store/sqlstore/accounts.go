package sqlstore

import (
	"context"
	"time"

	"partychat/internal/chat"
)

type accountStatements struct {
	HasAdmin                                                      string
	ForgetSetupLinks, AddSetupLink, HasSetupLink, UseSetupLink    string
	EndSetupLinks, SetRole, ResetPassword                         string
	NoteAccountChange, AccountChangesInOrder, DeleteAccountChange string
}

func (d Dialect) accounts() accountStatements {
	return accountStatements{ //nolint:gosec // statements, with no secret in them
		HasAdmin: `SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin')`,

		ForgetSetupLinks: `DELETE FROM setup_links WHERE created_at < $1`,
		AddSetupLink:     `INSERT INTO setup_links (token_hash, created_at) VALUES ($1, $2)`,
		HasSetupLink:     `SELECT EXISTS (SELECT 1 FROM setup_links WHERE token_hash = $1 AND created_at >= $2)`,
		UseSetupLink:     `DELETE FROM setup_links WHERE token_hash = $1 AND created_at >= $2`,
		EndSetupLinks:    `DELETE FROM setup_links`,

		SetRole:       `UPDATE users SET role = $2 WHERE id = $1`,
		ResetPassword: `UPDATE users SET password_hash = $2 WHERE id = $1`,

		NoteAccountChange:     `INSERT INTO account_changes ("user", kind, rev) VALUES ($1, $2, $3)`,
		AccountChangesInOrder: `SELECT id, "user", kind, rev FROM account_changes ORDER BY id`,
		DeleteAccountChange:   `DELETE FROM account_changes WHERE id = $1`,
	}
}

// HasAdmin is specified by chat.AccountStore.
func (s accountStore) HasAdmin(ctx context.Context) (has bool, err error) {
	_, err = s.row(ctx, s.sql.HasAdmin, nil, &has)
	return has, err
}

// AddSetupLink is specified by chat.AccountStore.
func (s accountStore) AddSetupLink(ctx context.Context, hash string, at time.Time) error {
	return s.db.Write(ctx, func(tx Tx) error {
		if _, err := tx.Exec(s.sql.ForgetSetupLinks, Millis(at.Add(-chat.SetupLinkLife))); err != nil {
			return err
		}
		_, err := tx.Exec(s.sql.AddSetupLink, hash, Millis(at))
		return err
	})
}

// HasSetupLink is specified by chat.AccountStore.
func (s accountStore) HasSetupLink(ctx context.Context, hash string, at time.Time) (has bool, err error) {
	_, err = s.row(ctx, s.sql.HasSetupLink, []any{hash, Millis(at.Add(-chat.SetupLinkLife))}, &has)
	return has, err
}

// becomesFirst ends all set-up links if the user is the first admin. It fails for a
// user who may only be created as the first admin, but is not.
func (s userStore) becomesFirst(tx Tx, user chat.NewUser, role chat.Role) error {
	first := user.FirstIsAdmin && role == chat.RoleAdmin
	if user.SetupHash != "" {
		used, err := tx.Exec(s.sql.UseSetupLink, user.SetupHash, Millis(user.CreatedAt.Add(-chat.SetupLinkLife)))
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
	_, err := tx.Exec(s.sql.EndSetupLinks)
	return err
}

// SetRole is specified by chat.AccountStore.
func (s accountStore) SetRole(ctx context.Context, id chat.UserID, role chat.Role) (user chat.User, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) (err error) {
		user, err = s.lockUser(tx, id)
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
		if _, err := tx.Exec(s.sql.SetRole, id, role); err != nil {
			return err
		}
		if role == chat.RoleAdmin {
			if _, err := tx.Exec(s.sql.EndSetupLinks); err != nil {
				return err
			}
		}
		rev, _, err := s.streams.AccountChanged(tx, id, nil)
		if err != nil {
			return err
		}
		_, err = tx.Exec(s.sql.NoteAccountChange, id, chat.AccountRole, rev)
		return err
	})
	if err != nil {
		return chat.User{}, false, err
	}
	return user, changed, nil
}

// ResetPassword is specified by chat.AccountStore.
func (s accountStore) ResetPassword(ctx context.Context, id chat.UserID, hash string) error {
	return s.db.Write(ctx, func(tx Tx) error {
		user, err := s.lockUser(tx, id)
		switch {
		case err != nil:
			return err
		case user.Kind != chat.KindMember:
			return chat.ErrNoPasswordYet()
		}
		if _, err := tx.Exec(s.sql.ResetPassword, id, hash); err != nil {
			return err
		}
		_, err = tx.Exec(s.sql.NoteAccountChange, id, chat.AccountPassword, 0)
		return err
	})
}

// AccountChanges is specified by chat.AccountStore.
func (s accountStore) AccountChanges(ctx context.Context) ([]chat.AccountChange, error) {
	return all(ctx, s.Core, s.sql.AccountChangesInOrder, nil, func(r Scanner) (c chat.AccountChange, err error) {
		err = r.Scan(&c.ID, &c.User, &c.Kind, &c.Rev)
		return c, err
	})
}

// AccountChangeDone is specified by chat.AccountStore.
func (s accountStore) AccountChangeDone(ctx context.Context, id int64) error {
	_, err := s.db.Exec(ctx, s.sql.DeleteAccountChange, id)
	return err
}

// lockUser reads the user, and keeps others from changing it until the end of the
// transaction.
func (s accountStore) lockUser(tx Tx, id chat.UserID) (chat.User, error) {
	var row UserRow
	found, err := tx.Row(s.sql.LockUser, []any{id}, row.Dest()...)
	if err == nil && !found {
		err = NoUser()
	}
	return row.User(), err
}
