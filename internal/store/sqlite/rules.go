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

	`SELECT format('The search index has %s messages in block %s, but not their words.', count(*), d.doc)
	FROM search_docs d WHERE NOT EXISTS (SELECT 1 FROM search_words_docsize w WHERE w.id = d.doc) GROUP BY d.doc`,

	`SELECT format('The search index has words of block %s, but none of its messages.', w.id)
	FROM search_words_docsize w WHERE NOT EXISTS (SELECT 1 FROM search_docs d WHERE d.doc = w.id)`,

	`SELECT format('The search index has no bounds of block %s.', d.doc)
	FROM search_docs d WHERE NOT EXISTS (SELECT 1 FROM search_blocks b WHERE b.doc = d.doc) GROUP BY d.doc`,

	`SELECT format('Block %s of the search index has a lower number than an earlier one.', doc)
	FROM (SELECT doc, lag(doc) OVER (ORDER BY first) AS earlier FROM search_blocks) WHERE doc <= earlier`,

	`SELECT format('User %s is %s as mentioned by message %s of room %s, which contradicts the message.', coalesce(n."user", t."user"),
		CASE WHEN n.seq IS NULL THEN 'not listed' ELSE 'listed' END, coalesce(n.seq, t.seq), coalesce(n.room, t.room))
	FROM mentions n FULL JOIN (
		SELECT DISTINCT t.room, t.seq, e.value ->> 'user' AS "user" FROM messages t, json_each(t.mentions) e WHERE t.mentions IS NOT NULL AND NOT t.deleted
	) t ON t."user" = n."user" AND t.room = n.room AND t.seq = n.seq
	WHERE n.seq IS NULL OR t.seq IS NULL`,
}

// parts are the texts that the search finds names by.
var parts = sqlstore.Derived{
	PartsOfRooms: `
SELECT r.id, r.name, '', p.rank || p.tail FROM rooms r LEFT JOIN room_parts p ON p.room = r.id
WHERE r.kind = 'public' AND r.keyed_name IS r.name ORDER BY r.id`,

	PartsOfUsers: `
SELECT u.id, u.username, u.display_name, p.rank || p.tail FROM users u LEFT JOIN user_parts p ON p.user = u.id
WHERE u.keyed_name IS u.username ORDER BY u.id`,
}
