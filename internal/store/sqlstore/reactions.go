package sqlstore

import (
	"context"

	"partychat/internal/chat"
)

type reactionStatements struct {
	Reactions, ReactionsBy, ReactedBy string
	AddReaction, RemoveReaction       string
	CountUp, CountDown, ForgetCounted string
}

func (d Dialect) reactions() reactionStatements {
	return reactionStatements{
		// The reactions to messages of a room, in order, each with its first users. The
		// index has those with one emoji in the order of rev, so that the rev of the last
		// one listed bounds what is read.
		Reactions: `
SELECT c.seq, c.emoji, c.n, ` + AuthorColumns + `
FROM reaction_counts c ` + d.Join + ` reactions x ON x.room = c.room AND x.seq = c.seq AND x.emoji = c.emoji
    AND x.rev <= coalesce((SELECT l.rev FROM reactions l
        WHERE l.room = c.room AND l.seq = c.seq AND l.emoji = c.emoji ORDER BY l.rev LIMIT 1 OFFSET $2), 9223372036854775807)
` + d.Join + ` users u ON u.id = x."user"
WHERE c.room = $1 AND ` + d.Any("c.seq", "$3") + `
ORDER BY c.seq, c.first_rev, x.rev`,

		ReactionsBy: `
SELECT x.seq, x.emoji FROM reactions x WHERE x.room = $1 AND x."user" = $2 AND ` + d.Any("x.seq", "$3"),

		ReactedBy: `
SELECT x."user", x.emoji FROM reactions x WHERE x.room = $1 AND x.seq = $2 AND ` + d.Any(`x."user"`, "$3"),

		AddReaction: `INSERT INTO reactions (room, seq, "user", emoji, at, rev) VALUES ($1, $2, $3, $4, $5, $6)`,

		RemoveReaction: `DELETE FROM reactions WHERE room = $1 AND seq = $2 AND "user" = $3 AND emoji = $4`,

		CountUp: `
INSERT INTO reaction_counts (room, seq, emoji, n, first_rev) VALUES ($1, $2, $3, 1, $4)
ON CONFLICT (room, seq, emoji) DO UPDATE SET n = reaction_counts.n + 1`,

		CountDown: `UPDATE reaction_counts SET n = n - 1 WHERE room = $1 AND seq = $2 AND emoji = $3`,

		ForgetCounted: `DELETE FROM reaction_counts WHERE room = $1 AND seq = $2 AND emoji = $3 AND n = 0`,
	}
}

// readReactions adds the reactions to messages of a room.
func (x Extras) readReactions(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error {
	list, err := x.dialect.List(seqs)
	if err != nil {
		return err
	}
	for _, seq := range seqs {
		bySeq[seq].Reactions = nil
	}
	return q.Each(x.sql.Reactions, []any{room, x.ReactionUsers - 1, list}, func(r Scanner) error {
		var seq int64
		var reaction chat.Reaction
		var user chat.Author
		err := r.Scan(append([]any{&seq, &reaction.Emoji, &reaction.Count}, AuthorDest(&user)...)...)
		m := bySeq[seq]
		if err != nil || m == nil {
			return err
		}
		if n := len(m.Reactions); n == 0 || m.Reactions[n-1].Emoji != reaction.Emoji {
			m.Reactions = append(m.Reactions, reaction)
		}
		last := &m.Reactions[len(m.Reactions)-1]
		last.Users = append(last.Users, user)
		return nil
	})
}

// ReactionsBy is specified by chat.ReactionStore.
func (s reactionStore) ReactionsBy(
	ctx context.Context, user chat.UserID, room chat.RoomID, seqs []int64,
) (bySeq map[int64][]string, err error) {
	list, err := s.dialect.List(seqs)
	if err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q Queries) error {
		bySeq = make(map[int64][]string)
		return q.Each(s.sql.ReactionsBy, []any{room, user, list}, func(r Scanner) error {
			var seq int64
			var emoji string
			err := r.Scan(&seq, &emoji)
			bySeq[seq] = append(bySeq[seq], emoji)
			return err
		})
	})
	return bySeq, err
}
