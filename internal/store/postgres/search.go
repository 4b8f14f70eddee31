package postgres

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

const (
	sqlRoomsThatBegin = `
SELECT ` + roomColumns + `, r.name, r.search_key FROM rooms r
WHERE r.kind = 'public' AND (r.search_key, r.id) > ($1, $2) AND r.search_key < $3
ORDER BY r.search_key, r.id LIMIT $4`

	selectFoundRooms = `
SELECT ` + roomColumns + `, r.name, p.tail FROM room_parts p JOIN rooms r ON r.id = p.room WHERE p.rank = `
	behindFoundRooms = ` AND (p.tail, p.room) > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p.room LIMIT $4`

	sqlRoomsByWord = selectFoundRooms + `1` + behindFoundRooms
	sqlRoomsWithin = selectFoundRooms + `2` + behindFoundRooms

	sqlUsersThatBegin = `
SELECT ` + userColumns + `, u.username, u.search_key FROM users u
WHERE (u.search_key, u.id) > ($1, $2) AND u.search_key < $3
ORDER BY u.search_key, u.id LIMIT $4`

	selectFoundUsers = `
SELECT ` + userColumns + `, u.username, p.tail FROM user_parts p JOIN users u ON u.id = p."user" WHERE p.rank = `
	behindFoundUsers = ` AND (p.tail, p."user") > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p."user" LIMIT $4`

	sqlUsersByWord = selectFoundUsers + `1` + behindFoundUsers
	sqlUsersWithin = selectFoundUsers + `2` + behindFoundUsers
)

// SearchPublicRooms is specified by chat.RoomStore.
func (s roomStore) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	in := nameSearch[chat.FoundRoom]{
		queries: [...]string{sqlRoomsThatBegin, sqlRoomsByWord, sqlRoomsWithin},
		take: func(r pgx.Rows) (hit[chat.FoundRoom], error) {
			var row roomRow
			var found hit[chat.FoundRoom]
			err := r.Scan(append(row.dest(), &found.name, &found.tail)...)
			found.id, found.item.Room = int64(row.r.ID), row.room()
			return found, err
		},
		place: func(found *chat.FoundRoom, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s.core, search.Text, search.After, search.Limit)
}

// SearchUsers is specified by chat.UserStore.
func (s userStore) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	in := nameSearch[chat.FoundUser]{
		queries: [...]string{sqlUsersThatBegin, sqlUsersByWord, sqlUsersWithin},
		take: func(r pgx.Rows) (hit[chat.FoundUser], error) {
			var row userRow
			var found hit[chat.FoundUser]
			err := r.Scan(append(row.dest(), &found.name, &found.tail)...)
			found.id, found.item.User = int64(row.u.ID), row.user()
			return found, err
		},
		place: func(found *chat.FoundUser, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s.core, search.Text, search.After, search.Limit)
}

// nameSearch finds rows by any part of their names.
type nameSearch[T any] struct {
	queries [chat.LastRank + 1]string // each reads the parts of one rank, between two parts
	take    func(pgx.Rows) (hit[T], error)
	place   func(found *T, cursor string)
}

// hit is a name that may match, and its matching part.
type hit[T any] struct {
	item       T
	id         int64
	name, tail string
}

// maxPassed is the maximum number of parts that a search skips for one page.
// Regular searches never come close; one with an invented cursor might.
const maxPassed = 20_000

// search reads one rank after another until the page is full.
func (n nameSearch[T]) search(ctx context.Context, s *core, text, cursor string, limit int) ([]T, error) {
	after, err := parseSearchPlace(cursor)
	if err != nil {
		return nil, err
	}
	last := chat.LastRank
	if text == "" {
		last = 0 // every name begins with it
	}
	found := []T{}
	for ; after.rank <= last && len(found) < limit; after = (searchPlace{rank: after.rank + 1}) {
		if found, err = n.ranked(ctx, s, text, after, limit, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ranked appends the matches of one rank to found until the page is full. It skips
// names that match better elsewhere, because they have been found before.
func (n nameSearch[T]) ranked(
	ctx context.Context, s *core, text string, after searchPlace, limit int, found []T,
) ([]T, error) {
	if after.key < text {
		after.key, after.id = text, 0
	}
	for passed := 0; len(found) < limit && passed < maxPassed; {
		args := []any{after.key, after.id, behindPrefix(text), limit}
		hits, err := readAll(ctx, s, n.queries[after.rank], args, n.take)
		if err != nil {
			return nil, err
		}
		for _, hit := range hits {
			after = searchPlace{rank: after.rank, id: hit.id, key: hit.tail}
			best, _ := chat.MatchName(naming.SearchKey(hit.name), text)
			if best != (chat.NameMatch{Rank: after.rank, Key: hit.tail}) {
				passed++
			} else if len(found) < limit {
				n.place(&hit.item, after.String())
				found = append(found, hit.item)
			}
		}
		if len(hits) < limit {
			break
		}
	}
	return found, nil
}

// behindPrefix returns a text that is larger, by bytes, than all texts that begin
// with the prefix: the prefix with its last character replaced by the next one. If
// that is the last character of Unicode, there is none.
func behindPrefix(prefix string) string {
	for rest := prefix; rest != ""; {
		last, size := utf8.DecodeLastRuneInString(rest)
		rest = rest[:len(rest)-size]
		switch last {
		case utf8.MaxRune:
		case 0xd7ff: // surrogates are not characters
			return rest + "\ue000"
		default:
			return rest + string(last+1)
		}
	}
	return prefix + string(utf8.MaxRune)
}

// searchPlace is the position of a room or user in a search: chat.NameMatch and,
// for equal ones, the id. Its text form is the cursor.
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
	if !ok || err != nil || len(rank) != 1 || rank[0] < '0' || rank[0] > '0'+chat.LastRank || !storable(key) {
		return searchPlace{}, noPlace()
	}
	return searchPlace{rank: int(rank[0] - '0'), id: id, key: key}, nil
}

func noPlace() error {
	return chat.ErrorIn("after", chat.CodeInvalid, "This is not a position in this list.")
}
