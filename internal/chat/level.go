package chat

import (
	"slices"
	"time"
)

// Level is which messages of a room notify a user.
type Level string

// The levels.
const (
	// LevelDefault is Settings.Level; in conversations, LevelEverything.
	LevelDefault    Level = ""
	LevelEverything Level = "everything"
	LevelMentions   Level = "mentions" // messages that mention the user, and answers in threads that the user follows
	LevelNothing    Level = "nothing"
	// LevelMuted is LevelNothing, and clients don't count the room's unread messages.
	LevelMuted Level = "muted"
)

// ofRoom reports whether a room may have the level.
func (l Level) ofRoom() bool {
	return l == LevelDefault || l == LevelMuted || l.ofSettings()
}

// ofSettings reports whether the level may be the default of all rooms.
func (l Level) ofSettings() bool {
	return l == LevelEverything || l == LevelMentions || l == LevelNothing
}

// Recipient is what decides which messages of a room notify one of its members.
type Recipient struct {
	User     UserID
	Level    Level // Membership.Level
	Settings Settings
	Direct   bool // the room is a conversation
	Follows  bool // the user follows the thread that the message is in
}

// Notifies reports whether a message that has just arrived notifies the recipient. The
// user's own messages, tombstones, and kinds that don't count as unread notify nobody,
// and nothing does during the user's quiet hours.
func (r Recipient) Notifies(m Message, now time.Time) bool {
	if m.Author.ID == r.User || m.Deleted || !m.Kind.Counted() {
		return false
	}
	switch r.level() {
	case LevelEverything:
		// The room does not show the message, so only those who take part are notified.
		if m.InThreadOnly() && !r.Follows && !m.mentions(r.User) && !r.Direct {
			return false
		}
	case LevelMentions:
		if !r.Follows && !m.mentions(r.User) {
			return false
		}
	default:
		return false
	}
	return r.Settings.Quiet == nil || !r.Settings.Quiet.Includes(now)
}

// level returns the level in force. One that a later version has introduced is
// LevelNothing.
func (r Recipient) level() Level {
	switch {
	case r.Level != LevelDefault:
		return r.Level
	case r.Direct:
		return LevelEverything
	default:
		return r.Settings.Level
	}
}

// mentions reports whether the message mentions the user, by name or with everyone.
func (m *Message) mentions(user UserID) bool {
	return m.MentionsRoom || slices.ContainsFunc(m.Mentions, func(it Mention) bool { return it.User == user })
}
