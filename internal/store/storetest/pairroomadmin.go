package storetest

import (
	"context"

	"partychat/internal/chat"
)

type pairedRoomAdmin struct{ *turns }

// DeleteRoom asks one of the two.
func (p pairedRoomAdmin) DeleteRoom(ctx context.Context, act *chat.Act, room chat.RoomID, job chat.NewJob) (chat.RoomDeletion, error) {
	return p.next().DeleteRoom(ctx, act, room, job)
}

// PurgeRoom asks one of the two.
func (p pairedRoomAdmin) PurgeRoom(ctx context.Context, room chat.RoomID, limit int) (bool, error) {
	return p.next().PurgeRoom(ctx, room, limit)
}

// SetMemberRole asks one of the two.
func (p pairedRoomAdmin) SetMemberRole(
	ctx context.Context, act *chat.Act, room chat.RoomID, user chat.UserID, role chat.Role,
) (chat.Appointed, bool, error) {
	return p.next().SetMemberRole(ctx, act, room, user, role)
}
