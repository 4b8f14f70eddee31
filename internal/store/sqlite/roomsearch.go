package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const (
	sqlRoomsByName = `
SELECT ` + roomColumns + `, r.folded_name FROM rooms r
WHERE r.kind = 'public' AND r.folded_name >= ?1
ORDER BY r.folded_name LIMIT ?2`

	sqlRoomsByPrefix = `
SELECT ` + roomColumns + `, r.folded_name FROM rooms r
WHERE r.kind = 'public' AND r.folded_name >= ?1 AND r.folded_name < ?3
ORDER BY r.folded_name LIMIT ?2`

	sqlRoomsByWord = `
SELECT ` + roomColumns + `, r.folded_name, w.tail FROM room_words w CROSS JOIN rooms r ON r.id = w.room
WHERE (w.tail, w.room) > (?1, ?2) AND w.tail < ?3
ORDER BY w.tail, w.room`
)

var roomSearch = search[chat.FoundRoom]{
	byName: sqlRoomsByName, byPrefix: sqlRoomsByPrefix, byWord: sqlRoomsByWord,
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
