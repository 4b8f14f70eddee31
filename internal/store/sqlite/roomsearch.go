package sqlite

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	selectFoundRooms = `
SELECT ` + sqlstore.RoomColumns + `, r.name, '', p.tail FROM room_parts p CROSS JOIN rooms r ON r.id = p.room WHERE p.rank = `
	behindFoundRooms = ` AND (p.tail, p.room) > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p.room`

	sqlRoomsThatBegin = selectFoundRooms + `0` + behindFoundRooms
	sqlRoomsByWord    = selectFoundRooms + `1` + behindFoundRooms
	sqlRoomsWithin    = selectFoundRooms + `2` + behindFoundRooms
)

var roomSearch = search[chat.FoundRoom]{
	queries: [...]string{sqlRoomsThatBegin, sqlRoomsByWord, sqlRoomsWithin},
	scan: func(r sqlstore.Scanner, also ...any) (int64, func(string) chat.FoundRoom, error) {
		var row sqlstore.RoomRow
		err := r.Scan(append(row.Dest(), also...)...)
		found := row.Room()
		return int64(found.ID), func(cursor string) chat.FoundRoom {
			return chat.FoundRoom{Room: found, Cursor: cursor}
		}, err
	},
}

// SearchPublicRooms is specified by chat.RoomStore.
func (s searchStore) SearchPublicRooms(ctx context.Context, what chat.RoomSearch) ([]chat.FoundRoom, error) {
	return roomSearch.page(ctx, s.core, searchPage(what))
}
