package postgres

import "partychat/internal/store/sqlstore"

// rules are the invariants. Each row that a query gives is a sentence about
// something that breaks it.
var rules = []string{
	// Every index is there and in use: one that is missing would break an
	// invariant only later.
	`SELECT format('The index %s is missing or cannot be used.', name)
	FROM unnest(ARRAY['users_pkey', 'users_folded_name_key', 'users_admins', 'users_unkeyed', 'users_by_search',
		'user_parts_pkey', 'parts_of_user', 'user_looks_pkey', 'looks_of_user',
		'sessions_pkey', 'sessions_of_user', 'sessions_by_expiry', 'rooms_pkey', 'public_rooms_by_name',
		'rooms_unkeyed', 'public_rooms_by_search',
		'room_parts_pkey', 'parts_of_room', 'room_looks_pkey', 'looks_of_room', 'memberships_pkey', 'members_by_name', 'rooms_of_user', 'conversations',
		'messages_pkey', 'messages_by_client_id', 'messages_by_rev', 'notices', 'uncounted_pkey', 'uncounted_blocks_pkey', 'invitations_pkey',
		'invitations_token_hash_key', 'invitations_of_room', 'invitations_of_user', 'invitations_for_user',
		'invitations_by_expiry', 'room_bans_pkey', 'room_bans_by_name', 'room_bans_of_user', 'room_bans_by_maker',
		'server_bans_pkey', 'server_bans_folded_name_key', 'server_bans_by_maker']) AS name
	WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = to_regclass(name) AND i.indisvalid AND i.indisready)`,

	// Every reference leads somewhere.
	`WITH bans AS (SELECT "user", made_by FROM room_bans UNION SELECT "user", made_by FROM server_bans)
	SELECT format('The %s of %s, %s, does not exist.', what, whose, id) FROM (
		SELECT 'room' AS what, 'a message' AS whose, room AS id FROM messages t WHERE NOT EXISTS (SELECT FROM rooms r WHERE r.id = t.room)
		UNION SELECT 'author', 'a message', author FROM messages t WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = t.author)
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

	`SELECT 'The room “main” is not there, or is not public.'
	WHERE NOT EXISTS (SELECT FROM rooms WHERE id = 1 AND kind = 'public')`,

	// The messages of a room are exactly those from 1 to its head.
	`SELECT format('Room %s has its head at %s, but %s messages, from %s to %s: seq has a hole.',
		r.id, r.seq, count(t.seq), coalesce(min(t.seq), 0), coalesce(max(t.seq), 0))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id GROUP BY r.id
	HAVING count(t.seq) <> r.seq OR r.seq > 0 AND (min(t.seq) <> 1 OR max(t.seq) <> r.seq)`,

	// Where nothing but messages has taken revs, each is on a message or was covered
	// by a later change of one that was edited or deleted. Each of those has covered
	// at least one.
	`SELECT format('Room %s has taken %s revs for %s messages, of which %s were changed later: rev has a hole.',
		r.id, r.rev, count(t.seq), count(t.seq) FILTER (WHERE ` + changedLater + `))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id GROUP BY r.id
	HAVING r.rev - count(t.seq) < count(t.seq) FILTER (WHERE ` + changedLater + `)
		OR r.rev > count(t.seq) AND count(t.seq) FILTER (WHERE ` + changedLater + `) = 0 AND ` + sqlstore.OnlyMessagesInRoom,

	// Messages that were not changed later have taken their revs in the order
	// of seq.
	`SELECT format('Message %s of room %s has rev %s, message %s before it rev %s: they are out of order.', seq, room, rev, seq_before, rev_before)
	FROM (SELECT t.room, t.seq, t.rev, lag(t.seq) OVER w AS seq_before, lag(t.rev) OVER w AS rev_before
		FROM messages t WHERE NOT (` + changedLater + `) WINDOW w AS (PARTITION BY t.room ORDER BY t.seq)) AS pairs
	WHERE rev <= rev_before`,

	`SELECT format('Messages %s and %s of room %s have the same rev, %s.', min(seq), max(seq), room, rev)
	FROM messages GROUP BY room, rev HAVING count(*) > 1`,

	`SELECT format('Message %s of room %s has rev %s, which is less than its seq.', seq, room, rev)
	FROM messages WHERE rev < seq`,

	`SELECT format('Messages %s and %s of room %s by user %s have the same clientId: one send was stored twice.', min(seq), max(seq), room, author)
	FROM messages GROUP BY room, client_id, author HAVING count(*) > 1`,

	`SELECT format('Message %s of room %s was deleted, but some of its content remains.', seq, room)
	FROM messages WHERE deleted AND (body <> '' OR edited_at IS NOT NULL)`,

	`SELECT format('User %s has read room %s up to %s, but its head is at %s.', m."user", m.room, m.read_seq, r.seq)
	FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.read_seq < 0 OR m.read_seq > r.seq`,

	`SELECT format('Room %s records %s members, but has %s.', r.id, r.members, count(m."user"))
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id GROUP BY r.id HAVING r.members <> count(m."user")`,

	`SELECT format('The name of user %s differs among the members of room %s.', m."user", m.room)
	FROM memberships m JOIN users u ON u.id = m."user" WHERE m.folded_name <> u.folded_name`,

	`SELECT format('User %s is a member of room %s and banned from it.', m."user", m.room)
	FROM memberships m JOIN room_bans b ON b.room = m.room AND b."user" = m."user"`,

	`SELECT format('Message %s of room %s %s as unread, which it should not.', coalesce(t.seq, u.seq), coalesce(t.room, u.room),
		CASE WHEN u.seq IS NULL THEN 'counts' ELSE 'does not count' END)
	FROM uncounted u FULL JOIN (SELECT room, seq FROM messages WHERE kind = 'notice' OR deleted) t ON t.room = u.room AND t.seq = u.seq
	WHERE t.seq IS NULL OR u.seq IS NULL`,

	`SELECT format('Room %s records %s messages of block %s that do not count as unread, but there are %s.', coalesce(b.room, u.room), coalesce(b.n, 0), coalesce(b.block, u.block), coalesce(u.n, 0))
	FROM uncounted_blocks b FULL JOIN (SELECT room, seq / 4096 AS block, count(*) AS n FROM uncounted GROUP BY room, seq / 4096) u
		ON u.room = b.room AND u.block = b.block
	WHERE coalesce(b.n, 0) <> coalesce(u.n, 0)`,

	`SELECT format('Invitation %s into room %s still exists, but the membership of its creator, user %s, has ended.', i.id, i.room, i.made_by)
	FROM invitations i WHERE i.room IS NOT NULL AND NOT i.named
		AND NOT EXISTS (SELECT FROM memberships m WHERE m.room = i.room AND m."user" = i.made_by)`,

	`SELECT format('The name of user %s differs among the bans.', b."user")
	FROM (SELECT "user", folded_name FROM room_bans UNION SELECT "user", folded_name FROM server_bans) AS b
	JOIN users u ON u.id = b."user" WHERE b.folded_name <> u.folded_name`,

	`SELECT format('User %s is marked as %s from the server, which contradicts the bans.', u.id, CASE WHEN u.banned THEN 'banned' ELSE 'not banned' END)
	FROM users u WHERE u.banned <> EXISTS (SELECT FROM server_bans b WHERE b."user" = u.id)`,

	`SELECT format('User %s is marked as %s from the server in room %s, which contradicts the user.', u.id, CASE WHEN m.banned THEN 'banned' ELSE 'not banned' END, m.room)
	FROM memberships m JOIN users u ON u.id = m."user" WHERE m.banned <> u.banned`,

	`SELECT format('Conversation %s does not have exactly two members that name each other as peers.', r.id)
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id WHERE r.kind = 'direct' GROUP BY r.id
	HAVING count(m."user") <> 2 OR count(m.peer) <> 2 OR min(m."user") <> min(m.peer) OR max(m."user") <> max(m.peer)
		OR bool_or(m."user" = m.peer)`,

	`SELECT format('User %s does not get back conversation %s, which is hidden until message %s.', m."user", r.id, m.hidden_until)
	FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.hidden_until > r.seq AND r.wakes < m.hidden_until`,

	`SELECT format('Public rooms %s and %s have the same name.', min(id), max(id))
	FROM rooms WHERE kind = 'public' GROUP BY folded_name HAVING count(*) > 1`,

	`SELECT format('Room %s is not public, but the search finds it or its name is reserved.', r.id)
	FROM rooms r WHERE r.kind <> 'public' AND (EXISTS (SELECT FROM room_parts p WHERE p.room = r.id)
		OR EXISTS (SELECT FROM room_looks l WHERE l.room = r.id))`,

	`SELECT format('Users %s and %s have the same name.', min(id), max(id))
	FROM users GROUP BY folded_name HAVING count(*) > 1`,
}

// changedLater tells of a message whether its rev is not the one that it came with.
const changedLater = `(t.edited_at IS NOT NULL OR t.deleted)`
