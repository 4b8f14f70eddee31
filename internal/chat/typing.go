package chat

import (
	"context"
	"time"
)

// Typing tells a room that someone is typing. It is true now or worth nothing,
// and never stored.
type Typing struct {
	Room RoomID        `json:"room"`
	User Author        `json:"user"`
	For  time.Duration `json:"for"` // from now on at most; 0: no longer
}

// Topic is the room.
func (e Typing) Topic() Topic { return Topic{Room: e.Room} }

// Typing tells a room that the user is typing, for so long at most. Errors:
// CodeNotFound for rooms that the user may not see; CodeForbidden for others
// that the user is no member of.
func (m *Messages) Typing(ctx context.Context, by User, room RoomID, during time.Duration) error {
	membership, err := m.store.Membership(ctx, room, by.ID)
	switch {
	case err != nil && CodeOf(err) != CodeNotFound:
		return err
	case err != nil || !mayPost.HeldBy(by, &membership):
		return m.mayNotPost(ctx, by, room)
	}
	m.events.publish(ctx, Typing{Room: room, User: by.Author(), For: during})
	return nil
}

// StopTyping tells a room that the user, of whom Typing has told, does so no
// longer.
func (m *Messages) StopTyping(ctx context.Context, by User, room RoomID) {
	m.events.publish(ctx, Typing{Room: room, User: by.Author()})
}

// Author gives the part of the user that others are shown.
func (u User) Author() Author { return Author{ID: u.ID, Username: u.Username, Kind: u.Kind} }
