package sqlstore

import (
	"slices"
	"strconv"
)

const (
	// revsOfRooms are the revs that what is in rooms carries.
	revsOfRooms = `
SELECT room, rev FROM messages
UNION ALL SELECT room, room_rev FROM memberships WHERE room_rev > 0
UNION ALL SELECT room, rev FROM room_log
UNION ALL SELECT id, changed_rev FROM rooms WHERE changed_rev > 0`

	// revsOfUsers are the same of users.
	revsOfUsers = `
SELECT "user", rev FROM memberships WHERE rev > 0
UNION ALL SELECT "user", rev FROM user_log
UNION ALL SELECT "user", rev FROM settings
UNION ALL SELECT "user", account_rev FROM user_heads WHERE account_rev > 0
UNION ALL SELECT "user", rev FROM bookmarks
UNION ALL SELECT "user", rev FROM thread_follows
UNION ALL SELECT for_user, rev FROM invitations WHERE for_user IS NOT NULL AND rev > 0`

	// onlyMessagesInRoom tells of a room r that nothing but messages has taken revs.
	onlyMessagesInRoom = `r.changed_rev = 0 AND r.floor = 0
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = r.id AND m.room_rev > 0)
    AND NOT EXISTS (SELECT 1 FROM room_log l WHERE l.room = r.id)`
)

// Rules are the invariants that are the same for all databases. Each row of a query is
// a sentence about something that breaks one.
var Rules = slices.Concat(contentRules, reactionRules, markRules, streamRules, searchRules(), fileRules, jobRules)

// changedLater tells of a message t whether its rev is not the one that it came with.
var changedLater = `(t.edited_at IS NOT NULL OR t.deleted OR (t.extras & ` + strconv.FormatInt(laterExtras, 10) + `) <> 0)`

// contentRules are the invariants of users, rooms, memberships, messages, invitations
// and bans.
var contentRules = []string{
	`SELECT 'The room “main” is not there, or is not public.'
	WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE id = 1 AND kind = 'public')`,

	// The messages of a room are exactly those from 1 to its head.
	`SELECT format('Room %s has its head at %s, but %s messages, from %s to %s: seq has a hole.',
		r.id, r.seq, count(t.seq), coalesce(min(t.seq), 0), coalesce(max(t.seq), 0))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id WHERE r.kind <> 'deleted' GROUP BY r.id
	HAVING count(t.seq) <> r.seq OR r.seq > 0 AND (min(t.seq) <> 1 OR max(t.seq) <> r.seq)`,

	// Where nothing but messages has taken revs, each is on a message or was covered
	// by a later change of one that was edited or deleted. Each of those has covered
	// at least one.
	`SELECT format('Room %s has taken %s revs for %s messages, of which %s were changed later: rev has a hole.',
		r.id, r.rev, count(t.seq), count(t.seq) FILTER (WHERE ` + changedLater + `))
	FROM rooms r LEFT JOIN messages t ON t.room = r.id WHERE r.kind <> 'deleted' GROUP BY r.id
	HAVING r.rev - count(t.seq) < count(t.seq) FILTER (WHERE ` + changedLater + `)
		OR r.rev > count(t.seq) AND count(t.seq) FILTER (WHERE ` + changedLater + `) = 0 AND ` + onlyMessagesInRoom,

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

	`SELECT format('User %s has marked messages of room %s as unread at rev %s, but the membership has rev %s.', "user", room, marked_rev, rev)
	FROM memberships WHERE marked_rev > rev`,

	`SELECT format('The quiet hours of user %s go from minute %s to minute %s, which are no minutes of a day.', "user", quiet_from, quiet_to)
	FROM settings WHERE zone <> '' AND (quiet_from < 0 OR quiet_from > 1439 OR quiet_to < 0 OR quiet_to > 1439)`,

	`SELECT format('Room %s records %s members, but has %s.', r.id, r.members, count(m."user"))
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id GROUP BY r.id HAVING r.members <> count(m."user")`,

	`SELECT format('The name of user %s differs among the members of room %s.', m."user", m.room)
	FROM memberships m JOIN users u ON u.id = m."user" WHERE m.folded_name <> u.folded_name`,

	`SELECT format('User %s is a member of room %s and banned from it.', m."user", m.room)
	FROM memberships m JOIN room_bans b ON b.room = m.room AND b."user" = m."user"`,

	`SELECT format('Message %s of room %s %s as unread, which it should not.', coalesce(t.seq, u.seq), coalesce(t.room, u.room),
		CASE WHEN u.seq IS NULL THEN 'counts' ELSE 'does not count' END)
	FROM uncounted u FULL JOIN (SELECT room, seq FROM messages WHERE kind = 'notice' OR deleted OR thread IS NOT NULL AND NOT in_room) t ON t.room = u.room AND t.seq = u.seq
	WHERE t.seq IS NULL OR u.seq IS NULL`,

	`SELECT format('Room %s records %s messages of block %s that do not count as unread, but there are %s.', coalesce(b.room, u.room), coalesce(b.n, 0), coalesce(b.block, u.block), coalesce(u.n, 0))
	FROM uncounted_blocks b FULL JOIN (SELECT room, seq / ` + unreadBlock + ` AS block, count(*) AS n FROM uncounted GROUP BY room, seq / ` + unreadBlock + `) u
		ON u.room = b.room AND u.block = b.block
	WHERE coalesce(b.n, 0) <> coalesce(u.n, 0)`,

	`SELECT format('Message %s of room %s answers message %s, which is not before it.', seq, room, coalesce(reply_to, thread))
	FROM messages WHERE reply_to < 1 OR reply_to >= seq OR thread < 1 OR thread >= seq`,

	`SELECT format('Message %s of room %s is in the thread of message %s, which is itself in one.', t.seq, t.room, t.thread)
	FROM messages t JOIN messages h ON h.room = t.room AND h.seq = t.thread WHERE t.thread IS NOT NULL AND h.thread IS NOT NULL`,

	`SELECT format('Message %s of room %s is not marked as what it is: an answer, or the root of a thread.', t.seq, t.room)
	FROM messages t LEFT JOIN threads h ON h.room = t.room AND h.root = t.seq
	WHERE (t.reply_to IS NOT NULL OR t.thread IS NOT NULL) <> ((t.extras & ` + strconv.FormatInt(extraAnswer, 10) + `) <> 0)
		OR (h.root IS NOT NULL) <> ((t.extras & ` + strconv.FormatInt(extraReplies, 10) + `) <> 0)`,

	`SELECT format('Room %s records %s replies to message %s, the latest %s, but there are %s, the latest %s.',
		coalesce(h.room, t.room), coalesce(h.replies, 0), coalesce(h.root, t.thread), coalesce(h.latest, 0), coalesce(t.n, 0), coalesce(t.latest, 0))
	FROM threads h FULL JOIN (SELECT room, thread, count(*) AS n, max(seq) AS latest FROM messages
		WHERE thread IS NOT NULL AND NOT deleted GROUP BY room, thread) t ON t.room = h.room AND t.thread = h.root
	WHERE coalesce(h.replies, 0) <> coalesce(t.n, 0) OR coalesce(h.latest, 0) <> coalesce(t.latest, 0)`,

	`SELECT format('Invitation %s into room %s still exists, but the membership of its creator, user %s, has ended.', i.id, i.room, i.made_by)
	FROM invitations i WHERE i.room IS NOT NULL AND NOT i.named
		AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = i.room AND m."user" = i.made_by)`,

	`SELECT format('The name of user %s differs among the bans.', b."user")
	FROM (SELECT "user", folded_name FROM room_bans UNION SELECT "user", folded_name FROM server_bans) AS b
	JOIN users u ON u.id = b."user" WHERE b.folded_name <> u.folded_name`,

	`SELECT format('User %s is marked as %s from the server, which contradicts the bans.', u.id, CASE WHEN u.banned THEN 'banned' ELSE 'not banned' END)
	FROM users u WHERE u.banned <> EXISTS (SELECT 1 FROM server_bans b WHERE b."user" = u.id)`,

	`SELECT format('Conversation %s does not have exactly two members that name each other as peers.', r.id)
	FROM rooms r LEFT JOIN memberships m ON m.room = r.id WHERE r.kind = 'direct' GROUP BY r.id
	HAVING count(m."user") <> 2 OR count(m.peer) <> 2 OR min(m."user") <> min(m.peer) OR max(m."user") <> max(m.peer)
		OR count(*) FILTER (WHERE m."user" = m.peer) > 0`,

	`SELECT format('Public rooms %s and %s have the same name.', min(id), max(id))
	FROM rooms WHERE kind = 'public' GROUP BY folded_name HAVING count(*) > 1`,

	`SELECT format('Room %s is not public, but the search finds it or its name is reserved.', r.id)
	FROM rooms r WHERE r.kind <> 'public' AND (EXISTS (SELECT 1 FROM room_parts p WHERE p.room = r.id)
		OR EXISTS (SELECT 1 FROM room_looks l WHERE l.room = r.id))`,

	`SELECT format('Room %s was deleted, but still has a name or members.', r.id)
	FROM rooms r WHERE r.kind = 'deleted' AND (r.name <> '' OR r.members <> 0 OR r.archived_at <> 0)`,

	`SELECT format('Room %s was deleted, but has messages or invitations that no job will remove.', r.id)
	FROM rooms r WHERE r.kind = 'deleted' AND (EXISTS (SELECT 1 FROM messages t WHERE t.room = r.id) OR EXISTS (SELECT 1 FROM invitations i WHERE i.room = r.id))
		AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.kind = 'purge' AND j.key = CAST(r.id AS text))`,

	`SELECT format('Room %s is archived, but is a conversation or the main room.', r.id)
	FROM rooms r WHERE r.archived_at <> 0 AND (r.kind = 'direct' OR r.id = 1)`,

	`SELECT format('Users %s and %s have the same name.', min(id), max(id))
	FROM users GROUP BY folded_name HAVING count(*) > 1`,
}

// reactionRules are the invariants of reactions.
var reactionRules = []string{
	`SELECT format('%s users have reacted to message %s of room %s with %s, but %s are counted.', coalesce(x.n, 0), coalesce(x.seq, c.seq),
		coalesce(x.room, c.room), coalesce(x.emoji, c.emoji), coalesce(c.n, 0))
	FROM reaction_counts c FULL JOIN (SELECT room, seq, emoji, count(*) AS n FROM reactions GROUP BY room, seq, emoji) x
		ON x.room = c.room AND x.seq = c.seq AND x.emoji = c.emoji
	WHERE coalesce(x.n, 0) <> coalesce(c.n, 0)`,

	`SELECT DISTINCT format('Message %s of room %s has reactions, but %s.', x.seq, x.room,
		CASE WHEN t.deleted THEN 'was deleted' WHEN t.rev < x.rev THEN 'not their rev' ELSE 'is not marked as having any' END)
	FROM reactions x JOIN messages t ON t.room = x.room AND t.seq = x.seq
	WHERE t.deleted OR t.rev < x.rev OR (t.extras & ` + strconv.FormatInt(extraReactions, 10) + `) = 0`,
}

// markRules are the invariants of pins, bookmarks and followed threads.
var markRules = []string{
	`SELECT format('User %s has read the thread of message %s in room %s up to %s, but the head of the room is at %s.', f."user", f.root, f.room, f.read_seq, r.seq)
	FROM thread_follows f JOIN rooms r ON r.id = f.room WHERE f.read_seq < 0 OR f.read_seq > r.seq`,

	`SELECT format('Message %s of room %s is pinned, but %s.', x.seq, x.room,
		CASE WHEN t.deleted THEN 'was deleted' WHEN t.rev < x.rev THEN 'does not have the rev of that' ELSE 'is not marked as such' END)
	FROM pins x JOIN messages t ON t.room = x.room AND t.seq = x.seq
	WHERE t.deleted OR t.rev < x.rev OR (t.extras & ` + strconv.FormatInt(extraPin, 10) + `) = 0`,

	`SELECT format('User %s has bookmarked message %s of room %s, but that is recorded as gone.', b."user", b.seq, b.room)
	FROM user_log l JOIN bookmarks b ON b."user" = l."user" AND l.subject = b.room || '/' || b.seq WHERE l.kind = 'bookmark'`,
}

// streamRules are the invariants of streams.
var streamRules = []string{
	// The change that took the latest rev of a room is on something: nothing can have
	// come after it and covered it.
	`SELECT format('Room %s has its change counter at %s, but its latest change is %s.', r.id, r.rev, coalesce(v.rev, 0))
	FROM rooms r LEFT JOIN (SELECT room, max(rev) AS rev FROM (` + revsOfRooms + `) AS v GROUP BY room) AS v ON v.room = r.id
	WHERE r.rev <> coalesce(v.rev, 0)`,

	`SELECT format('Two changes of room %s have the same rev, %s.', room, rev) FROM (` + revsOfRooms + `) AS v
	GROUP BY room, rev HAVING count(*) > 1`,

	// What took the latest rev of a user may have gone by the clock, as an invitation.
	`SELECT format('User %s has a change with rev %s, but the counter is at %s.', v."user", v.rev, coalesce(h.rev, 0))
	FROM (SELECT "user", max(rev) AS rev FROM (` + revsOfUsers + `) AS v GROUP BY "user") AS v
	LEFT JOIN user_heads h ON h."user" = v."user"
	WHERE v.rev > coalesce(h.rev, 0)`,

	`SELECT format('Two changes of user %s have the same rev, %s.', "user", rev) FROM (` + revsOfUsers + `) AS v
	GROUP BY "user", rev HAVING count(*) > 1`,

	`SELECT format('User %s is a member of room %s, but is recorded as gone from it.', m."user", m.room)
	FROM room_log l JOIN memberships m ON m.room = l.room AND m."user" = l."user"`,

	`SELECT format('User %s has room %s in the list, but it is recorded as gone from it.', m."user", m.room)
	FROM user_log l JOIN memberships m ON m."user" = l."user" AND CAST(m.room AS text) = l.subject JOIN rooms r ON r.id = m.room
	WHERE l.kind = 'room' AND m.hidden_until <= r.seq`,

	`SELECT format('Room %s has forgotten changes up to rev %s, but its change counter is at %s.', id, floor, rev)
	FROM rooms WHERE floor > rev
	UNION ALL
	SELECT format('User %s has forgotten changes up to rev %s, but the counter is at %s.', "user", floor, rev)
	FROM user_heads WHERE floor > rev`,
}
