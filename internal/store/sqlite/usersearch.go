package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const (
	sqlUsersByName = `
SELECT ` + userColumns + `, u.folded_name FROM users u
WHERE u.folded_name >= ?1
ORDER BY u.folded_name LIMIT ?2`

	sqlUsersByPrefix = `
SELECT ` + userColumns + `, u.folded_name FROM users u
WHERE u.folded_name >= ?1 AND u.folded_name < ?3
ORDER BY u.folded_name LIMIT ?2`

	sqlUsersByWord = `
SELECT ` + userColumns + `, u.folded_name, w.tail FROM user_words w CROSS JOIN users u ON u.id = w.user
WHERE (w.tail, w.user) > (?1, ?2) AND w.tail < ?3
ORDER BY w.tail, w.user`
)

// SearchUsers is specified by chat.UserStore. It reads the index of names
// first and then, if there is room left, that of later words.
func (s *Store) SearchUsers(ctx context.Context, search chat.UserSearch) ([]chat.FoundUser, error) {
	after, err := parseSearchPlace(search.After)
	if err != nil {
		return nil, err
	}
	found := []chat.FoundUser{}
	if after.rank == 0 {
		if found, err = s.usersByName(ctx, search, after); err != nil {
			return nil, err
		}
		after = searchPlace{rank: 1}
	}
	if len(found) == search.Limit || search.Text == "" {
		return found, nil
	}
	return s.usersByWord(ctx, search, after, found)
}

func (s *Store) usersByName(ctx context.Context, search chat.UserSearch, after searchPlace) ([]chat.FoundUser, error) {
	query, args := sqlUsersByName, []any{from(search.Text, after.key), search.Limit}
	if search.Text != "" {
		query, args = sqlUsersByPrefix, append(args, behindPrefix(search.Text))
	}
	found := []chat.FoundUser{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var row userRow
		var folded string
		err := r.Scan(append(row.dest(), &folded)...)
		place := searchPlace{id: int64(row.u.ID), key: folded}
		found = append(found, chat.FoundUser{User: row.user(), Cursor: place.String()})
		return err
	})
	return found, err
}

// usersByWord appends to found until the page is full. It passes over users
// that match better elsewhere in their name.
func (s *Store) usersByWord(
	ctx context.Context, search chat.UserSearch, after searchPlace, found []chat.FoundUser,
) ([]chat.FoundUser, error) {
	if after.key < search.Text {
		after.key, after.id = search.Text, 0
	}
	args := []any{after.key, after.id, behindPrefix(search.Text)}
	err := s.readEach(ctx, sqlUsersByWord, args, func(r scanner) error {
		var row userRow
		var folded, tail string
		if err := r.Scan(append(row.dest(), &folded, &tail)...); err != nil {
			return err
		}
		best, _ := chat.MatchName(folded, search.Text)
		if best != (chat.NameMatch{Rank: 1, Key: tail}) {
			return nil
		}
		place := searchPlace{rank: 1, id: int64(row.u.ID), key: tail}
		found = append(found, chat.FoundUser{User: row.user(), Cursor: place.String()})
		if len(found) == search.Limit {
			return errEnough
		}
		return nil
	})
	return found, err
}
