package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const sqlSearchUsers = `
SELECT ` + userColumns + `, u.username, p.tail FROM user_parts p CROSS JOIN users u ON u.id = p.user
WHERE p.rank = ?1 AND (p.tail, p.user) > (?2, ?3) AND p.tail < ?4
ORDER BY p.tail, p.user`

var userSearch = search[chat.FoundUser]{
	query: sqlSearchUsers,
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
