package sqlstore

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"partychat/internal/chat"
)

// Place is the position of a room or user in a search or list: chat.NameMatch and,
// for equal ones, the id. Its text form is the cursor.
type Place struct {
	Rank int
	ID   int64
	Key  string
}

func (p Place) String() string {
	return strconv.Itoa(p.Rank) + "." + strconv.FormatInt(p.ID, 36) + "." + p.Key
}

// ParsePlace undoes Place.String. The empty cursor is the place before all others.
func ParsePlace(cursor string) (Place, error) {
	if cursor == "" {
		return Place{}, nil
	}
	rank, rest, _ := strings.Cut(cursor, ".")
	number, key, ok := strings.Cut(rest, ".")
	id, err := strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || len(rank) != 1 || rank[0] < '0' || rank[0] > '0'+chat.LastRank || !storable(key) {
		return Place{}, NoPlace()
	}
	return Place{Rank: int(rank[0] - '0'), ID: id, Key: key}, nil
}

// BehindPrefix returns a text that is larger, by bytes, than all texts that begin
// with the prefix: the prefix with its last character replaced by the next one. If
// that is the last character of Unicode, there is none.
func BehindPrefix(prefix string) string {
	for rest := prefix; rest != ""; {
		last, size := utf8.DecodeLastRuneInString(rest)
		rest = rest[:len(rest)-size]
		switch last {
		case utf8.MaxRune:
		case 0xd7ff: // surrogates are not characters
			return rest + "\ue000"
		default:
			return rest + string(last+1)
		}
	}
	return prefix + string(utf8.MaxRune)
}
