package sqlstore

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"partychat/internal/chat"
)

// mentionsMax is how many seqs of mentions are read at a time.
var mentionsMax = strconv.Itoa(chat.MentionsMax)

// mentionColumns are the seqs of the first messages after the read position of
// membership m that mention its user, and of those that mention everyone. Each is a
// range of a primary key, already in order.
var mentionColumns = `
    (SELECT coalesce(string_agg(CAST(q.seq AS text), ','), '') FROM (
        SELECT n.seq FROM mentions n WHERE n."user" = m."user" AND n.room = m.room AND n.seq > m.read_seq AND n.author <> m."user"
        ORDER BY n.seq LIMIT ` + mentionsMax + `) q),
    (SELECT coalesce(string_agg(CAST(q.seq AS text), ','), '') FROM (
        SELECT n.seq FROM mentions n WHERE n."user" = 0 AND n.room = m.room AND n.seq > m.read_seq AND n.author <> m."user"
        ORDER BY n.seq LIMIT ` + mentionsMax + `) q)`

// mentionRow is a mention in the column of its message, from which triggers make rows
// of the table.
type mentionRow struct {
	User chat.UserID `json:"user"` // 0: everyone in the room
	Text string      `json:"text,omitempty"`
}

// Mentioned is what the column of a message has; nil for a message that mentions nobody.
func Mentioned(users []chat.Mention, room bool) *string {
	if len(users) == 0 && !room {
		return nil
	}
	var rows []mentionRow
	if room {
		rows = append(rows, mentionRow{})
	}
	for _, m := range users {
		rows = append(rows, mentionRow(m))
	}
	encoded, _ := json.Marshal(rows) // numbers and texts
	text := string(encoded)
	return &text
}

// mentionsOf reads the column of a message.
func mentionsOf(text string) (users []chat.Mention, room bool) {
	var rows []mentionRow
	_ = json.Unmarshal([]byte(text), &rows) // doctor reports what cannot be read
	for _, row := range rows {
		if row.User == 0 {
			room = true
		} else {
			users = append(users, chat.Mention(row))
		}
	}
	return users, room
}

// seqsOf reads the seqs in the two columns of a list, which may have some in common.
func seqsOf(columns ...string) (seqs []int64) {
	for _, column := range columns {
		for text := range strings.SplitSeq(column, ",") {
			if seq, err := strconv.ParseInt(text, 10, 64); err == nil {
				seqs = append(seqs, seq)
			}
		}
	}
	slices.Sort(seqs)
	seqs = slices.Compact(seqs)
	return seqs[:min(len(seqs), chat.MentionsMax)]
}

// PutMentions enters whom a new message of that seq mentions into the table by which
// unread mentions are found.
func PutMentions(tx Tx, m *chat.NewMessage, seq int64) error {
	const put = `INSERT INTO mentions ("user", room, seq, author) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`
	if m.MentionsRoom {
		if _, err := tx.Exec(put, 0, m.Room, seq, m.Author); err != nil {
			return err
		}
	}
	for _, mention := range m.Mentions {
		if _, err := tx.Exec(put, mention.User, m.Room, seq, m.Author); err != nil {
			return err
		}
	}
	return nil
}

type mentionStatements struct{ MembersNamed string }

func (d Dialect) mentions() mentionStatements {
	return mentionStatements{
		MembersNamed: `
SELECT ` + UserColumns + ` FROM memberships m ` + d.Join + ` users u ON u.id = m."user"
WHERE m.room = $1 AND ` + d.Any("m.folded_name", "$2"),
	}
}

// MembersNamed is specified by chat.MentionStore.
func (s mentionStore) MembersNamed(ctx context.Context, room chat.RoomID, folded []string) ([]chat.User, error) {
	return allOf(ctx, s.Core, s.sql.MembersNamed, slices.DeleteFunc(folded, func(name string) bool { return !storable(name) }), scanUser, room)
}
