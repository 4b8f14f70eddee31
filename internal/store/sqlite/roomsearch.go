package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const (
	selectFoundRooms = `
SELECT ` + roomColumns + `, r.name, p.tail FROM room_parts p CROSS JOIN rooms r ON r.id = p.room WHERE p.rank = `
	behindFoundRooms = ` AND (p.tail, p.room) > (?1, ?2) AND p.tail < ?3 ORDER BY p.tail, p.room`

	sqlRoomsThatBegin = selectFoundRooms + `0` + behindFoundRooms
	sqlRoomsByWord    = selectFoundRooms + `1` + behindFoundRooms
	sqlRoomsWithin    = selectFoundRooms + `2` + behindFoundRooms
)

var roomSearch = search[chat.FoundRoom]{
	queries: [...]string{sqlRoomsThatBegin, sqlRoomsByWord, sqlRoomsWithin},
	scan: func(r scanner, also ...any) (int64, func(string) chat.FoundRoom, error) {
		var row roomRow
		err := r.Scan(append(row.dest(), also...)...)
		return int64(row.r.ID), func(cursor string) chat.FoundRoom {
			return chat.FoundRoom{Room: row.room(), Cursor: cursor}
		}, err
	},
}

// SearchPublicRooms is specified by chat.RoomStore.
func (s roomStore) SearchPublicRooms(ctx context.Context, what chat.RoomSearch) ([]chat.FoundRoom, error) {
	return roomSearch.page(ctx, s.core, searchPage(what))
}
