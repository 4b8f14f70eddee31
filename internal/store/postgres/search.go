package postgres

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	sqlRoomsThatBegin = `
SELECT ` + sqlstore.RoomColumns + `, r.name, '', r.search_key FROM rooms r
WHERE r.kind = 'public' AND (r.search_key, r.id) > ($1, $2) AND r.search_key < $3
ORDER BY r.search_key, r.id LIMIT $4`

	selectFoundRooms = `
SELECT ` + sqlstore.RoomColumns + `, r.name, '', p.tail FROM room_parts p JOIN rooms r ON r.id = p.room WHERE p.rank = `
	behindFoundRooms = ` AND (p.tail, p.room) > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p.room LIMIT $4`

	sqlRoomsByWord = selectFoundRooms + `1` + behindFoundRooms
	sqlRoomsWithin = selectFoundRooms + `2` + behindFoundRooms

	sqlUsersThatBegin = `
SELECT ` + sqlstore.UserColumns + `, u.username, u.display_name, u.search_key FROM users u
WHERE (u.search_key, u.id) > ($1, $2) AND u.search_key < $3
ORDER BY u.search_key, u.id LIMIT $4`

	selectFoundUsers = `
SELECT ` + sqlstore.UserColumns + `, u.username, u.display_name, p.tail FROM user_parts p JOIN users u ON u.id = p."user" WHERE p.rank = `
	behindFoundUsers = ` AND (p.tail, p."user") > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p."user" LIMIT $4`

	sqlUsersByWord = selectFoundUsers + `1` + behindFoundUsers
	sqlUsersWithin = selectFoundUsers + `2` + behindFoundUsers
)

// searchStore is the part that searches.
type searchStore struct{ *core }

// SearchPublicRooms is specified by chat.RoomStore.
func (s searchStore) SearchPublicRooms(ctx context.Context, search chat.RoomSearch) ([]chat.FoundRoom, error) {
	in := nameSearch[chat.FoundRoom]{
		queries: [...]string{sqlRoomsThatBegin, sqlRoomsByWord, sqlRoomsWithin},
		take: func(r sqlstore.Scanner) (hit[chat.FoundRoom], error) {
			var row sqlstore.RoomRow
			var found hit[chat.FoundRoom]
			err := r.Scan(append(row.Dest(), &found.named.Name, &found.named.Display, &found.tail)...)
			found.item.Room = row.Room()
			found.id = int64(found.item.ID)
			return found, err
		},
		place: func(found *chat.FoundRoom, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s.core, search.Text, search.After, search.Limit)
}

// SearchUsers is specified by chat.UserStore.
func (s searchStore) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	in := nameSearch[chat.FoundUser]{
		queries: [...]string{sqlUsersThatBegin, sqlUsersByWord, sqlUsersWithin},
		take: func(r sqlstore.Scanner) (hit[chat.FoundUser], error) {
			var row sqlstore.UserRow
			var found hit[chat.FoundUser]
			err := r.Scan(append(row.Dest(), &found.named.Name, &found.named.Display, &found.tail)...)
			found.item.User = row.User()
			found.id = int64(found.item.ID)
			return found, err
		},
		place: func(found *chat.FoundUser, cursor string) { found.Cursor = cursor },
	}
	return in.search(ctx, s.core, search.Text, search.After, search.Limit)
}

// nameSearch finds rows by any part of their names.
type nameSearch[T any] struct {
	queries [chat.LastRank + 1]string // each reads the parts of one rank, between two parts
	take    func(sqlstore.Scanner) (hit[T], error)
	place   func(found *T, cursor string)
}

// hit is a name that may match, and its matching part.
type hit[T any] struct {
	item  T
	id    int64
	named sqlstore.Named
	tail  string
}

// maxPassed is the maximum number of parts that a search skips for one page.
// Regular searches never come close; one with an invented cursor might.
const maxPassed = 20_000

// search reads one rank after another until the page is full.
func (n nameSearch[T]) search(ctx context.Context, s *core, text, cursor string, limit int) ([]T, error) {
	after, err := sqlstore.ParsePlace(cursor)
	if err != nil {
		return nil, err
	}
	last := chat.LastRank
	if text == "" {
		last = 0 // every name begins with it
	}
	found := []T{}
	for ; after.Rank <= last && len(found) < limit; after = (sqlstore.Place{Rank: after.Rank + 1}) {
		if found, err = n.ranked(ctx, s, text, after, limit, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ranked appends the matches of one rank to found until the page is full. It skips
// names that match better elsewhere, because they have been found before.
func (n nameSearch[T]) ranked(
	ctx context.Context, s *core, text string, after sqlstore.Place, limit int, found []T,
) ([]T, error) {
	if after.Key < text {
		after.Key, after.ID = text, 0
	}
	for passed := 0; len(found) < limit && passed < maxPassed; {
		args := []any{after.Key, after.ID, sqlstore.BehindPrefix(text), limit}
		hits, err := sqlstore.All(ctx, database{s}, n.queries[after.Rank], args, n.take)
		if err != nil {
			return nil, err
		}
		for _, hit := range hits {
			after = sqlstore.Place{Rank: after.Rank, ID: hit.id, Key: hit.tail}
			if best := hit.named.Match(text); best != (chat.NameMatch{Rank: after.Rank, Key: hit.tail}) {
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
