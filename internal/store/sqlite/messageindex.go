package sqlite

import (
	"context"
	"math"
	"time"

	"partychat/internal/store/sqlstore"
	"partychat/internal/words"
)

const (
	sqlBlockOf   = `SELECT first, doc FROM search_blocks WHERE first <= $1 ORDER BY first DESC LIMIT 1`
	sqlNextBlock = `SELECT first, doc FROM search_blocks WHERE first > $1 ORDER BY first LIMIT 1`
	// The same blocks in the order of their numbers, which is the same.
	sqlBlocks = `SELECT doc FROM search_blocks WHERE doc BETWEEN $1 AND $2 ORDER BY doc DESC LIMIT $3`

	// Blocks with the words, in the order of the index's own row ids, which alone FTS5
	// gives without sorting.
	sqlBlocksWithWords = `
SELECT rowid FROM search_words WHERE search_words MATCH $4 AND rowid BETWEEN $1 AND $2 ORDER BY rowid DESC LIMIT $3`

	fromBlocks = `
SELECT b.first, ` + sqlstore.CandidateColumns + `
FROM json_each($1) j CROSS JOIN search_blocks b ON b.doc = j.value CROSS JOIN search_docs d ON d.doc = b.doc`
	joinMessages = `
CROSS JOIN messages t ON t.room = d.room AND t.seq = d.seq CROSS JOIN users u ON u.id = t.author`

	// The messages of a list of blocks, in its order. The plus keeps the rooms out of the
	// lookup by the primary key, which would try each of them for each block.
	sqlCandidatesInRooms  = fromBlocks + joinMessages + ` WHERE +d.room IN (SELECT value FROM json_each($2))`
	sqlCandidatesOfMember = fromBlocks + ` CROSS JOIN memberships m ON m.room = d.room AND m.user = $2` + joinMessages
)

const (
	// maxRoomTokens is how many rooms are part of the condition of the index. FTS5 visits
	// the postings of each.
	maxRoomTokens = 50
	// firstBlocks is how many blocks a search looks into first. The number quadruples, up
	// to maxBlocks.
	firstBlocks = 4
	maxBlocks   = 512
	// nothingBelow says that no place is left to be searched.
	nothingBelow = -1
)

// messageIndex is specified by sqlstore.MessageIndex.
type messageIndex struct{ *core }

// Sole is specified by sqlstore.MessageIndex: a lock keeps other servers out.
func (messageIndex) Sole() bool { return true }

// Candidates is specified by sqlstore.MessageIndex. It asks the index for blocks, the
// newest first, and reads their messages in the rooms of the search. If these rooms are
// many and have few of the messages, it gives up after a number of blocks.
func (x messageIndex) Candidates(ctx context.Context, q sqlstore.IndexQuery, take func(sqlstore.Scanner) error) (rest int64, err error) {
	few := q.Rooms != nil && len(q.Rooms) <= maxRoomTokens
	s := indexSearch{query: q, words: q.All, take: take, scope: q.By, candidates: sqlCandidatesOfMember}
	if q.Rooms != nil {
		if s.scope, err = dialect.List(q.Rooms); err != nil {
			return 0, err
		}
		s.candidates = sqlCandidatesInRooms
	}
	if few {
		s.words = q.InRooms().All
	}
	for limit := firstBlocks; ; limit = min(4*limit, maxBlocks) {
		err := database(x).Read(ctx, func(reads sqlstore.Queries) error { return s.read(reads, limit) })
		if err != nil || s.finished {
			return nothingBelow, err
		}
		if limit == maxBlocks && !few {
			return s.query.Last, nil
		}
	}
}

// indexSearch is one Candidates in progress.
type indexSearch struct {
	query      sqlstore.IndexQuery // with a Last that sinks
	words      [][]words.Token
	candidates string // the statement, with its scope
	scope      any
	take       func(sqlstore.Scanner) error
	finished   bool
}

// read looks into the next blocks.
func (s *indexSearch) read(reads sqlstore.Queries, limit int) error {
	var first, last, lowest int64
	found, err := reads.Row(sqlBlockOf, []any{s.query.Last}, &first, &last)
	if err == nil && found {
		_, err = reads.Row(sqlBlockOf, []any{s.query.First}, &first, &lowest)
	}
	if err != nil || !found {
		s.finished = true
		return err
	}
	query, args := sqlBlocks, []any{lowest, last, limit}
	if len(s.words) > 0 {
		query, args = sqlBlocksWithWords, append(args, sqlstore.IndexQuery{All: s.words}.Write(ftsToken, " OR ", " AND "))
	}
	var blocks []int64
	err = reads.Each(query, args, func(r sqlstore.Scanner) error {
		var block int64
		err := r.Scan(&block)
		blocks = append(blocks, block)
		return err
	})
	if err != nil {
		return err
	}
	if s.finished = len(blocks) < limit; len(blocks) == 0 {
		return nil
	}
	list, err := dialect.List(blocks)
	if err != nil {
		return err
	}
	err = reads.Each(s.candidates, []any{list, s.scope}, func(r sqlstore.Scanner) error {
		err := s.take(r)
		s.finished = s.finished || err != nil
		return err
	})
	if err != nil || s.finished {
		return err
	}
	_, err = reads.Row(`SELECT first - 1 FROM search_blocks WHERE doc = $1`, []any{blocks[len(blocks)-1]}, &s.query.Last)
	s.finished = s.query.Last < s.query.First
	return err
}

// ftsToken quotes a token for FTS5. Tokens have no quotation marks.
func ftsToken(t words.Token) string {
	if t.Prefix {
		return `"` + t.Text + `" *`
	}
	return `"` + t.Text + `"`
}

const (
	// blockSize is how many messages a block has, unless later ones belong to it. More
	// make the index smaller, and searches read more messages that lack the words.
	blockSize = 24
	// blockGap is how many numbers a block leaves free before it if nothing was sent for
	// quietTime before: for messages that come later than that although they were sent
	// earlier, as happens when a clock was ahead.
	blockGap  = 4096
	quietTime = 10 * time.Minute
	// noBlock is the number behind the last block.
	noBlock = math.MaxInt64
)
