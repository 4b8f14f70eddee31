package sqlstore

import (
	"context"
	"slices"
	"strings"

	"partychat/internal/chat"
	"partychat/internal/words"
)

// Search is what a store needs to search messages.
type Search struct {
	Index   MessageIndex
	Changed *Changed // notes all messages that this node stores
}

// MessageIndex is the index of the words of messages, which each database keeps in its
// own way. It only names candidates: what it says of a message may be outdated, so every
// candidate is compared with the search again.
type MessageIndex interface {
	// Put adds and replaces documents, and removes those without words. It receives them
	// in the order of their places.
	Put(tx Tx, docs []SearchDoc) error
	// Clear removes all documents.
	Clear(tx Tx) error
	// Candidates calls take with rows of CandidateColumns, until take returns ErrEnough.
	// They come in groups: all places of a group are higher than those of the next. Rows
	// may be repeated. It may give up before, if it would take too long: rest is the
	// highest place that it has not looked at, or less than 0.
	Candidates(ctx context.Context, query IndexQuery, take func(Scanner) error) (rest int64, err error)
	// Sole reports whether no other node writes to the database.
	Sole() bool
}

// searchedColumns are what a searchedRow receives, of messages t and their authors u.
const searchedColumns = MessageColumns + `,
    t.kind = 'file' AND EXISTS (SELECT 1 FROM files f WHERE f.room = t.room AND f.seq = t.seq AND f.type LIKE 'image/%')`

// searchedRow is a message that is compared with a search.
type searchedRow struct {
	MessageRow
	picture bool // among its files
}

// Dest is where the row goes.
func (r *searchedRow) Dest() []any { return append(r.MessageRow.Dest(), &r.picture) }

// CandidateColumns are the columns of a candidate behind the place of the first message
// that its group may have: of docs d, messages t and their authors u.
const CandidateColumns = `d.room, ` + searchedColumns

// IndexQuery is what an index looks for: documents that have all the tokens.
type IndexQuery struct {
	All [][]words.Token // of each list, one token; may be empty
	// Rooms are searched, or, if it is nil, those that By is a member of.
	Rooms       []chat.RoomID
	By          chat.UserID
	First, Last int64 // places
	Enough      int   // how many candidates will probably do
}

// InRooms returns the query with the tokens of its rooms as a condition of the index.
func (q IndexQuery) InRooms() IndexQuery {
	tokens := make([]words.Token, len(q.Rooms))
	for i, room := range q.Rooms {
		tokens[i] = words.Token{Text: RoomToken(room)}
	}
	q.All = append(slices.Clip(q.All), tokens)
	return q
}

// Write writes the tokens: alternatives joined by or, lists by and.
func (q IndexQuery) Write(token func(words.Token) string, or, and string) string {
	lists := make([]string, len(q.All))
	for i, list := range q.All {
		tokens := make([]string, len(list))
		for j, t := range list {
			tokens[j] = token(t)
		}
		lists[i] = strings.Join(tokens, or)
		if len(list) > 1 {
			lists[i] = "(" + lists[i] + ")"
		}
	}
	return strings.Join(lists, and)
}

type searchStatements struct {
	RoomsOf, UnindexedOf, UnindexedOfMember, UnindexedRooms string
	UnindexedMessages, NewestUnindexed                      string
	AdvanceIndex, BeginIndex, ForgetIndexed                 string
	ConversationsWith                                       string
}

func (d Dialect) messageSearch() searchStatements {
	const (
		unindexed = ` LEFT JOIN search_rooms s ON s.room = r.id WHERE r.rev > coalesce(s.rev, 0)`
		messages  = ` FROM messages t JOIN users u ON u.id = t.author WHERE t.room = $1 AND t.rev > $2`
	)
	return searchStatements{
		RoomsOf: `SELECT room FROM memberships WHERE "user" = $1 LIMIT $2`,

		// Rooms of a list, or of a member, whose index lags, with their revs.
		UnindexedOf:       `SELECT r.id, r.rev, coalesce(s.rev, 0) FROM rooms r` + unindexed + ` AND ` + d.Any("r.id", "$1"),
		UnindexedOfMember: `SELECT r.id, r.rev, coalesce(s.rev, 0) FROM memberships m JOIN rooms r ON r.id = m.room` + unindexed + ` AND m."user" = $1 LIMIT $2`,
		UnindexedRooms:    `SELECT r.id FROM rooms r` + unindexed,

		UnindexedMessages: `SELECT ` + MessageColumns + messages + ` AND t.rev <= $3 ORDER BY t.rev LIMIT $4`,
		NewestUnindexed:   `SELECT ` + searchedColumns + messages + ` ORDER BY t.rev DESC LIMIT $3`,

		AdvanceIndex:  `UPDATE search_rooms SET rev = $3 WHERE room = $1 AND rev = $2`,
		BeginIndex:    `INSERT INTO search_rooms (room, rev) VALUES ($1, $2) ON CONFLICT (room) DO NOTHING`,
		ForgetIndexed: `DELETE FROM search_rooms`,

		ConversationsWith: `SELECT room FROM memberships WHERE "user" = $1 AND ` + d.Any("peer", "$2") + ` ORDER BY room`,
	}
}

// ConversationsWith is specified by chat.ConversationStore.
func (s messageSearchStore) ConversationsWith(ctx context.Context, user chat.UserID, others []chat.UserID) ([]chat.RoomID, error) {
	return allOf(ctx, s.Core, s.sql.ConversationsWith, others, scanRoomID, user)
}

func scanRoomID(r Scanner) (room chat.RoomID, err error) {
	err = r.Scan(&room)
	return room, err
}
