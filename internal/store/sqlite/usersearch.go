package sqlite

import (
	"context"

	"partychat/internal/chat"
)

const (
	selectFoundUsers = `
SELECT ` + userColumns + `, u.username, p.tail FROM user_parts p CROSS JOIN users u ON u.id = p.user WHERE p.rank = `
	behindFoundUsers = ` AND (p.tail, p.user) > (?1, ?2) AND p.tail < ?3 ORDER BY p.tail, p.user`

	sqlUsersThatBegin = selectFoundUsers + `0` + behindFoundUsers
	sqlUsersByWord    = selectFoundUsers + `1` + behindFoundUsers
	sqlUsersWithin    = selectFoundUsers + `2` + behindFoundUsers
)

var userSearch = search[chat.FoundUser]{
	queries: [...]string{sqlUsersThatBegin, sqlUsersByWord, sqlUsersWithin},
	scan: func(r scanner, also ...any) (int64, func(string) chat.FoundUser, error) {
		var row userRow
		err := r.Scan(append(row.dest(), also...)...)
		return int64(row.u.ID), func(cursor string) chat.FoundUser {
			return chat.FoundUser{User: row.user(), Cursor: cursor}
		}, err
	},
}

// SearchUsers is specified by chat.UserStore.
func (s userStore) SearchUsers(ctx context.Context, what chat.UserSearch) ([]chat.FoundUser, error) {
	return userSearch.page(ctx, s.core, searchPage(what))
}
