package gateway

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// settings changes what notifies users.
type settings struct{ chat *chat.Chat }

// setLevel runs room:level.
func (s settings) setLevel(ctx context.Context, p *conn, c wire.LevelCommand) (wire.LevelAnswer, error) {
	if err := checkRoom(c.Room); err != nil {
		return wire.LevelAnswer{}, err
	}
	m, err := s.chat.Notifications.SetLevel(ctx, p.user(), c.Room, c.Level)
	return wire.LevelAnswer{OK: true, Level: m.Level, Rev: m.Rev}, err
}

// put runs settings:set.
func (s settings) put(ctx context.Context, p *conn, c wire.SettingsSetCommand) (wire.SettingsAnswer, error) {
	stored, err := s.chat.Notifications.PutSettings(ctx, p.user().ID, c.Settings.Input())
	return wire.SettingsAnswer{OK: true, Settings: wire.SettingsOf(stored)}, err
}
