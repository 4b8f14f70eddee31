package sqlstore

import (
	"strings"

	"partychat/internal/chat"
)

// searchRules are the invariants of the search index.
func searchRules() []string {
	kinds := []string{}
	for _, kind := range chat.SearchedKinds() {
		kinds = append(kinds, "'"+string(kind)+"'")
	}
	searched := `t.kind IN (` + strings.Join(kinds, ", ") + `) AND NOT t.deleted`
	return []string{
		`SELECT format('The search index of room %s has come up to rev %s, but the room is at %s.', s.room, s.rev, r.rev)
		FROM search_rooms s JOIN rooms r ON r.id = s.room WHERE s.rev > r.rev`,

		// What has changed after the index is added later; until then, its place may be
		// there or not.
		`SELECT format('The search index of room %s has %s messages up to rev %s, but should have %s.', c.room, c.has, c.rev, c.should)
		FROM (SELECT s.room, s.rev,
			(SELECT count(*) FROM messages t WHERE t.room = s.room AND t.rev <= s.rev AND ` + searched + `) AS should,
			coalesce(d.n, 0) AS has
			FROM search_rooms s LEFT JOIN (
				SELECT d.room, count(*) AS n FROM search_docs d JOIN messages t ON t.room = d.room AND t.seq = d.seq JOIN search_rooms s ON s.room = d.room
				WHERE t.rev <= s.rev GROUP BY d.room) AS d ON d.room = s.room) AS c
		WHERE c.has <> c.should`,

		`SELECT format('The search index has message %s of room %s, which does not exist.', d.seq, d.room)
		FROM search_docs d WHERE NOT EXISTS (SELECT 1 FROM messages t WHERE t.room = d.room AND t.seq = d.seq)`,
	}
}
