package sqlite

import "partychat/internal/store/sqlstore"

// integrityRule is what SQLite itself can tell: pages, indexes, uniqueness.
const integrityRule = `
SELECT 'The database file is damaged: ' || integrity_check || '.' FROM pragma_integrity_check
WHERE integrity_check <> 'ok'`

// rules are the invariants. Each row that a query gives is a sentence about
// something that breaks it.
var rules = []string{
	// Every reference leads somewhere.
	`SELECT printf('A row of %s refers to a row of %s that does not exist.', "table", parent) FROM pragma_foreign_key_check`,

	`SELECT 'The room “main” is not there, or is not public.'
	WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE id = 1 AND kind = 'public')`,

	// The messages of a room are exactly those from 1 to its head.
	`SELECT printf('Room %d has its head at %d, but %d messages, from %d to %d: seq has a hole.',
		r.id, r.seq, count(t.seq), ifnull(min(t.seq), 0), ifnull(max(t.seq), 0))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id GROUP BY r.id
	HAVING count(t.seq) <> r.seq OR r.seq > 0 AND (min(t.seq) <> 1 OR max(t.seq) <> r.seq)`,

	// Where nothing but messages has taken revs, each is on a message or was covered
	// by a later change of one that was edited or deleted. Each of those has covered
	// at least one.
	`SELECT printf('Room %d has taken %d revs for %d messages, of which %d were changed later: rev has a hole.',
		r.id, r.rev, count(t.seq), count(t.seq) FILTER (WHERE ` + changedLater + `))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id GROUP BY r.id
	HAVING r.rev - count(t.seq) < count(t.seq) FILTER (WHERE ` + changedLater + `)
		OR r.rev > count(t.seq) AND count(t.seq) FILTER (WHERE ` + changedLater + `) = 0 AND ` + sqlstore.OnlyMessagesInRoom,

	// Messages that were not changed later have taken their revs in the order
	// of seq.
	`SELECT printf('Message %d of room %d has rev %d, message %d before it rev %d: they are out of order.', seq, room, rev, seq_before, rev_before)
	FROM (SELECT t.room, t.seq, t.rev, lag(t.seq) OVER w AS seq_before, lag(t.rev) OVER w AS rev_before
		FROM messages t WHERE NOT (` + changedLater + `) WINDOW w AS (PARTITION BY t.room ORDER BY t.seq))
	WHERE rev <= rev_before`,

	`SELECT printf('Messages %d and %d of room %d have the same rev, %d.', min(seq), max(seq), room, rev)
	FROM messages GROUP BY room, rev HAVING count(*) > 1`,

	`SELECT printf('Message %d of room %d has rev %d, which is less than its seq.', seq, room, rev)
	FROM messages WHERE rev < seq`,

	`SELECT printf('Messages %d and %d of room %d by user %d have the same clientId: one send was stored twice.', min(seq), max(seq), room, author)
	FROM messages GROUP BY room, client_id, author HAVING count(*) > 1`,

	`SELECT printf('Message %d of room %d has a clientId that is not a UUID.', seq, room)
	FROM messages WHERE length(client_id) <> 16`,

	`SELECT printf('Message %d of room %d was deleted, but some of its content remains.', seq, room)
	FROM messages WHERE deleted AND (body <> '' OR edited_at IS NOT NULL)`,

	`SELECT printf('User %d has read room %d up to %d, but its head is at %d.', m.user, m.room, m.read_seq, r.seq)
	FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.read_seq < 0 OR m.read_seq > r.seq`,

	`SELECT printf('Room %d records %d members, but has %d.', r.id, r.members, count(m.user))
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id GROUP BY r.id HAVING r.members <> count(m.user)`,

	`SELECT printf('The name of user %d differs among the members of room %d.', m.user, m.room)
	FROM memberships m JOIN users u ON u.id = m.user WHERE m.folded_name <> u.folded_name`,

	`SELECT printf('User %d is a member of room %d and banned from it.', m.user, m.room)
	FROM memberships m JOIN room_bans b ON b.room = m.room AND b.user = m.user`,

	`SELECT printf('Message %d of room %d %s as unread, which it should not.', coalesce(t.seq, u.seq), coalesce(t.room, u.room),
		CASE WHEN u.seq IS NULL THEN 'counts' ELSE 'does not count' END)
	FROM uncounted u FULL JOIN (SELECT room, seq FROM messages WHERE kind = 'notice' OR deleted) t ON t.room = u.room AND t.seq = u.seq
	WHERE t.seq IS NULL OR u.seq IS NULL`,

	`SELECT printf('Room %d records %d messages of block %d that do not count as unread, but there are %d.', coalesce(b.room, u.room), coalesce(b.n, 0), coalesce(b.block, u.block), coalesce(u.n, 0))
	FROM uncounted_blocks b FULL JOIN (SELECT room, seq / 4096 AS block, count(*) AS n FROM uncounted GROUP BY room, seq / 4096) u
		ON u.room = b.room AND u.block = b.block
	WHERE coalesce(b.n, 0) <> coalesce(u.n, 0)`,

	`SELECT printf('Invitation %d into room %d still exists, but the membership of its creator, user %d, has ended.', i.id, i.room, i.made_by)
	FROM invitations i WHERE i.room IS NOT NULL AND NOT i.named
		AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = i.room AND m.user = i.made_by)`,

	`SELECT printf('The name of user %d differs among the bans.', b.user)
	FROM (SELECT user, folded_name FROM room_bans UNION SELECT user, folded_name FROM server_bans) b
	JOIN users u ON u.id = b.user WHERE b.folded_name <> u.folded_name`,

	`SELECT printf('User %d is marked as %s from the server, which contradicts the bans.', u.id, iif(u.banned, 'banned', 'not banned'))
	FROM users u WHERE u.banned <> EXISTS (SELECT 1 FROM server_bans b WHERE b.user = u.id)`,

	`SELECT printf('Conversation %d does not have exactly two members that name each other as peers.', r.id)
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id WHERE r.kind = 'direct' GROUP BY r.id
	HAVING count(m.user) <> 2 OR count(m.peer) <> 2 OR min(m.user) <> min(m.peer) OR max(m.user) <> max(m.peer) OR max(m.user = m.peer)`,

	`SELECT printf('Public rooms %d and %d have the same name.', min(id), max(id))
	FROM rooms WHERE kind = 'public' GROUP BY folded_name HAVING count(*) > 1`,

	`SELECT printf('Room %d is not public, but the search finds it or its name is reserved.', r.id)
	FROM rooms r WHERE r.kind <> 'public' AND (EXISTS (SELECT 1 FROM room_parts p WHERE p.room = r.id)
		OR EXISTS (SELECT 1 FROM room_looks l WHERE l.room = r.id))`,

	`SELECT printf('Users %d and %d have the same name.', min(id), max(id))
	FROM users GROUP BY folded_name HAVING count(*) > 1`,
}

// changedLater tells of a message whether its rev is not the one that it came with.
const changedLater = `t.edited_at IS NOT NULL OR t.deleted`
