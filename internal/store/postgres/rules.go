package postgres

import "partychat/internal/store/sqlstore"

// rules are the invariants that only PostgreSQL has, or checks in a way of its own. Each
// row of a query is a sentence about something that breaks one.
var rules = []string{
	// Every index is there and in use: one that is missing would break an
	// invariant only later.
	`SELECT format('The index %s is missing or cannot be used.', name)
	FROM unnest(ARRAY['users_pkey', 'users_folded_name_key', 'users_admins', 'users_unkeyed', 'users_by_search',
		'user_parts_pkey', 'parts_of_user', 'user_looks_pkey', 'looks_of_user',
		'sessions_pkey', 'sessions_of_user', 'sessions_by_expiry', 'rooms_pkey', 'public_rooms_by_name',
		'rooms_unkeyed', 'public_rooms_by_search',
		'room_parts_pkey', 'parts_of_room', 'room_looks_pkey', 'looks_of_room', 'memberships_pkey', 'members_by_name', 'rooms_of_user', 'conversations',
		'messages_pkey', 'messages_by_client_id', 'messages_by_rev', 'messages_in_threads', 'threads_pkey', 'notices', 'reactions_pkey', 'reactions_by_emoji', 'reaction_counts_pkey', 'uncounted_pkey', 'uncounted_blocks_pkey', 'mentions_pkey', 'mentions_by_message', 'invitations_pkey',
		'invitations_token_hash_key', 'invitations_of_room', 'invitations_of_user', 'invitations_for_user',
		'invitations_by_expiry', 'room_bans_pkey', 'room_bans_by_name', 'room_bans_of_user', 'room_bans_by_maker',
		'server_bans_pkey', 'server_bans_folded_name_key', 'server_bans_by_maker',
		'search_rooms_pkey', 'search_docs_pkey', 'search_docs_by_word']) AS name
	WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = to_regclass(name) AND i.indisvalid AND i.indisready)`,

	// Every reference leads somewhere.
	`WITH bans AS (SELECT "user", made_by FROM room_bans UNION SELECT "user", made_by FROM server_bans)
	SELECT format('The %s of %s, %s, does not exist.', what, whose, id) FROM (
		SELECT 'room' AS what, 'a message' AS whose, room AS id FROM messages t WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.id = t.room)
		UNION SELECT 'author', 'a message', author FROM messages t WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = t.author)
		UNION SELECT 'message', 'a reaction', seq FROM reactions x WHERE NOT EXISTS (SELECT FROM messages t WHERE t.room = x.room AND t.seq = x.seq)
		UNION SELECT 'user', 'a reaction', "user" FROM reactions x WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = x."user")
		UNION SELECT 'room', 'a membership', room FROM memberships m WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.id = m.room)
		UNION SELECT 'user', 'a membership', "user" FROM memberships m WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = m."user")
		UNION SELECT 'peer', 'a membership', peer FROM memberships m WHERE peer IS NOT NULL AND NOT EXISTS (SELECT FROM users u WHERE u.id = m.peer)
		UNION SELECT 'user', 'a session', "user" FROM sessions s WHERE "user" IS NOT NULL AND NOT EXISTS (SELECT FROM users u WHERE u.id = s."user")
		UNION SELECT 'room', 'an invitation', room FROM invitations i WHERE room IS NOT NULL AND NOT EXISTS (SELECT FROM rooms r WHERE r.id = i.room)
		UNION SELECT 'maker', 'an invitation', made_by FROM invitations i WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = i.made_by)
		UNION SELECT 'room', 'a ban', room FROM room_bans b WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.id = b.room)
		UNION SELECT 'user', 'a ban', "user" FROM bans b WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = b."user")
		UNION SELECT 'maker', 'a ban', made_by FROM bans b WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = b.made_by)
	) AS broken`,

	`SELECT format('User %s is marked as %s from the server in room %s, which contradicts the user.', u.id, CASE WHEN m.banned THEN 'banned' ELSE 'not banned' END, m.room)
	FROM memberships m JOIN users u ON u.id = m."user" WHERE m.banned <> u.banned`,

	`SELECT format('User %s does not get back conversation %s, which is hidden until message %s.', m."user", r.id, m.hidden_until)
	FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.hidden_until > r.seq AND r.wakes < m.hidden_until`,

	`SELECT format('User %s is %s as mentioned by message %s of room %s, which contradicts the message.', coalesce(n."user", t."user"),
		CASE WHEN n.seq IS NULL THEN 'not listed' ELSE 'listed' END, coalesce(n.seq, t.seq), coalesce(n.room, t.room))
	FROM mentions n FULL JOIN (
		SELECT DISTINCT t.room, t.seq, (e ->> 'user')::bigint AS "user" FROM messages t, jsonb_array_elements(t.mentions::jsonb) e WHERE t.mentions IS NOT NULL AND NOT t.deleted
	) t ON t."user" = n."user" AND t.room = n.room AND t.seq = n.seq
	WHERE n.seq IS NULL OR t.seq IS NULL`,
}

// parts are the texts that the search finds names by. The first part of a name, its
// search key, is in the row of the name.
var parts = sqlstore.Derived{
	PartsOfRooms: `
SELECT r.id, r.name, '', p.rank || p.tail FROM rooms r JOIN room_parts p ON p.room = r.id
WHERE r.kind = 'public' AND r.keyed_name = r.name
UNION ALL
SELECT r.id, r.name, '', '0' || r.search_key FROM rooms r WHERE r.kind = 'public' AND r.keyed_name = r.name
ORDER BY 1`,

	PartsOfUsers: `
SELECT u.id, u.username, u.display_name, p.rank || p.tail FROM users u JOIN user_parts p ON p."user" = u.id
WHERE u.keyed_name = u.username
UNION ALL
SELECT u.id, u.username, u.display_name, '0' || u.search_key FROM users u WHERE u.keyed_name = u.username
ORDER BY 1`,
}
