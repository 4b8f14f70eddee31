package sqlite

import (
	"context"
	"math"
	"strings"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
	"partychat/internal/words"
)

const (
	// Rows of the index in the order of its own row ids, which alone FTS5 gives without
	// sorting. A row that is there must be replaced: FTS5 accepts a second one without
	// an error, whose words nobody could delete any more.
	sqlPutWords    = `INSERT OR REPLACE INTO search_words (rowid, words) VALUES ($1, $2)`
	sqlRemoveWords = `DELETE FROM search_words WHERE rowid = $1`
	sqlClearWords  = `INSERT INTO search_words (search_words) VALUES ('delete-all')`
	sqlPutDoc      = `INSERT INTO search_docs (doc, room, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	sqlRemoveDoc   = `DELETE FROM search_docs WHERE doc = $1 AND room = $2 AND seq = $3`
	sqlClearDocs   = `DELETE FROM search_docs`

	// The other messages of a doc.
	sqlSameDoc = `
SELECT d.room, ` + sqlstore.MessageColumns + ` FROM search_docs d
CROSS JOIN messages t ON t.room = d.room AND t.seq = d.seq CROSS JOIN users u ON u.id = t.author
WHERE d.doc = $1 AND NOT (d.room = $2 AND d.seq = $3)`

	// The doc behind which as many others are.
	sqlDocBehind = `SELECT doc FROM search_docs WHERE doc <= $1 ORDER BY doc DESC LIMIT 1 OFFSET $2`

	selectCandidates = `SELECT ` + sqlstore.CandidateColumns
	joinMessages     = ` CROSS JOIN messages t ON t.room = d.room AND t.seq = d.seq CROSS JOIN users u ON u.id = t.author`
	ofMember         = ` CROSS JOIN memberships m ON m.room = d.room AND m.user = $3`
	// The plus keeps the rooms out of the lookup by the primary key, which would try each
	// of them for each doc.
	ofRooms = ` AND +d.room IN (SELECT value FROM json_each($3))`

	fromWords = ` FROM search_words CROSS JOIN search_docs d ON d.doc = search_words.rowid`
	withWords = ` WHERE search_words MATCH $4 AND search_words.rowid BETWEEN $1 AND $2`
	byWords   = ` ORDER BY search_words.rowid DESC`
	fromDocs  = ` FROM search_docs d`
	withDocs  = ` WHERE d.doc BETWEEN $1 AND $2`
	byDocs    = ` ORDER BY d.doc DESC`

	sqlWordsInRooms  = selectCandidates + fromWords + joinMessages + withWords + ofRooms + byWords
	sqlWordsOfMember = selectCandidates + fromWords + ofMember + joinMessages + withWords + byWords
	sqlDocsInRooms   = selectCandidates + fromDocs + joinMessages + withDocs + ofRooms + byDocs
	sqlDocsOfMember  = selectCandidates + fromDocs + ofMember + joinMessages + withDocs + byDocs
)

const (
	// maxRoomTokens is how many rooms are part of the condition of the index at once.
	// FTS5 visits the postings of each.
	maxRoomTokens = 50
	// windowSize is how many messages, the newest ones, are searched without the rooms in
	// the condition of the index if there are more rooms. Usually this is enough.
	windowSize = 5_000
	// maxWindows is how many windows one page of members of very many rooms takes. A read
	// cannot be interrupted, but between two it ends with its context.
	maxWindows = 40
)

// messageIndex is specified by sqlstore.MessageIndex.
type messageIndex struct{ *core }

// Sole is specified by sqlstore.MessageIndex: a lock keeps other servers out.
func (messageIndex) Sole() bool { return true }

// Clear is specified by sqlstore.MessageIndex.
func (messageIndex) Clear(tx sqlstore.Tx) error {
	for _, query := range []string{sqlClearWords, sqlClearDocs} {
		if _, err := tx.Exec(query); err != nil {
			return err
		}
	}
	return nil
}

// Put is specified by sqlstore.MessageIndex.
func (x messageIndex) Put(tx sqlstore.Tx, docs []sqlstore.SearchDoc) error {
	for _, doc := range docs {
		if err := x.put(tx, doc); err != nil {
			return err
		}
	}
	return nil
}

// put writes one document. If other messages share it, its row has the tokens of all.
func (messageIndex) put(tx sqlstore.Tx, doc sqlstore.SearchDoc) error {
	change := sqlPutDoc
	if len(doc.Tokens) == 0 {
		change = sqlRemoveDoc
	}
	changed, err := tx.Exec(change, doc.Doc, doc.Room, doc.Seq)
	if err != nil || changed == 0 && len(doc.Tokens) == 0 {
		return err
	}
	tokens := doc.Tokens
	err = tx.Each(sqlSameDoc, []any{doc.Doc, doc.Room, doc.Seq}, func(r sqlstore.Scanner) error {
		var room chat.RoomID
		var row sqlstore.MessageRow
		err := r.Scan(append([]any{&room}, row.Dest()...)...)
		tokens = append(tokens, sqlstore.SearchTokens(row.Message(room))...)
		return err
	})
	if err != nil {
		return err
	}
	if len(tokens) == 0 {
		_, err = tx.Exec(sqlRemoveWords, doc.Doc)
		return err
	}
	_, err = tx.Exec(sqlPutWords, doc.Doc, strings.Join(tokens, " "))
	return err
}

// Candidates is specified by sqlstore.MessageIndex. SQLite reads row after row, so it
// ends as soon as take has enough.
func (x messageIndex) Candidates(ctx context.Context, q sqlstore.IndexQuery, take func(sqlstore.Scanner) error) (rest int64, err error) {
	s := &indexSearch{index: x, take: take}
	switch {
	case q.Rooms != nil && len(q.Rooms) <= maxRoomTokens:
		return -1, s.read(ctx, q.InRooms())
	case q.Rooms != nil && len(q.All) == 0:
		return -1, s.read(ctx, q)
	}
	windows := 1
	if q.Rooms == nil {
		windows = maxWindows
	}
	for range windows {
		behind, err := s.window(ctx, q)
		if err != nil || s.enough || behind <= q.First {
			return -1, err
		}
		q.Last = behind - 1
	}
	if q.Rooms == nil {
		return q.Last, nil
	}
	return -1, s.read(ctx, q.InRooms())
}

// indexSearch is one Candidates in progress.
type indexSearch struct {
	index  messageIndex
	take   func(sqlstore.Scanner) error
	enough bool
}

// window reads the candidates among the next messages, and returns the doc up to which
// it has come.
func (s *indexSearch) window(ctx context.Context, q sqlstore.IndexQuery) (behind int64, err error) {
	behind = math.MinInt64
	err = database(s.index).Read(ctx, func(reads sqlstore.Queries) error {
		_, err := reads.Row(sqlDocBehind, []any{q.Last, windowSize}, &behind)
		return err
	})
	if err != nil {
		return 0, err
	}
	q.First = max(q.First, behind)
	return behind, s.read(ctx, q)
}

func (s *indexSearch) read(ctx context.Context, q sqlstore.IndexQuery) error {
	return database(s.index).Read(ctx, func(reads sqlstore.Queries) error {
		return s.index.read(reads, q, func(r sqlstore.Scanner) error {
			err := s.take(r)
			s.enough = s.enough || err != nil
			return err
		})
	})
}

func (messageIndex) read(reads sqlstore.Queries, q sqlstore.IndexQuery, take func(sqlstore.Scanner) error) error {
	var scope any = q.By
	if q.Rooms != nil {
		list, err := dialect.List(q.Rooms)
		if err != nil {
			return err
		}
		scope = list
	}
	args := []any{q.First, q.Last, scope}
	var query string
	switch {
	case len(q.All) == 0 && q.Rooms != nil:
		query = sqlDocsInRooms
	case len(q.All) == 0:
		query = sqlDocsOfMember
	case q.Rooms != nil:
		query = sqlWordsInRooms
	default:
		query = sqlWordsOfMember
	}
	if len(q.All) > 0 {
		args = append(args, q.Write(ftsToken, " OR ", " AND "))
	}
	return reads.Each(query, args, take)
}

// ftsToken quotes a token for FTS5. Tokens have no quotation marks.
func ftsToken(t words.Token) string {
	if t.Prefix {
		return `"` + t.Text + `" *`
	}
	return `"` + t.Text + `"`
}
