package sqlite

import "partychat/internal/store/sqlstore"

// integrityRule is what SQLite itself can tell: pages, indexes, uniqueness.
const integrityRule = `
SELECT 'The database file is damaged: ' || integrity_check || '.' FROM pragma_integrity_check
WHERE integrity_check <> 'ok'`

// rules are the invariants that SQLite checks in a way of its own. Each row of a query
// is a sentence about something that breaks one.
var rules = []string{
	`SELECT format('A row of %s refers to a row of %s that does not exist.', "table", parent) FROM pragma_foreign_key_check`,

	`SELECT format('Message %s of room %s has a clientId that is not a UUID.', seq, room)
	FROM messages WHERE length(client_id) <> 16`,
}

// parts are the texts that the search finds names by.
var parts = sqlstore.Derived{
	PartsOfRooms: `
SELECT r.id, r.name, p.rank || p.tail FROM rooms r LEFT JOIN room_parts p ON p.room = r.id
WHERE r.kind = 'public' AND r.keyed_name IS r.name ORDER BY r.id`,

	PartsOfUsers: `
SELECT u.id, u.username, p.rank || p.tail FROM users u LEFT JOIN user_parts p ON p.user = u.id
WHERE u.keyed_name IS u.username ORDER BY u.id`,
}
