package sqlstore

// jobRules are the invariants of jobs and pushes.
var jobRules = []string{
	`SELECT format('Job %s of kind %s was replaced %s times and attempted %s times, which cannot be.', key, kind, version - 1, attempts)
	FROM jobs WHERE version < 1 OR attempts < 0`,

	`SELECT format('Jobs for pushes of room %s are written up to message %s, but the room is at %s.', p.room, p.seq, r.seq)
	FROM push_rooms p JOIN rooms r ON r.id = p.room WHERE p.seq > r.seq OR p.seq < 1`,

	`SELECT format('A device of user %s shows message %s of room %s, which does not exist.', p."user", s.seq, s.room)
	FROM push_shown s JOIN push_subscriptions p ON p.id = s.subscription JOIN rooms r ON r.id = s.room WHERE s.seq < 1 OR s.seq > r.seq`,

	`SELECT 'There are devices that receive pushes, but the server has no keys for them.'
	WHERE EXISTS (SELECT 1 FROM push_subscriptions) AND NOT EXISTS (SELECT 1 FROM push_keys)`,
}
