package sqlstore

import (
	"strconv"
	"strings"
	"time"

	"partychat/internal/chat"
	"partychat/internal/words"
)

// SearchDoc is a message's place in the search index, and its tokens.
type SearchDoc struct {
	// Doc is the place of the message in the order of results. It grows with the time of
	// sending and is a function of the message, so that the order of indexing does not
	// matter, and all databases sort alike. A few messages may share one.
	Doc   int64
	Room  chat.RoomID
	Seq   int64
	Words string // its tokens, separated by spaces; "": the message is to be removed
	// Kept reports that the message has not been edited or deleted, so that the index
	// has these words already if it has the message.
	Kept bool
}

const (
	// docBits is the number of lower bits of a doc, which are no time. They scatter rooms,
	// and keep messages of one room and one millisecond in the order of their seq.
	docBits = 21
	// maxDocMillis is the last millisecond that fits, in the year 2109.
	maxDocMillis = 1<<(63-docBits) - 1
)

// docOf returns the doc of a message.
func docOf(sent time.Time, room chat.RoomID, seq int64) int64 {
	scattered := int64(uint64(room) * 0x9e3779b97f4a7c15 >> (64 - docBits))
	return firstDoc(sent) | (scattered+seq)&(1<<docBits-1)
}

// firstDoc returns the lowest doc of messages that were sent at that time.
func firstDoc(sent time.Time) int64 {
	return min(max(0, sent.UnixMilli()), maxDocMillis) << docBits
}

// special begins tokens that are not words. It is no character that a word has.
const special = "\ue000"

// RoomToken is the token of all messages of the room.
func RoomToken(room chat.RoomID) string { return special + "r" + strconv.FormatInt(int64(room), 36) }

func authorToken(author chat.UserID) string {
	return special + "u" + strconv.FormatInt(int64(author), 36)
}

// featureToken is the token of messages with the feature. For pictures it is that of
// files: few of the candidates have none.
func featureToken(feature chat.Feature) string {
	if feature == chat.HasImage {
		feature = chat.HasFile
	}
	return special + string(feature)
}

// SearchDocOf returns what the index has of a message.
func SearchDocOf(m chat.Message) SearchDoc {
	return SearchDoc{
		Doc: docOf(m.CreatedAt, m.Room, m.Seq), Room: m.Room, Seq: m.Seq, Words: strings.Join(searchTokens(m), " "),
		Kept: m.EditedAt.IsZero() && !m.Deleted,
	}
}

// searchTokens returns the tokens of a message; none if searches do not find it.
func searchTokens(m chat.Message) []string {
	if !isSearched(m) {
		return nil
	}
	tokens := append(words.Tokens(words.Cut(m.Body)), RoomToken(m.Room), authorToken(m.Author.ID))
	for _, feature := range []chat.Feature{chat.HasLink, chat.HasFile} {
		if m.Has(feature) {
			tokens = append(tokens, featureToken(feature))
		}
	}
	return tokens
}

func isSearched(m chat.Message) bool { return !m.Deleted && m.Kind.Searched() }

// searchPlace is a message's place in the results, which are sorted by it, the largest
// first. Its text form is the cursor.
type searchPlace struct {
	doc  int64
	room chat.RoomID
	seq  int64
}

func (p searchPlace) before(other searchPlace) bool {
	if p.doc != other.doc {
		return p.doc > other.doc
	}
	if p.room != other.room {
		return p.room > other.room
	}
	return p.seq > other.seq
}

func (p searchPlace) String() string {
	return strings.Join([]string{
		strconv.FormatInt(p.doc, 36), strconv.FormatInt(int64(p.room), 36), strconv.FormatInt(p.seq, 36),
	}, ".")
}

// parseSearchPlace undoes searchPlace.String.
func parseSearchPlace(cursor string) (p searchPlace, err error) {
	parts := strings.Split(cursor, ".")
	if len(parts) != 3 {
		return p, NoPlace()
	}
	var numbers [3]int64
	for i, part := range parts {
		if numbers[i], err = strconv.ParseInt(part, 36, 64); err != nil {
			return p, NoPlace()
		}
	}
	return searchPlace{numbers[0], chat.RoomID(numbers[1]), numbers[2]}, nil
}

// Between returns the time between two places.
func Between(earlier, later int64) time.Duration {
	return time.Duration(later>>docBits-earlier>>docBits) * time.Millisecond
}
