package wire

import (
	"time"

	"partychat/internal/chat"
)

// SessionView is one session of the user.
type SessionView struct {
	ID        string    `json:"id"`
	Device    string    `json:"device" doc:"the browser and system that it began on, in words; empty if unknown"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt" doc:"the last activity, to the minute"`
	Current   bool      `json:"current,omitempty" doc:"the session of this request"`
}

// SessionList is all sessions of the user.
type SessionList struct {
	Sessions []SessionView `json:"sessions"`
}

// SessionListOf returns the sessions of a user. Current is the id of the one that the
// request comes from.
func SessionListOf(sessions []chat.Session, current string) SessionList {
	return SessionList{Sessions: listOf(sessions, func(s chat.Session) SessionView {
		seen := s.SeenAt
		if seen.IsZero() {
			seen = s.CreatedAt
		}
		return SessionView{
			ID: s.ID, Device: s.Device, CreatedAt: s.CreatedAt.Truncate(time.Second), SeenAt: seen.Truncate(time.Second),
			Current: s.ID == current,
		}
	})}
}

// SessionEnded is the event session:ended.
type SessionEnded struct {
	Reason chat.EndReason `json:"reason"`
	Rev    int64          `json:"rev,omitempty"` // of the user's stream, where it is known
}
