package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const sqlSearchRooms = `
SELECT ` + roomColumns + `, r.name, p.tail FROM room_parts p CROSS JOIN rooms r ON r.id = p.room
WHERE p.rank = ?1 AND (p.tail, p.room) > (?2, ?3) AND p.tail < ?4
ORDER BY p.tail, p.room`

var roomSearch = search[chat.FoundRoom]{
	query: sqlSearchRooms,
	scan: func(r scanner, also ...any) (int64, func(string) chat.FoundRoom, error) {
		var row roomRow
		err := r.Scan(append(row.dest(), also...)...)
		return int64(row.r.ID), func(cursor string) chat.FoundRoom {
			return chat.FoundRoom{Room: row.room(), Cursor: cursor}
		}, err
	},
}

// SearchPublicRooms is specified by chat.RoomStore.
func (s *Store) SearchPublicRooms(ctx context.Context, what chat.RoomSearch) ([]chat.FoundRoom, error) {
	return roomSearch.page(ctx, s, searchPage(what))
}
