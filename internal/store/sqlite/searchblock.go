package sqlite

import (
	"math"
	"strings"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

const (
	sqlPutBlock  = `INSERT INTO search_blocks (first, doc) VALUES ($1, $2)`
	sqlPutDoc    = `INSERT INTO search_docs (doc, room, seq) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`
	sqlRemoveDoc = `DELETE FROM search_docs WHERE doc = $1 AND room = $2 AND seq = $3`

	// A row that is there must be replaced: FTS5 accepts a second one without an error,
	// whose words nobody could delete any more.
	sqlPutWords    = `INSERT OR REPLACE INTO search_words (rowid, words) VALUES ($1, $2)`
	sqlRemoveWords = `DELETE FROM search_words WHERE rowid = $1`

	sqlMessagesOfBlock = `
SELECT d.room, ` + sqlstore.MessageColumns + ` FROM search_docs d
CROSS JOIN messages t ON t.room = d.room AND t.seq = d.seq CROSS JOIN users u ON u.id = t.author
WHERE d.doc = $1`
)

// Clear is specified by sqlstore.MessageIndex.
func (messageIndex) Clear(tx sqlstore.Tx) error {
	for _, query := range []string{
		`INSERT INTO search_words (search_words) VALUES ('delete-all')`, `DELETE FROM search_docs`, `DELETE FROM search_blocks`,
	} {
		if _, err := tx.Exec(query); err != nil {
			return err
		}
	}
	return nil
}

// Put is specified by sqlstore.MessageIndex. It writes the words of each block that has
// changed once.
func (messageIndex) Put(tx sqlstore.Tx, docs []sqlstore.SearchDoc) (err error) {
	var block *searchBlock
	for _, doc := range docs {
		if block == nil || doc.Doc >= block.next {
			if err := block.write(tx); err != nil {
				return err
			}
			if block, err = blockOf(tx, doc.Doc); err != nil {
				return err
			}
		}
		if block, err = block.put(tx, doc); err != nil {
			return err
		}
	}
	return block.write(tx)
}

// searchBlock is a block whose messages are read, so that its words can be written.
type searchBlock struct {
	number      int64
	next        int64 // the place at which the next block begins
	nextNumber  int64
	newest      int64 // the highest place in it
	words       map[messageKey]string
	wordsChange bool
}

// messageKey identifies a message.
type messageKey struct {
	room chat.RoomID
	seq  int64
}

// blockOf reads the block that the place belongs to.
func blockOf(tx sqlstore.Tx, place int64) (*searchBlock, error) {
	b := &searchBlock{next: math.MaxInt64, nextNumber: noBlock, newest: -1, words: map[messageKey]string{}}
	var first int64
	found, err := tx.Row(sqlBlockOf, []any{place}, &first, &b.number)
	if err != nil {
		return nil, err
	}
	if !found { // the first block has all places below those of the second
		b.number = 1
		_, err := tx.Exec(sqlPutBlock, 0, b.number)
		return b, err
	}
	if _, err := tx.Row(sqlNextBlock, []any{first}, &b.next, &b.nextNumber); err != nil {
		return nil, err
	}
	err = tx.Each(sqlMessagesOfBlock, []any{b.number}, func(r sqlstore.Scanner) error {
		var room chat.RoomID
		var row sqlstore.MessageRow
		if err := r.Scan(append([]any{&room}, row.Dest()...)...); err != nil {
			return err
		}
		doc := sqlstore.SearchDocOf(row.Message(room))
		b.words[messageKey{room, doc.Seq}] = doc.Words
		b.newest = max(b.newest, doc.Doc)
		return nil
	})
	return b, err
}

// put changes what the block has of a message. If the block is full and the message the
// newest, it writes the block and returns one that begins with the message.
func (b *searchBlock) put(tx sqlstore.Tx, doc sqlstore.SearchDoc) (*searchBlock, error) {
	key := messageKey{doc.Room, doc.Seq}
	_, there := b.words[key]
	switch {
	case doc.Words == "" && !there, there && doc.Kept:
		return b, nil
	case doc.Words == "":
		delete(b.words, key)
		b.wordsChange = true
		_, err := tx.Exec(sqlRemoveDoc, b.number, doc.Room, doc.Seq)
		return b, err
	case !there:
		if len(b.words) >= blockSize && doc.Doc > b.newest && b.number+1 < b.nextNumber {
			var err error
			if b, err = b.follow(tx, doc.Doc); err != nil {
				return nil, err
			}
		}
		if _, err := tx.Exec(sqlPutDoc, b.number, doc.Room, doc.Seq); err != nil {
			return nil, err
		}
	}
	b.words[key] = doc.Words
	b.newest = max(b.newest, doc.Doc)
	b.wordsChange = true
	return b, nil
}

// follow writes the block, and begins another one behind it.
func (b *searchBlock) follow(tx sqlstore.Tx, place int64) (*searchBlock, error) {
	if err := b.write(tx); err != nil {
		return nil, err
	}
	next := &searchBlock{number: b.number + 1, next: b.next, nextNumber: b.nextNumber, words: map[messageKey]string{}}
	if far := b.number + blockGap; sqlstore.Between(b.newest, place) > quietTime && far < b.nextNumber {
		next.number = far
	}
	_, err := tx.Exec(sqlPutBlock, place, next.number)
	return next, err
}

// write writes the words of the block, each once.
func (b *searchBlock) write(tx sqlstore.Tx) error {
	if b == nil || !b.wordsChange {
		return nil
	}
	if len(b.words) == 0 {
		_, err := tx.Exec(sqlRemoveWords, b.number)
		return err
	}
	var text strings.Builder
	seen := make(map[string]struct{}, 16*len(b.words))
	for _, words := range b.words {
		for word := range strings.SplitSeq(words, " ") {
			if _, there := seen[word]; !there && word != "" {
				seen[word] = struct{}{}
				text.WriteString(word)
				text.WriteByte(' ')
			}
		}
	}
	_, err := tx.Exec(sqlPutWords, b.number, text.String())
	return err
}
