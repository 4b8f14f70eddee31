package profile

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"partychat/bench/archive"
	"partychat/internal/chat"
	"partychat/internal/store/sqlite"
)

// query is a query of a store, for a random position. It returns the number of
// results, which must be the same for databases of any size.
type query struct {
	name, title string
	run         func(context.Context, *sqlite.Store, archive.Size) (found int, err error)
}

// pageOf is the number of messages or rooms per page; headsOf is the number of
// rooms whose heads are queried.
const (
	pageOf  = 50
	headsOf = 100
)

var queries = []query{
	{"latest", "the latest page of the largest room", timeline(chat.PageLatest)},
	{"before", "a page before a place in the largest room", timeline(chat.PageBefore)},
	{"after", "a page after a place in the largest room", timeline(chat.PageAfter)},
	{"room", "the latest page of any room", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		page, err := s.Messages(ctx, size.Room(draw(size.Rooms)), chat.MessagePage{Limit: pageOf})
		return len(page.Messages), err
	}},
	{"sync", "room:sync of the largest room, 50 messages behind", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		changes, err := s.ChangesSince(ctx, chat.MainRoom, int64(size.MainMessages()-pageOf), 200, 0)
		return len(changes.Messages), err
	}},
	{"sync-room", "room:sync of any room, 10 messages behind", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		changes, err := s.ChangesSince(ctx, size.Room(draw(size.Rooms)), int64(size.RoomMessages()-10), 200, 0)
		return len(changes.Messages), err
	}},
	{"retry", "an unknown clientId", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		_, err := s.MessageByClientID(ctx, chat.MainRoom, size.User(draw(size.Users)), "00000000-0000-4000-8000-000000000000")
		if chat.CodeOf(err) == chat.CodeNotFound {
			err = nil
		}
		return 0, err
	}},
	{"search", "rooms by the beginning of their name, 50 found", search("room", pageOf)},
	{"search-word", "rooms by a later word, 50 found", search("tea", pageOf)},
	{"search-one", "a room by its whole name", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		rooms, err := s.SearchPublicRooms(ctx, chat.RoomSearch{Text: fmt.Sprintf("room %d for", draw(size.Rooms)), Limit: pageOf})
		return len(rooms), err
	}},
	{"heads", "heads of 100 rooms", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		rooms := make([]chat.RoomID, headsOf)
		at := draw(size.Rooms)
		for i := range rooms {
			rooms[i] = size.Room(at + i*size.Rooms/headsOf)
		}
		heads, err := s.Heads(ctx, rooms)
		return len(heads), err
	}},
	{"subscriptions", "the 50 rooms of a user, with unread and last message", func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		subs, err := s.Subscriptions(ctx, size.User(draw(size.Users)))
		return len(subs), err
	}},
}

// scalePrefix is the prefix of the profiles' names.
const scalePrefix = "scale-"

// scales returns a profile for each query.
func scales() []Profile {
	var all []Profile
	for _, q := range queries {
		all = append(all, Profile{Name: scalePrefix + q.name, Title: q.title, Kind: Scale, Clients: 1, Rooms: 1})
	}
	return all
}

func scaleNames() []string {
	var names []string
	for _, p := range scales() {
		names = append(names, p.Name)
	}
	return names
}

// query returns the query of a profile of this kind.
func (p *Profile) query() *query {
	i := slices.IndexFunc(queries, func(q query) bool { return scalePrefix+q.name == p.Name })
	return &queries[i]
}

// draw returns a random number from 0 to n-1.
func draw(n int) int { return rand.IntN(n) } //nolint:gosec // nobody gains by guessing it

// timeline reads pages of the largest room.
func timeline(direction chat.Direction) func(context.Context, *sqlite.Store, archive.Size) (int, error) {
	return func(ctx context.Context, s *sqlite.Store, size archive.Size) (int, error) {
		page := chat.MessagePage{Direction: direction, Limit: pageOf}
		if direction != chat.PageLatest {
			page.Seq = int64(pageOf + draw(size.MainMessages()-2*pageOf) + 1)
		}
		got, err := s.Messages(ctx, chat.MainRoom, page)
		return len(got.Messages), err
	}
}

func search(text string, limit int) func(context.Context, *sqlite.Store, archive.Size) (int, error) {
	return func(ctx context.Context, s *sqlite.Store, _ archive.Size) (int, error) {
		rooms, err := s.SearchPublicRooms(ctx, chat.RoomSearch{Text: text, Limit: limit})
		return len(rooms), err
	}
}

// asked is a database with the results of its queries.
type asked struct {
	size  archive.Size
	store *sqlite.Store
	count int
	found int
	took  time.Duration
}

// measureScale queries both databases in turn.
func (p *Profile) measureScale(ctx context.Context, folder string, timing Timing, sample *Sample) (err error) {
	var both [2]*asked
	for i, size := range []archive.Size{archive.Small, archive.Large} {
		store, err := sqlite.Open(ctx, sqlite.Options{Path: size.Path(folder)})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, store.Close()) }()
		both[i] = &asked{size: size, store: store}
	}
	q := p.query()
	for _, phase := range []time.Duration{timing.Warmup, timing.Measure} {
		for _, one := range both {
			one.count, one.took = 0, 0
		}
		for range storeTurns {
			for _, one := range both {
				if err := one.ask(ctx, q, phase/storeTurns/2); err != nil {
					return err
				}
			}
		}
	}
	small, large := both[0].each(), both[1].each()
	sample.set(SmallTook, small)
	sample.set(LargeTook, large)
	sample.set(Ratio, large/small)
	if both[0].found != both[1].found {
		return fmt.Errorf("profile: %d found in the small database and %d in the large one", both[0].found, both[1].found)
	}
	return nil
}

// ask repeats the query for a while.
func (a *asked) ask(ctx context.Context, q *query, d time.Duration) error {
	for began := time.Now(); time.Since(began) < d; {
		start := time.Now()
		found, err := q.run(ctx, a.store, a.size)
		a.took += time.Since(start)
		if err != nil {
			return err
		}
		a.count++
		a.found = found
	}
	return nil
}

// each returns the microseconds per query.
func (a *asked) each() float64 { return float64(a.took.Microseconds()) / float64(a.count) }
