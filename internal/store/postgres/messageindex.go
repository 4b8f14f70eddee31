package postgres

import (
	"context"
	"math"

	"github.com/jackc/pgx/v5"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
	"partychat/internal/words"
)

const (
	sqlPutDocs = `
INSERT INTO search_docs (doc, room, seq, words)
SELECT doc, room, seq, array_to_tsvector(string_to_array(words, ' '))
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS n (doc, room, seq, words)
ON CONFLICT (doc, room, seq) DO UPDATE SET words = excluded.words`

	sqlRemoveDocs = `
DELETE FROM search_docs d USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS n (doc, room, seq)
WHERE d.doc = n.doc AND d.room = n.room AND d.seq = n.seq`

	sqlClearDocs = `DELETE FROM search_docs`

	// The doc behind which as many others are.
	sqlDocBehind = `SELECT doc FROM search_docs WHERE doc <= $1 ORDER BY doc DESC LIMIT 1 OFFSET $2`

	selectCandidates = `SELECT d.doc, ` + sqlstore.CandidateColumns
	joinMessages     = ` JOIN messages t ON t.room = d.room AND t.seq = d.seq JOIN users u ON u.id = t.author`
	withDocs         = ` WHERE d.doc BETWEEN $1 AND $2`
	ofRooms          = ` AND d.room = ANY ($4::bigint[])`
	ofMember         = ` AND EXISTS (SELECT FROM memberships m WHERE m.room = d.room AND m."user" = $4)`
	withWords        = ` AND d.words @@ $5::text::tsquery`
	inOrder          = ` ORDER BY d.doc DESC LIMIT $3`
)

const (
	// firstWindow is how many messages, the newest ones, are searched first, in the
	// order of their numbers: for a word that many messages have this is enough.
	firstWindow = 5000
	// widerWindow is the same for members of very many rooms.
	widerWindow = 50_000
	// firstPage is how many candidates are read at first.
	firstPage = 32
)

// messageIndex is specified by sqlstore.MessageIndex.
type messageIndex struct{ *core }

// Sole is specified by sqlstore.MessageIndex.
func (messageIndex) Sole() bool { return false }

// Clear is specified by sqlstore.MessageIndex.
func (messageIndex) Clear(tx sqlstore.Tx) error {
	_, err := tx.Exec(sqlClearDocs)
	return err
}

// docList is documents as arguments of a statement.
type docList struct {
	docs, rooms, seqs []int64
	words             []string
}

func (l *docList) add(doc sqlstore.SearchDoc) {
	l.docs, l.rooms, l.seqs = append(l.docs, doc.Doc), append(l.rooms, int64(doc.Room)), append(l.seqs, doc.Seq)
	l.words = append(l.words, doc.Words)
}

// Put is specified by sqlstore.MessageIndex.
func (messageIndex) Put(tx sqlstore.Tx, docs []sqlstore.SearchDoc) error {
	var put, removed docList
	for _, doc := range docs {
		if doc.Words == "" {
			removed.add(doc)
		} else {
			put.add(doc)
		}
	}
	if len(put.docs) > 0 {
		if _, err := tx.Exec(sqlPutDocs, put.docs, put.rooms, put.seqs, put.words); err != nil {
			return err
		}
	}
	if len(removed.docs) > 0 {
		if _, err := tx.Exec(sqlRemoveDocs, removed.docs, removed.rooms, removed.seqs); err != nil {
			return err
		}
	}
	return nil
}

// Candidates is specified by sqlstore.MessageIndex. The planner would walk through all
// messages for a rare word if it had to give them in order, and read the postings of
// half of all messages for a frequent one if it had not. So the newest messages are
// searched in order first, and all others are sorted only after they were found.
func (x messageIndex) Candidates(ctx context.Context, q sqlstore.IndexQuery, take func(sqlstore.Scanner) error) (rest int64, err error) {
	return -1, database(x).Read(ctx, func(reads sqlstore.Queries) error {
		s := &indexSearch{reads: reads, take: take, enough: max(firstPage, q.Enough)}
		if len(q.All) == 0 {
			return s.ordered(q)
		}
		windows := []int{firstWindow}
		if q.Rooms == nil {
			windows = append(windows, widerWindow)
		}
		for _, window := range windows {
			behind := int64(math.MinInt64)
			if _, err := reads.Row(sqlDocBehind, []any{q.Last, window}, &behind); err != nil {
				return err
			}
			newest := q
			newest.First = max(q.First, behind)
			if err := s.ordered(newest); err != nil || s.stopped || newest.First == q.First {
				return err
			}
			q.Last = newest.First - 1
		}
		if q.Rooms != nil {
			q = q.InRooms()
		}
		return s.sorted(q)
	})
}

// indexSearch is one Candidates in progress.
type indexSearch struct {
	reads   sqlstore.Queries
	take    func(sqlstore.Scanner) error
	enough  int
	stopped bool
}

// ordered reads candidates in the order of the index, in pages.
func (s *indexSearch) ordered(q sqlstore.IndexQuery) error {
	return s.pages(q, func(scope, match string) string {
		return selectCandidates + ` FROM search_docs d` + joinMessages + withDocs + scope + match + inOrder
	})
}

// sorted reads candidates in any order, and sorts them afterwards.
func (s *indexSearch) sorted(q sqlstore.IndexQuery) error {
	return s.pages(q, func(scope, match string) string {
		return `WITH d AS MATERIALIZED (SELECT d.doc, d.room, d.seq FROM search_docs d` + withDocs + scope + match + `) ` +
			selectCandidates + ` FROM (SELECT * FROM d ORDER BY doc DESC LIMIT $3) d` + joinMessages + ` ORDER BY d.doc DESC`
	})
}

// pages reads page after page until take has enough. A page begins with the last doc
// of the page before, whose rows may not all have been read.
func (s *indexSearch) pages(q sqlstore.IndexQuery, write func(scope, match string) string) error {
	scope, match := ofMember, ""
	args := []any{pgx.QueryExecModeDescribeExec, q.First, q.Last, 0, q.By}
	if q.Rooms != nil {
		scope, args[4] = ofRooms, q.Rooms
	}
	if len(q.All) > 0 {
		match = withWords
		args = append(args, q.Write(tsToken, " | ", " & "))
	}
	query := write(scope, match)
	for limit := s.enough; !s.stopped; limit *= 4 {
		args[2], args[3] = q.Last, limit
		read := 0
		err := s.reads.Each(query, args, func(r sqlstore.Scanner) error {
			read++
			err := s.take(watched{r, &q.Last})
			s.stopped = err != nil
			return err
		})
		if err != nil || read < limit {
			return err
		}
	}
	return nil
}

// watched is a row of CandidateColumns that tells its doc.
type watched struct {
	sqlstore.Scanner
	doc *int64
}

// Scan is specified by sqlstore.Scanner.
func (w watched) Scan(dest ...any) error {
	err := w.Scanner.Scan(dest...)
	if doc, ok := dest[0].(*int64); ok && err == nil {
		*w.doc = *doc
	}
	return err
}

// tsToken quotes a token for a tsquery. Tokens have no quotation marks and no
// backslashes.
func tsToken(t words.Token) string {
	if t.Prefix {
		return `'` + t.Text + `':*`
	}
	return `'` + t.Text + `'`
}

var _ chat.MessageSearchStore = (*Store)(nil)
