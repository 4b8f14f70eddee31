package chat

import "context"

// Settings are a user's choices about notifications, which hold on all devices.
type Settings struct {
	// Level is that of rooms with LevelDefault: LevelEverything, LevelMentions or
	// LevelNothing.
	Level Level
	Quiet *QuietHours // nil: there are none
	Rev   int64       // rev of the user's stream at their last change; 0: never changed
}

// DefaultSettings are those of users who have never changed them.
func DefaultSettings() Settings { return Settings{Level: LevelMentions} }

// Equal reports whether the choices are the same, at whatever rev.
func (s Settings) Equal(other Settings) bool {
	sameQuiet := s.Quiet == other.Quiet || s.Quiet != nil && other.Quiet != nil && *s.Quiet == *other.Quiet
	return s.Level == other.Level && sameQuiet
}

// SettingsStore stores what notifies users.
type SettingsStore interface {
	// SetLevel sets the level of the user's membership and returns it. If that is a
	// change, changed is true, and it has taken the next rev of the user's stream. It
	// fails with CodeNotFound if the user isn't a member.
	SetLevel(ctx context.Context, room RoomID, user UserID, level Level) (m Membership, changed bool, err error)
	// Settings returns the user's settings, or DefaultSettings.
	Settings(ctx context.Context, user UserID) (Settings, error)
	// PutSettings replaces the user's settings, and returns them with their rev. If
	// they differ from the present ones, changed is true, and they have taken the next
	// rev of the user's stream. It fails with CodeNotFound if there is no such user.
	PutSettings(ctx context.Context, user UserID, settings Settings) (stored Settings, changed bool, err error)
}

// SettingsPut tells all of a user's devices that the settings have changed.
type SettingsPut struct {
	User     UserID
	Rev      int64
	Settings Settings
}

// Topic returns the settings' user.
func (e SettingsPut) Topic() Topic { return Topic{User: e.User} }

// Revision returns a rev of the user's stream.
func (e SettingsPut) Revision() int64 { return e.Rev }

// Notifications is the service for what notifies users.
type Notifications struct{ *core }

// SetLevel sets which messages of a room notify the user, and returns the resulting
// membership. Errors: CodeInvalid on "level"; CodeNotFound for rooms that the user
// may not see; CodeForbidden for other rooms that the user isn't a member of.
func (n *Notifications) SetLevel(ctx context.Context, by User, room RoomID, level Level) (Membership, error) {
	if !level.ofRoom() {
		return Membership{}, ErrorIn("level", CodeInvalid, "The level must be everything, mentions, nothing or muted, or empty for the default.")
	}
	m, changed, err := n.store.SetLevel(ctx, room, by.ID, level)
	if CodeOf(err) == CodeNotFound {
		return Membership{}, n.notMember(ctx, by, room, "Join the room to choose what notifies you.")
	}
	if err == nil && changed {
		n.tellSubscription(context.WithoutCancel(ctx), room, by.ID)
	}
	return m, err
}

// Settings returns the user's settings.
func (n *Notifications) Settings(ctx context.Context, user UserID) (Settings, error) {
	return n.store.Settings(ctx, user)
}

// PutSettings replaces the user's settings, and returns them with their rev. Errors:
// CodeInvalid on "level" or "quiet".
func (n *Notifications) PutSettings(ctx context.Context, user UserID, settings Settings) (Settings, error) {
	if !settings.Level.ofSettings() {
		return Settings{}, ErrorIn("level", CodeInvalid, "The level must be everything, mentions or nothing.")
	}
	if settings.Quiet != nil {
		if err := settings.Quiet.check(); err != nil {
			return Settings{}, err
		}
	}
	stored, changed, err := n.store.PutSettings(ctx, user, settings)
	if err == nil && changed {
		n.events.publish(ctx, SettingsPut{User: user, Rev: stored.Rev, Settings: stored})
	}
	return stored, err
}
