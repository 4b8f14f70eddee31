package sqlstore

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

type profileStatements struct{ PutProfile string }

func profilesOf() profileStatements {
	return profileStatements{
		PutProfile: `
UPDATE users SET display_name = $2, status_emoji = $3, status_text = $4, status_until = $5, profile_rev = $6 WHERE id = $1`,
	}
}

// ChangeProfile is specified by chat.ProfileStore.
func (s profileStore) ChangeProfile(
	ctx context.Context, act *chat.Act, id chat.UserID, change chat.ProfileChange,
) (user chat.User, changed bool, err error) {
	err = s.db.Write(ctx, func(tx Tx) error {
		if _, err := s.allow(tx, act, object{}); err != nil {
			return err
		}
		var row UserRow
		found, err := tx.Row(s.sql.LockUser, []any{id}, row.Dest()...)
		if err == nil && !found {
			err = NoUser()
		}
		if err != nil {
			return err
		}
		user = row.User()
		before := user.Profile
		if user.Profile, changed = change.Apply(before); !changed {
			return nil
		}
		if user.Profile.DisplayName != before.DisplayName {
			if err := s.nameAnew(tx, user); err != nil {
				return err
			}
		}
		rev, _, err := s.streams.AccountChanged(tx, id, nil)
		if err != nil {
			return err
		}
		user.Profile.Rev = rev
		p := user.Profile
		_, err = tx.Exec(s.sql.PutProfile, id, p.DisplayName, p.Status.Emoji, p.Status.Text, MillisOrZero(p.Status.Until), rev)
		return err
	})
	if err != nil {
		return chat.User{}, false, err
	}
	return user, changed, nil
}

// nameAnew makes the search find a user by the new display name, unless that looks like
// the username of somebody else.
func (s profileStore) nameAnew(tx Tx, user chat.User) error {
	for _, look := range naming.Looks(user.Profile.DisplayName) {
		var taken bool
		if _, err := tx.Row(s.names.Users.Alike, []any{look, user.ID}, &taken); err != nil {
			return err
		}
		if taken {
			return chat.ErrNameAlike()
		}
	}
	return s.names.Users.Key(tx, []Named{{ID: int64(user.ID), Name: user.Username, Display: user.Profile.DisplayName}})
}
