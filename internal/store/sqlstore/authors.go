package sqlstore

import "partychat/internal/chat"

// AuthorColumns are what AuthorDest receives, of users u, also from a join that found
// none.
const AuthorColumns = `coalesce(u.id, 0), coalesce(u.username, ''), coalesce(u.kind, ''),
    coalesce(u.display_name, ''), coalesce(u.profile_rev, 0)`

// AuthorDest is where AuthorColumns go.
func AuthorDest(a *chat.Author) []any {
	return []any{
		(*int64)(&a.ID), &a.Username, (*string)(&a.Kind), &a.DisplayName, &a.ProfileRev,
	}
}
