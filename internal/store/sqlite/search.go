package sqlite

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// searchPlace is the position of a room or user in a search: chat.NameMatch and,
// for equal ones, the id. Its text form is the cursor.
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

// search finds rows by any part of their names.
type search[Found any] struct {
	// queries read the parts of one rank each, between two tails. They return the
	// columns for scan, the name and the tail. Each rank has its own query, because
	// SQLite would prepare one with a rank argument anew for every other rank.
	queries [chat.LastRank + 1]string
	// scan reads a row. It returns the id and a function that makes the result,
	// with the cursor after it.
	scan func(r scanner, also ...any) (id int64, found func(cursor string) Found, err error)
}

// searchPage is a chat.RoomSearch or chat.UserSearch.
type searchPage struct {
	Text, After string
	Limit       int
}

// maxPassed is the maximum number of parts that a search skips for one page.
// Regular searches never come close; one with an invented cursor might.
const maxPassed = 20_000

// page reads one rank after another until the page is full.
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

// ranked appends the matches of one rank to found until the page is full. It skips
// names that match better elsewhere, because they have been found before.
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

// behindPrefix returns a text that is larger, by bytes, than all texts that begin
// with the prefix. The last byte of valid UTF-8 is never 0xff.
func behindPrefix(prefix string) string {
	if prefix == "" {
		return strings.Repeat(string(utf8.MaxRune), 2) // no name begins with it
	}
	last := len(prefix) - 1
	return prefix[:last] + string([]byte{prefix[last] + 1})
}
