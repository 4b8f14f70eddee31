package sqlite

import (
	"context"
	"strconv"
	"strings"

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

// searchPlace is where in a search a room or user stands: chat.NameMatch and,
// among equal ones, the id. Its text form is the cursor.
type searchPlace struct {
	rank int
	id   int64
	key  string
}

func (p searchPlace) String() string {
	return strconv.Itoa(p.rank) + "." + strconv.FormatInt(p.id, 36) + "." + p.key
}

func parseSearchPlace(cursor string) (searchPlace, error) {
	if cursor == "" {
		return searchPlace{}, nil
	}
	rank, rest, _ := strings.Cut(cursor, ".")
	number, key, ok := strings.Cut(rest, ".")
	id, err := strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || rank != "0" && rank != "1" {
		return searchPlace{}, chat.ErrorIn("after", chat.CodeInvalid, "This is no place in a list.")
	}
	place := searchPlace{id: id, key: key}
	if rank == "1" {
		place.rank = 1
	}
	return place, nil
}

// SearchPublicRooms is specified by chat.RoomStore. It reads the index of
// names first and then, if there is room left, that of later words.
func (s *Store) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	after, err := parseSearchPlace(search.After)
	if err != nil {
		return nil, err
	}
	found := []chat.FoundRoom{}
	if after.rank == 0 {
		if found, err = s.roomsByName(ctx, search, after); err != nil {
			return nil, err
		}
		after = searchPlace{rank: 1}
	}
	if len(found) == search.Limit || search.Text == "" {
		return found, nil
	}
	return s.roomsByWord(ctx, search, after, found)
}

func (s *Store) roomsByName(ctx context.Context, search chat.RoomSearch, after searchPlace) ([]chat.FoundRoom, error) {
	query, args := sqlRoomsByName, []any{from(search.Text, after.key), search.Limit}
	if search.Text != "" {
		query, args = sqlRoomsByPrefix, append(args, behindPrefix(search.Text))
	}
	found := []chat.FoundRoom{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var row roomRow
		var folded string
		err := r.Scan(append(row.dest(), &folded)...)
		place := searchPlace{id: int64(row.r.ID), key: folded}
		found = append(found, chat.FoundRoom{Room: row.room(), Cursor: place.String()})
		return err
	})
	return found, err
}

// roomsByWord appends to found until the page is full. It passes over rooms
// that match better elsewhere in their name; of those that begin with the text
// there are no more than have been found before.
func (s *Store) roomsByWord(
	ctx context.Context, search chat.RoomSearch, after searchPlace, found []chat.FoundRoom,
) ([]chat.FoundRoom, error) {
	if after.key < search.Text {
		after.key, after.id = search.Text, 0
	}
	args := []any{after.key, after.id, behindPrefix(search.Text)}
	err := s.readEach(ctx, sqlRoomsByWord, args, func(r scanner) error {
		var row roomRow
		var folded, tail string
		if err := r.Scan(append(row.dest(), &folded, &tail)...); err != nil {
			return err
		}
		best, _ := chat.MatchName(folded, search.Text)
		if best != (chat.NameMatch{Rank: 1, Key: tail}) {
			return nil
		}
		place := searchPlace{rank: 1, id: int64(row.r.ID), key: tail}
		found = append(found, chat.FoundRoom{Room: row.room(), Cursor: place.String()})
		if len(found) == search.Limit {
			return errEnough
		}
		return nil
	})
	return found, err
}
