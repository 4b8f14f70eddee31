package redis

import "partychat/internal/chat"

type settingsPut struct {
	User     chat.UserID `json:"user"`
	Rev      int64       `json:"rev"`
	Settings settings    `json:"settings"`
}

type settings struct {
	Level chat.Level  `json:"level"`
	Quiet *quietHours `json:"quiet,omitempty"`
	Rev   int64       `json:"rev"`
}

type quietHours struct {
	From int    `json:"from"`
	To   int    `json:"to"`
	Zone string `json:"zone"`
}

func settingsOf(s chat.Settings) settings {
	return settings{Level: s.Level, Quiet: (*quietHours)(s.Quiet), Rev: s.Rev}
}

func (s settings) settings() chat.Settings {
	return chat.Settings{Level: s.Level, Quiet: (*chat.QuietHours)(s.Quiet), Rev: s.Rev}
}
