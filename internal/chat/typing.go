package chat

import (
	"context"
	"time"
)

// Typing tells a room that someone is typing. It is only valid now and is never
// stored.
type Typing struct {
	Room RoomID
	User Author
	For  time.Duration // how long it is valid; 0: the user has stopped typing
}

// Topic is the room.
func (e Typing) Topic() Topic { return Topic{Room: e.Room} }

// Typing tells the room that the user is typing, for the given time at most.
// Errors: CodeNotFound for rooms that the user may not see; CodeForbidden for other
// rooms that the user isn't a member of.
func (m *Messages) Typing(ctx context.Context, by User, room RoomID, during time.Duration) error {
	membership, err := m.store.Membership(ctx, room, by.ID)
	switch {
	case err != nil && CodeOf(err) != CodeNotFound:
		return err
	case err != nil || !mayPost.HeldBy(by, Room{}, &membership):
		return m.mayNotPost(ctx, by, room)
	}
	m.events.publish(ctx, Typing{Room: room, User: by.Author(), For: during})
	return nil
}

// StopTyping tells the room that the user has stopped typing. Only call it after
// Typing.
func (m *Messages) StopTyping(ctx context.Context, by User, room RoomID) {
	m.events.publish(ctx, Typing{Room: room, User: by.Author()})
}

// Author returns the part of the user that other people see.
func (u User) Author() Author {
	return Author{
		ID: u.ID, Username: u.Username, Kind: u.Kind,
		DisplayName: u.Profile.DisplayName, ProfileRev: u.Profile.Rev,
	}
}
