package postgres

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
)

const (
	sqlRoomsByName = `
SELECT ` + roomColumns + `, r.folded_name, '' FROM rooms r
WHERE r.kind = 'public' AND r.folded_name > $1
ORDER BY r.folded_name LIMIT $2`

	sqlRoomsByPrefix = `
SELECT ` + roomColumns + `, r.folded_name, '' FROM rooms r
WHERE r.kind = 'public' AND r.folded_name > $1 AND r.folded_name >= $3 AND r.folded_name < $4
ORDER BY r.folded_name LIMIT $2`

	sqlRoomsByWord = `
SELECT ` + roomColumns + `, r.folded_name, w.tail FROM room_words w JOIN rooms r ON r.id = w.room
WHERE (w.tail, w.room) > ($1, $2) AND w.tail < $3
ORDER BY w.tail, w.room LIMIT $4`

	sqlUsersByName = `
SELECT ` + userColumns + `, u.folded_name, '' FROM users u
WHERE u.folded_name > $1
ORDER BY u.folded_name LIMIT $2`

	sqlUsersByPrefix = `
SELECT ` + userColumns + `, u.folded_name, '' FROM users u
WHERE u.folded_name > $1 AND u.folded_name >= $3 AND u.folded_name < $4
ORDER BY u.folded_name LIMIT $2`

	sqlUsersByWord = `
SELECT ` + userColumns + `, u.folded_name, w.tail FROM user_words w JOIN users u ON u.id = w."user"
WHERE (w.tail, w."user") > ($1, $2) AND w.tail < $3
ORDER BY w.tail, w."user" LIMIT $4`
)

// SearchPublicRooms is specified by chat.RoomStore.
func (s *Store) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	in := nameSearch[chat.FoundRoom]{
		all: sqlRoomsByName, prefix: sqlRoomsByPrefix, word: sqlRoomsByWord,
		take: func(r pgx.Rows) (hit[chat.FoundRoom], error) {
			var row roomRow
			var found hit[chat.FoundRoom]
			err := r.Scan(append(row.dest(), &found.folded, &found.tail)...)
			found.id, found.item.Room = int64(row.r.ID), row.room()
			return found, err
		},
		place: func(found *chat.FoundRoom, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s, search.Text, search.After, search.Limit)
}

// SearchUsers is specified by chat.UserStore.
func (s *Store) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	in := nameSearch[chat.FoundUser]{
		all: sqlUsersByName, prefix: sqlUsersByPrefix, word: sqlUsersByWord,
		take: func(r pgx.Rows) (hit[chat.FoundUser], error) {
			var row userRow
			var found hit[chat.FoundUser]
			err := r.Scan(append(row.dest(), &found.folded, &found.tail)...)
			found.id, found.item.User = int64(row.u.ID), row.user()
			return found, err
		},
		place: func(found *chat.FoundUser, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s, search.Text, search.After, search.Limit)
}

// nameSearch is where a search for names looks: the index of names first and then,
// if there is room left, that of later words.
type nameSearch[T any] struct {
	all, prefix, word string // the queries
	take              func(pgx.Rows) (hit[T], error)
	place             func(found *T, cursor string)
}

// hit is a name that may match.
type hit[T any] struct {
	item         T
	id           int64
	folded, tail string
}

func (n nameSearch[T]) search(ctx context.Context, s *Store, text, cursor string, limit int) ([]T, error) {
	after, err := parseSearchPlace(cursor)
	if err != nil {
		return nil, err
	}
	found := []T{}
	if after.rank == 0 {
		if found, err = n.byName(ctx, s, text, after, limit); err != nil {
			return nil, err
		}
		after = searchPlace{rank: 1}
	}
	if len(found) == limit || text == "" {
		return found, nil
	}
	return n.byWord(ctx, s, text, after, limit, found)
}

func (n nameSearch[T]) byName(ctx context.Context, s *Store, text string, after searchPlace, limit int) ([]T, error) {
	query, args := n.all, []any{after.key, limit}
	if text != "" {
		query, args = n.prefix, append(args, text, behindPrefix(text))
	}
	return readAll(ctx, s, query, args, func(r pgx.Rows) (T, error) {
		found, err := n.take(r)
		n.place(&found.item, searchPlace{id: found.id, key: found.folded}.String())
		return found.item, err
	})
}

// byWord appends to found until the page is full. It passes over names that
// match better elsewhere; of those that begin with the text there are no more
// than have been found before.
func (n nameSearch[T]) byWord(
	ctx context.Context, s *Store, text string, after searchPlace, limit int, found []T,
) ([]T, error) {
	if after.key < text {
		after.key, after.id = text, 0
	}
	for len(found) < limit {
		args := []any{after.key, after.id, behindPrefix(text), limit}
		hits, err := readAll(ctx, s, n.word, args, n.take)
		if err != nil {
			return nil, err
		}
		for _, hit := range hits {
			after = searchPlace{rank: 1, id: hit.id, key: hit.tail}
			best, _ := chat.MatchName(hit.folded, text)
			if best == (chat.NameMatch{Rank: 1, Key: hit.tail}) && len(found) < limit {
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

// behindPrefix gives a text that is larger, by bytes, than all that begin with
// the prefix, which must not be empty: with the next character in the place of
// the last one. Only behind the very last of Unicode there is none.
func behindPrefix(prefix string) string {
	for rest := prefix; rest != ""; {
		last, size := utf8.DecodeLastRuneInString(rest)
		rest = rest[:len(rest)-size]
		switch last {
		case utf8.MaxRune:
		case 0xd7ff: // surrogates are no characters
			return rest + "\ue000"
		default:
			return rest + string(last+1)
		}
	}
	return prefix + string(utf8.MaxRune)
}

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
	if !ok || err != nil || rank != "0" && rank != "1" || !storable(key) {
		return searchPlace{}, noPlace()
	}
	place := searchPlace{id: id, key: key}
	if rank == "1" {
		place.rank = 1
	}
	return place, nil
}

func noPlace() error {
	return chat.ErrorIn("after", chat.CodeInvalid, "This is no place in a list.")
}
