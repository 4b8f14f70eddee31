package sqlite

import (
	"context"
	"strconv"
	"strings"

	"partychat/internal/chat"
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
	if !ok || err != nil || rank != "0" && rank != "1" {
		return searchPlace{}, chat.ErrorIn("after", chat.CodeInvalid, "This is no place in a list.")
	}
	place := searchPlace{id: id, key: key}
	if rank == "1" {
		place.rank = 1
	}
	return place, nil
}

// search finds, by the beginning of any word of its name, what a Found holds.
type search[Found any] struct {
	// byName and byPrefix read the index of names, byWord that of their later
	// words. They give what scan takes, and also the folded name and, the last
	// one, from which word on it matches.
	byName, byPrefix, byWord string
	// scan reads a row. It gives the id and, by the cursor behind it, what was found.
	scan func(r scanner, also ...any) (id int64, found func(cursor string) Found, err error)
}

// searchPage is what to search for: a chat.RoomSearch or chat.UserSearch.
type searchPage struct {
	Text, After string
	Limit       int
}

// page reads the index of names first and then, if there is room left, that of
// later words.
func (f search[Found]) page(ctx context.Context, s *Store, p searchPage) ([]Found, error) {
	after, err := parseSearchPlace(p.After)
	if err != nil {
		return nil, err
	}
	found := []Found{}
	if after.rank == 0 {
		if found, err = f.names(ctx, s, p, after); err != nil {
			return nil, err
		}
		after = searchPlace{rank: 1}
	}
	if len(found) == p.Limit || p.Text == "" {
		return found, nil
	}
	return f.words(ctx, s, p, after, found)
}

func (f search[Found]) names(ctx context.Context, s *Store, p searchPage, after searchPlace) ([]Found, error) {
	query, args := f.byName, []any{from(p.Text, after.key), p.Limit}
	if p.Text != "" {
		query, args = f.byPrefix, append(args, behindPrefix(p.Text))
	}
	found := []Found{}
	err := s.readEach(ctx, query, args, func(r scanner) error {
		var folded string
		id, one, err := f.scan(r, &folded)
		found = append(found, one(searchPlace{id: id, key: folded}.String()))
		return err
	})
	return found, err
}

// words appends to found until the page is full. It passes over names that match
// better elsewhere; of those that begin with the text there are no more than
// have been found before.
func (f search[Found]) words(ctx context.Context, s *Store, p searchPage, after searchPlace, found []Found) ([]Found, error) {
	if after.key < p.Text {
		after.key, after.id = p.Text, 0
	}
	args := []any{after.key, after.id, behindPrefix(p.Text)}
	err := s.readEach(ctx, f.byWord, args, func(r scanner) error {
		var folded, tail string
		id, one, err := f.scan(r, &folded, &tail)
		if err != nil {
			return err
		}
		best, _ := chat.MatchName(folded, p.Text)
		if best != (chat.NameMatch{Rank: 1, Key: tail}) {
			return nil
		}
		found = append(found, one(searchPlace{rank: 1, id: id, key: tail}.String()))
		if len(found) == p.Limit {
			return errEnough
		}
		return nil
	})
	return found, err
}
