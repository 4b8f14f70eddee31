package sqlite

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// searchPlace is where in a search a room or user stands: chat.NameMatch and,
// among equal ones, the id. Its text form is the cursor.
type searchPlace struct {
	rank int
	id   int64
	key  string
}

func (p searchPlace) String() string {
	return strconv.Itoa(p.rank) + "." + strconv.FormatInt(p.id, 36) + "." + p.key
}

func parseSearchPlace(cursor string) (searchPlace, error) {
	if cursor == "" {
		return searchPlace{}, nil
	}
	rank, rest, _ := strings.Cut(cursor, ".")
	number, key, ok := strings.Cut(rest, ".")
	id, err := strconv.ParseInt(number, 36, 64)
	if !ok || err != nil || len(rank) != 1 || rank[0] < '0' || rank[0] > '0'+chat.LastRank {
		return searchPlace{}, chat.ErrorIn("after", chat.CodeInvalid, "This is not a position in this list.")
	}
	return searchPlace{rank: int(rank[0] - '0'), id: id, key: key}, nil
}

// search finds, by any part of its name, what a Found holds.
type search[Found any] struct {
	// queries read the parts of one rank each from behind a tail and id up to
	// another tail. They give what scan takes, and also the name and the tail. With
	// the rank as an argument SQLite would prepare anew whenever it is another.
	queries [chat.LastRank + 1]string
	// scan reads a row. It gives the id and, by the cursor behind it, what was found.
	scan func(r scanner, also ...any) (id int64, found func(cursor string) Found, err error)
}

// searchPage is what to search for: a chat.RoomSearch or chat.UserSearch.
type searchPage struct {
	Text, After string
	Limit       int
}

// maxPassed is how many parts a search passes over at most for one page. On the way
// from page to page it never comes near; a cursor that somebody made up might.
const maxPassed = 20_000

// page reads one rank after the other until the page is full.
func (f search[Found]) page(ctx context.Context, s *core, p searchPage) ([]Found, error) {
	after, err := parseSearchPlace(p.After)
	if err != nil {
		return nil, err
	}
	last := chat.LastRank
	if p.Text == "" {
		last = 0 // every name begins with it
	}
	found := []Found{}
	for ; after.rank <= last && len(found) < p.Limit; after = (searchPlace{rank: after.rank + 1}) {
		if found, err = f.ranked(ctx, s, p, after, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ranked appends to found the matches of one rank until the page is full. It passes
// over names that match better elsewhere; those have been found before.
func (f search[Found]) ranked(ctx context.Context, s *core, p searchPage, after searchPlace, found []Found) ([]Found, error) {
	if after.key < p.Text {
		after.key, after.id = p.Text, 0
	}
	passed := 0
	args := []any{after.key, after.id, behindPrefix(p.Text)}
	err := s.readEach(ctx, f.queries[after.rank], args, func(r scanner) error {
		var name, tail string
		id, one, err := f.scan(r, &name, &tail)
		if err != nil {
			return err
		}
		if best, _ := chat.MatchName(naming.SearchKey(name), p.Text); best == (chat.NameMatch{Rank: after.rank, Key: tail}) {
			found = append(found, one(searchPlace{rank: after.rank, id: id, key: tail}.String()))
		} else {
			passed++
		}
		if len(found) == p.Limit || passed == maxPassed {
			return errEnough
		}
		return nil
	})
	return found, err
}

// behindPrefix gives a text that is larger, by bytes, than all that begin with the
// prefix. The last byte of valid UTF-8 is never 0xff.
func behindPrefix(prefix string) string {
	if prefix == "" {
		return strings.Repeat(string(utf8.MaxRune), 2) // no name begins with it
	}
	last := len(prefix) - 1
	return prefix[:last] + string([]byte{prefix[last] + 1})
}
