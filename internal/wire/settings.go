package wire

import "partychat/internal/chat"

// Settings are a user's choices about notifications, the same on all devices.
type Settings struct {
	Level chat.Level  `json:"level" doc:"of rooms without a level of their own: everything, mentions or nothing"`
	Quiet *QuietHours `json:"quiet,omitempty" doc:"when nothing notifies; absent: never"`
	Rev   int64       `json:"rev,omitempty" doc:"rev of my stream at the last change; absent: never changed"`
}

// QuietHours is the part of each day during which nothing notifies the user.
type QuietHours struct {
	From int    `json:"from" doc:"minutes after midnight, 0 to 1439"`
	To   int    `json:"to" doc:"minutes after midnight, 0 to 1439, not included; before from: on the next day"`
	Zone string `json:"zone" doc:"the name of an IANA time zone"`
}

// SettingsOf returns the settings as clients see them.
func SettingsOf(s chat.Settings) Settings {
	return Settings{Level: s.Level, Quiet: (*QuietHours)(s.Quiet), Rev: s.Rev}
}

// SettingsChange replaces the user's settings.
type SettingsChange struct {
	Level chat.Level  `json:"level" doc:"of rooms without a level of their own: everything, mentions or nothing"`
	Quiet *QuietHours `json:"quiet,omitempty" doc:"when nothing notifies; absent: never"`
}

// Input returns what the client has chosen.
func (s SettingsChange) Input() chat.Settings {
	return chat.Settings{Level: s.Level, Quiet: (*chat.QuietHours)(s.Quiet)}
}

// SettingsPut is the event settings:put.
type SettingsPut struct {
	Settings Settings `json:"settings"`
	Rev      int64    `json:"rev"` // of the user's stream
}

// SettingsPutOf returns the event that the user's settings have changed.
func SettingsPutOf(e chat.SettingsPut) SettingsPut {
	return SettingsPut{Settings: SettingsOf(e.Settings), Rev: e.Rev}
}

// SettingsSetCommand is the argument of settings:set.
type SettingsSetCommand struct {
	Settings SettingsChange `json:"settings"`
}

// SettingsAnswer acknowledges settings:set, and is the answer of REST.
type SettingsAnswer struct {
	OK       bool     `json:"ok,omitempty" doc:"only over the socket"`
	Settings Settings `json:"settings"`
}

// LevelCommand is the argument of room:level.
type LevelCommand struct {
	Room  chat.RoomID `json:"room"`
	Level chat.Level  `json:"level"` // "": that of the settings
}

// LevelAnswer acknowledges room:level.
type LevelAnswer struct {
	OK    bool       `json:"ok"`
	Level chat.Level `json:"level"`
	Rev   int64      `json:"rev"` // the membership's
}

// LevelChange is the body of the request that sets the level of a room.
type LevelChange struct {
	Level chat.Level `json:"level" doc:"everything, mentions, nothing or muted; empty: that of my settings"`
}
