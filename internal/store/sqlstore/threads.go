package sqlstore

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"partychat/internal/chat"
)

// replyStatements read what answers and roots have beside their rows.
type replyStatements struct {
	AnswersIn, ThreadsIn, AuthorsIn string
}

func (d Dialect) replies() replyStatements {
	return replyStatements{
		// Of those messages, what they answer and how it is now.
		AnswersIn: `
SELECT t.seq, coalesce(t.thread, 0), coalesce(t.in_room, false), ` + quoteColumns + ` FROM messages t
LEFT JOIN messages q ON q.room = t.room AND q.seq = t.reply_to
LEFT JOIN users u ON u.id = q.author
WHERE t.room = $1 AND ` + d.Any("t.seq", "$2"),

		// Of those roots, the summary of the replies.
		ThreadsIn: `
SELECT h.root, h.replies, h.latest, h.authors, coalesce(l.created_at, 0) FROM threads h
LEFT JOIN messages l ON l.room = h.room AND l.seq = h.latest
WHERE h.room = $1 AND ` + d.Any("h.root", "$2"),

		AuthorsIn: `SELECT ` + AuthorColumns + ` FROM users u WHERE ` + d.Any("u.id", "$1"),
	}
}

// readAnswers adds what messages of a room answer.
func (x Extras) readAnswers(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error {
	list, err := x.dialect.List(seqs)
	if err != nil {
		return err
	}
	return q.Each(x.replies.AnswersIn, []any{room, list}, func(r Scanner) error {
		var seq, thread int64
		var inRoom bool
		var quote quoteRow
		err := r.Scan(append([]any{&seq, &thread, &inRoom}, quote.dest()...)...)
		m := bySeq[seq]
		if err != nil || m == nil {
			return err
		}
		m.Thread, m.InRoom, m.ReplyTo = thread, inRoom, quote.quote()
		return nil
	})
}

// readReplies adds the summaries of threads to their roots.
func (x Extras) readReplies(q Queries, room chat.RoomID, seqs []int64, bySeq map[int64]*chat.Message) error {
	list, err := x.dialect.List(seqs)
	if err != nil {
		return err
	}
	of := make(map[chat.UserID][]*chat.Author)
	err = q.Each(x.replies.ThreadsIn, []any{room, list}, func(r Scanner) error {
		var root, at int64
		var row threadRow
		err := r.Scan(append(append([]any{&root}, row.dest()...), &at)...)
		m := bySeq[root]
		if err != nil || m == nil || row.replies == 0 {
			return err
		}
		ids, err := row.ids()
		if err != nil {
			return err
		}
		m.Replies = &chat.Replies{Count: row.replies, Seq: row.latest, At: FromMillis(at), Authors: make([]chat.Author, len(ids))}
		for i, id := range ids {
			of[id] = append(of[id], &m.Replies.Authors[i])
		}
		return nil
	})
	if err != nil || len(of) == 0 {
		return err
	}
	return x.readAuthors(q, of)
}

// readAuthors fills in the authors with those ids.
func (x Extras) readAuthors(q Queries, of map[chat.UserID][]*chat.Author) error {
	list, err := x.dialect.List(slices.Collect(maps.Keys(of)))
	if err != nil {
		return err
	}
	return q.Each(x.replies.AuthorsIn, []any{list}, func(r Scanner) error {
		var author chat.Author
		if err := r.Scan(AuthorDest(&author)...); err != nil {
			return err
		}
		for _, to := range of[author.ID] {
			*to = author
		}
		return nil
	})
}

// forgetReply gives the root of a deleted message the rev after it, if it was a reply. A
// trigger has corrected the summary.
func (s messageStore) forgetReply(tx Tx, act *chat.Act, reply chat.Message) (err error) {
	if reply.Thread == 0 {
		return nil
	}
	rev := reply.Rev + 1
	if _, err := tx.Exec(s.sql.TouchMessage, reply.Room, reply.Thread, rev, extraReplies); err != nil {
		return err
	}
	if _, err := tx.Exec(s.sql.MoveRev, reply.Room, rev); err != nil {
		return err
	}
	if act != nil {
		act.Touches, err = s.rootOf(tx, reply)
	}
	return err
}

// threadRow receives the summary of a thread. The authors are the ids of
// chat.Replies.Authors, as a JSON list.
type threadRow struct {
	replies, latest int64
	authors         string
}

func (r *threadRow) dest() []any { return []any{&r.replies, &r.latest, &r.authors} }

func (r *threadRow) ids() (ids []chat.UserID, err error) {
	if r.authors == "" {
		return nil, nil
	}
	err = json.Unmarshal([]byte(r.authors), &ids)
	return ids, err
}

// with returns the authors after one more reply.
func (r *threadRow) with(author chat.UserID) (string, error) {
	ids, err := r.ids()
	if err != nil {
		return "", err
	}
	ids = slices.DeleteFunc(ids, func(id chat.UserID) bool { return id == author })
	ids = slices.Insert(ids, 0, author)
	list, err := json.Marshal(ids[:min(len(ids), chat.ReplyAuthors)])
	return string(list), err
}

// quoteColumns are what a quoteRow receives, of messages q and their authors u, also
// from a join that found none.
var quoteColumns = `coalesce(q.seq, 0), coalesce(q.kind, ''), coalesce(substr(q.body, 1, ` + strconv.Itoa(previewMax) + `), ''),
    coalesce(q.deleted, false), ` + AuthorColumns

// quoteRow receives quoteColumns.
type quoteRow struct {
	seq        int64
	kind, body string
	deleted    bool
	author     chat.Author
}

func (r *quoteRow) dest() []any {
	return append([]any{&r.seq, &r.kind, &r.body, &r.deleted}, AuthorDest(&r.author)...)
}

// quote is what the row says; nil if there is nothing.
func (r *quoteRow) quote() *chat.Quote {
	if r.seq == 0 {
		return nil
	}
	q := chat.QuoteOf(chat.Message{
		Seq: r.seq, Kind: chat.MessageKind(r.kind), Body: r.body, Deleted: r.deleted, Author: r.author,
	})
	return &q
}
