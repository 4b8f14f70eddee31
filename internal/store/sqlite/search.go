package sqlite

import (
	"context"

	"partychat/internal/chat"
	"partychat/internal/store/sqlstore"
)

// searchStore is the part that searches.
type searchStore struct{ *core }

// search finds rows by any part of their names.
type search[Found any] struct {
	// queries read the parts of one rank each, between two tails. They return the
	// columns for scan, the name, the display name and the tail. Each rank has its own query, because
	// SQLite would prepare one with a rank argument anew for every other rank.
	queries [chat.LastRank + 1]string
	// scan reads a row. It returns the id and a function that makes the result,
	// with the cursor after it.
	scan func(r sqlstore.Scanner, also ...any) (id int64, found func(cursor string) Found, err error)
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
	after, err := sqlstore.ParsePlace(p.After)
	if err != nil {
		return nil, err
	}
	last := chat.LastRank
	if p.Text == "" {
		last = 0 // every name begins with it
	}
	found := []Found{}
	for ; after.Rank <= last && len(found) < p.Limit; after = (sqlstore.Place{Rank: after.Rank + 1}) {
		if found, err = f.ranked(ctx, s, p, after, found); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// ranked appends the matches of one rank to found until the page is full. It skips
// names that match better elsewhere, because they have been found before.
func (f search[Found]) ranked(ctx context.Context, s *core, p searchPage, after sqlstore.Place, found []Found) ([]Found, error) {
	if after.Key < p.Text {
		after.Key, after.ID = p.Text, 0
	}
	passed := 0
	args := []any{after.Key, after.ID, sqlstore.BehindPrefix(p.Text)}
	scan := func(r sqlstore.Scanner) error {
		var named sqlstore.Named
		var tail string
		id, one, err := f.scan(r, &named.Name, &named.Display, &tail)
		if err != nil {
			return err
		}
		if best := named.Match(p.Text); best == (chat.NameMatch{Rank: after.Rank, Key: tail}) {
			found = append(found, one(sqlstore.Place{Rank: after.Rank, ID: id, Key: tail}.String()))
		} else {
			passed++
		}
		if len(found) == p.Limit || passed == maxPassed {
			return sqlstore.ErrEnough
		}
		return nil
	}
	err := database{s}.Read(ctx, func(q sqlstore.Queries) error { return q.Each(f.queries[after.Rank], args, scan) })
	return found, err
}
