package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

// settingsColumns are what a settingsRow receives, of a left join with settings s.
const settingsColumns = `coalesce(s.level, ''), coalesce(s.quiet_from, 0), coalesce(s.quiet_to, 0), coalesce(s.zone, ''), coalesce(s.rev, 0)`

type settingsStatements struct{ SetLevel, Settings, PutSettings string }

func (d Dialect) settings() settingsStatements {
	return settingsStatements{
		SetLevel: `UPDATE memberships SET level = $3, rev = $4 WHERE room = $1 AND "user" = $2`,

		Settings: `SELECT ` + settingsColumns + ` FROM users u LEFT JOIN settings s ON s."user" = u.id WHERE u.id = $1`,

		PutSettings: `
INSERT INTO settings ("user", level, quiet_from, quiet_to, zone, rev) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ("user") DO UPDATE SET level = excluded.level, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to,
    zone = excluded.zone, rev = excluded.rev`,
	}
}

// SetLevel is specified by chat.SettingsStore.
func (s settingsStore) SetLevel(
	ctx context.Context, room chat.RoomID, user chat.UserID, level chat.Level,
) (m chat.Membership, changed bool, err error) {
	row := NewMembershipRow(room, user)
	err = s.db.Write(ctx, func(tx Tx) error {
		changed = false
		// The membership is locked before the head of its user's stream, as by MoveRead.
		found, err := tx.Row(s.sql.Membership+s.dialect.Lock("m"), []any{room, user}, row.Dest()...)
		if err == nil && !found {
			err = NoMember()
		}
		if err != nil || row.m.Level == level {
			return err
		}
		changed = true
		rev, err := take(tx, takeUserRev, user)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(s.sql.SetLevel, room, user, level, rev); err != nil {
			return err
		}
		row.m.Level, row.m.Rev = level, rev
		return nil
	})
	if err != nil {
		return chat.Membership{}, false, err
	}
	return row.Membership(), changed, nil
}

// Settings is specified by chat.SettingsStore.
func (s settingsStore) Settings(ctx context.Context, user chat.UserID) (chat.Settings, error) {
	var row settingsRow
	_, err := s.row(ctx, s.sql.Settings, []any{user}, row.dest()...)
	return row.settings(), err
}

// PutSettings is specified by chat.SettingsStore.
func (s settingsStore) PutSettings(
	ctx context.Context, user chat.UserID, settings chat.Settings,
) (stored chat.Settings, changed bool, err error) {
	err = s.db.WriteBeside(ctx, func(tx Tx) error {
		changed = false
		// The head of the stream is locked first, so that of two changes at the same
		// moment the later one is compared with the earlier.
		if _, err := tx.Exec(lockHead, user); err != nil {
			if s.dialect.IsForeignKey(err) {
				return NoUser()
			}
			return err
		}
		var row settingsRow
		if _, err := tx.Row(s.sql.Settings, []any{user}, row.dest()...); err != nil {
			return err
		}
		if stored = row.settings(); stored.Equal(settings) {
			return nil
		}
		changed = true
		rev, err := take(tx, takeUserRev, user)
		if err != nil {
			return err
		}
		stored = settings
		stored.Rev = rev
		quiet := chat.QuietHours{}
		if settings.Quiet != nil {
			quiet = *settings.Quiet
		}
		_, err = tx.Exec(s.sql.PutSettings, user, settings.Level, quiet.From, quiet.To, quiet.Zone, rev)
		return err
	})
	if err != nil {
		return chat.Settings{}, false, err
	}
	return stored, changed, nil
}

// settingsRow receives settingsColumns.
type settingsRow struct {
	s     chat.Settings
	quiet chat.QuietHours
}

func (r *settingsRow) dest() []any {
	return []any{(*string)(&r.s.Level), &r.quiet.From, &r.quiet.To, &r.quiet.Zone, &r.s.Rev}
}

func (r *settingsRow) settings() chat.Settings {
	if r.s.Rev == 0 {
		return chat.DefaultSettings()
	}
	if r.quiet.Zone != "" {
		quiet := r.quiet
		r.s.Quiet = &quiet
	}
	return r.s
}
