package wire

import (
	"time"

	"partychat/internal/chat"
)

// Status is what a user says about the present moment.
type Status struct {
	Emoji string    `json:"emoji,omitempty"`
	Text  string    `json:"text,omitempty"`
	Until time.Time `json:"until,omitzero"` // absent: it has no end
}

// statusOf returns the status as clients see it; nil if there is none, or it has ended.
func statusOf(s chat.Status) *Status {
	if s == (chat.Status{}) || s.Ended(time.Now()) {
		return nil
	}
	return &Status{Emoji: s.Emoji, Text: s.Text, Until: s.Until}
}

// ProfileChange replaces those parts of the user's profile that it has.
type ProfileChange struct {
	DisplayName *string       `json:"displayName,omitempty" doc:"at most 64 characters; empty: the username is shown"`
	Status      *StatusChange `json:"status,omitempty"`
}

// StatusChange is a new status.
type StatusChange struct {
	Emoji string     `json:"emoji,omitempty" doc:"one emoji"`
	Text  string     `json:"text,omitempty" doc:"at most 80 characters; without emoji and text, there is no status"`
	Until *time.Time `json:"until,omitempty" doc:"when the status ends; absent: it has no end"`
}

// Input returns what the client wants to change.
func (c ProfileChange) Input() chat.ProfileChange {
	change := chat.ProfileChange{DisplayName: c.DisplayName}
	if s := c.Status; s != nil {
		change.Status = &chat.Status{Emoji: s.Emoji, Text: s.Text}
		if s.Until != nil {
			change.Status.Until = *s.Until
		}
	}
	return change
}

// ProfilePut is the event profile:put.
type ProfilePut struct {
	User User `json:"user"`
}

// ProfilePutOf returns the event that the profile of a watched user has changed.
func ProfilePutOf(e chat.ProfilePut) ProfilePut { return ProfilePut{User: UserOf(e.User)} }
