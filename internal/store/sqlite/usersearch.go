package sqlite

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	selectFoundUsers = `
SELECT ` + sqlstore.UserColumns + `, u.username, u.display_name, p.tail FROM user_parts p CROSS JOIN users u ON u.id = p.user WHERE p.rank = `
	behindFoundUsers = ` AND (p.tail, p.user) > ($1, $2) AND p.tail < $3 ORDER BY p.tail, p.user`

	sqlUsersThatBegin = selectFoundUsers + `0` + behindFoundUsers
	sqlUsersByWord    = selectFoundUsers + `1` + behindFoundUsers
	sqlUsersWithin    = selectFoundUsers + `2` + behindFoundUsers
)

var userSearch = search[chat.FoundUser]{
	queries: [...]string{sqlUsersThatBegin, sqlUsersByWord, sqlUsersWithin},
	scan: func(r sqlstore.Scanner, also ...any) (int64, func(string) chat.FoundUser, error) {
		var row sqlstore.UserRow
		err := r.Scan(append(row.Dest(), also...)...)
		found := row.User()
		return int64(found.ID), func(cursor string) chat.FoundUser {
			return chat.FoundUser{User: found, Cursor: cursor}
		}, err
	},
}

// SearchUsers is specified by chat.UserStore.
func (s searchStore) SearchUsers(ctx context.Context, what chat.UserSearch) ([]chat.FoundUser, error) {
	return userSearch.page(ctx, s.core, searchPage(what))
}
