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

var userSearch = search[chat.FoundUser]{
	byName: sqlUsersByName, byPrefix: sqlUsersByPrefix, byWord: sqlUsersByWord,
	scan: func(r scanner, also ...any) (int64, func(string) chat.FoundUser, error) {
		var row userRow
		err := r.Scan(append(row.dest(), also...)...)
		return int64(row.u.ID), func(cursor string) chat.FoundUser {
			return chat.FoundUser{User: row.user(), Cursor: cursor}
		}, err
	},
}

// SearchUsers is specified by chat.UserStore.
func (s *Store) SearchUsers(ctx context.Context, what chat.UserSearch) ([]chat.FoundUser, error) {
	return userSearch.page(ctx, s, searchPage(what))
}
