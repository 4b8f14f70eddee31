package sqlstore

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
UNION ALL SELECT "user", account_rev FROM user_heads WHERE account_rev > 0
UNION ALL SELECT for_user, rev FROM invitations WHERE for_user IS NOT NULL AND rev > 0`

	// OnlyMessagesInRoom tells of a room r that nothing but messages has taken revs.
	OnlyMessagesInRoom = `r.changed_rev = 0 AND r.floor = 0
    AND NOT EXISTS (SELECT 1 FROM memberships m WHERE m.room = r.id AND m.room_rev > 0)
    AND NOT EXISTS (SELECT 1 FROM room_log l WHERE l.room = r.id)`
)

// StreamRules are the invariants of streams. Each row that a query gives is a
// sentence about something that breaks it.
var StreamRules = []string{
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
