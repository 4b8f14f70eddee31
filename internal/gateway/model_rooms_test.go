package gateway_test

import (
	"context"

	"partychat/internal/chat"
)

// archive archives a room, or more often brings it back.
func archive(ctx context.Context, l *life, services *chat.Chat, _, _ *person, room chat.RoomID) error {
	for _, other := range l.rooms.public {
		if _, err := services.RoomAdmin.Archive(ctx, l.people[0].User, other, other == room && l.random.IntN(2) == 0); err != nil {
			return err
		}
	}
	return nil
}

// appoint makes somebody an admin of a room, or takes that back.
func appoint(ctx context.Context, l *life, services *chat.Chat, _, other *person, room chat.RoomID) error {
	_, err := services.RoomAdmin.SetRole(ctx, l.people[0].User, room, other.ID, anyOf(l, []chat.Role{chat.RoleAdmin, chat.RoleMember}))
	return err
}

// deleteRoom deletes a room that an earlier step has made, or else makes one.
func deleteRoom(ctx context.Context, l *life, services *chat.Chat, by, other *person, _ chat.RoomID) error {
	const name = "closing"
	if l.rooms.closing == 0 {
		sub, err := services.Rooms.Create(ctx, by.User, chat.NewRoomInput{Name: name, Kind: chat.RoomPublic})
		if err != nil {
			return err
		}
		l.rooms.closing, l.rooms.all[sub.ID] = sub.ID, true
		_, _, err = services.Rooms.Subscribe(ctx, other.User, sub.ID)
		return err
	}
	room := l.rooms.closing
	_ = send(ctx, l, services, other, other, room)
	err := services.RoomAdmin.Delete(ctx, l.people[0].User, room, name)
	if err == nil {
		l.rooms.closing = 0
	}
	for _, person := range l.people {
		l.gone(person, room, chat.GoneDeleted)
	}
	return err
}
