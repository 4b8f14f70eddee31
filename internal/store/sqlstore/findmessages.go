package sqlstore

import (
	"cmp"
	"context"
	"math"
	"slices"

	"partychat/internal/chat"
	"partychat/internal/words"
)

const (
	// maxListedRooms is how many rooms of a user a search lists. If there are more, the
	// memberships are compared with each candidate.
	maxListedRooms = 500
	// maxLagging is how many rooms that are not indexed yet a search looks into.
	maxLagging = 1000
	// minTail is how many messages of each of them it reads.
	minTail = 20
)

// FindMessages is specified by chat.MessageSearchStore. It reads what is not indexed yet
// first, so that a message which is indexed meanwhile is seen at least once.
func (s messageSearchStore) FindMessages(ctx context.Context, search chat.MessageSearch) (chat.MessageHits, error) {
	f, err := newFinder(search)
	if err != nil {
		return chat.MessageHits{}, err
	}
	if f.impossible {
		return chat.MessageHits{Hits: []chat.MessageHit{}}, nil
	}
	rooms := search.Rooms
	if rooms == nil {
		rooms, err = all(ctx, s.Core, s.sql.RoomsOf, []any{search.By, maxListedRooms + 1}, scanRoomID)
		if err != nil {
			return chat.MessageHits{}, err
		}
		if len(rooms) > maxListedRooms {
			rooms = nil
		}
	}
	if rooms != nil && len(rooms) == 0 {
		return chat.MessageHits{Hits: []chat.MessageHit{}}, nil
	}
	if err := s.findUnindexed(ctx, f, rooms); err != nil {
		return chat.MessageHits{}, err
	}
	query := f.query
	query.Rooms = rooms
	rest, err := s.search.Index.Candidates(ctx, query, f.candidate)
	if err != nil {
		return chat.MessageHits{}, err
	}
	if !f.stopped && rest >= 0 {
		f.stopped, f.last = true, rest+1
	}
	return f.hits(), nil
}

// findUnindexed looks through the messages that the index lacks, the newest of each
// room first.
func (s messageSearchStore) findUnindexed(ctx context.Context, f *finder, rooms []chat.RoomID) error {
	lags, err := s.lags(ctx, f.search.By, rooms)
	if err != nil {
		return err
	}
	left := f.search.Tail
	for i, l := range lags {
		limit := max(minTail, left/(len(lags)-i))
		if left <= 0 || i == maxLagging {
			f.incomplete = true
			break
		}
		read, err := all(ctx, s.Core, s.sql.NewestUnindexed, []any{l.room, l.from, limit}, func(r Scanner) (struct{}, error) {
			var row searchedRow
			err := r.Scan(row.Dest()...)
			f.unindexed(l.room, &row)
			return struct{}{}, err
		})
		if err != nil {
			return err
		}
		f.incomplete = f.incomplete || len(read) == limit
		left -= len(read)
	}
	return nil
}

// lags returns the rooms whose index lags, of those of the search. The only node that
// writes knows them all, once it has compared them.
func (s messageSearchStore) lags(ctx context.Context, by chat.UserID, rooms []chat.RoomID) ([]lag, error) {
	known := s.search.Index.Sole() && s.compared.Load()
	switch {
	case known:
		changed := s.search.Changed.all()
		if rooms != nil {
			in := make(map[chat.RoomID]bool, len(rooms))
			for _, room := range rooms {
				in[room] = true
			}
			changed = slices.DeleteFunc(changed, func(room chat.RoomID) bool { return !in[room] })
			return allOf(ctx, s.Core, s.sql.UnindexedOf, changed, scanLag)
		}
		if len(changed) > maxLagging {
			return all(ctx, s.Core, s.sql.UnindexedOfMember, []any{by, maxLagging + 1}, scanLag)
		}
		member := s.sql.UnindexedOf + ` AND EXISTS (SELECT 1 FROM memberships m WHERE m.room = r.id AND m."user" = $2)`
		if len(changed) == 0 {
			return nil, nil
		}
		list, err := s.dialect.List(changed)
		if err != nil {
			return nil, err
		}
		return all(ctx, s.Core, member, []any{list, by}, scanLag)
	case rooms != nil:
		return allOf(ctx, s.Core, s.sql.UnindexedOf, rooms, scanLag)
	default:
		return all(ctx, s.Core, s.sql.UnindexedOfMember, []any{by, maxLagging + 1}, scanLag)
	}
}

// finder is one search.
type finder struct {
	search     chat.MessageSearch
	terms      []words.Term
	after      searchPlace
	query      IndexQuery
	impossible bool // no message can be found

	found      map[messageKey]foundMessage
	examined   int
	matching   int   // candidates that were found
	last       int64 // the group of the last candidate
	stopped    bool  // there are further candidates, with places below last
	incomplete bool
}

type messageKey struct {
	room chat.RoomID
	seq  int64
}

type foundMessage struct {
	place searchPlace
	hit   chat.MessageHit
}

func newFinder(search chat.MessageSearch) (*finder, error) {
	f := &finder{search: search, after: searchPlace{doc: math.MaxInt64}, found: map[messageKey]foundMessage{}, last: -1}
	f.query = IndexQuery{By: search.By, First: 0, Last: math.MaxInt64, Enough: search.Limit + 1}
	if search.After != "" {
		var err error
		if f.after, err = parseSearchPlace(search.After); err != nil {
			return nil, err
		}
		if f.query.Last = f.after.doc; f.after.room == 0 {
			f.query.Last-- // behind all messages of that place
		}
	}
	if !search.From.IsZero() {
		f.query.First = firstDoc(search.From)
	}
	if !search.Until.IsZero() {
		f.query.Last = min(f.query.Last, firstDoc(search.Until)-1)
	}
	for _, t := range search.Terms {
		term, ok := words.NewTerm(t.Text, t.Prefix)
		if !ok {
			continue
		}
		f.terms = append(f.terms, term)
		for _, token := range term.Tokens() {
			f.query.All = append(f.query.All, []words.Token{token})
		}
	}
	if search.Authors != nil {
		var authors []words.Token
		for _, author := range search.Authors {
			authors = append(authors, words.Token{Text: authorToken(author)})
		}
		f.query.All = append(f.query.All, authors)
	}
	for _, feature := range search.Has {
		f.query.All = append(f.query.All, []words.Token{{Text: featureToken(feature)}})
	}
	// Nothing but signs that nobody can search for would find everything.
	f.impossible = len(search.Terms) > 0 && len(f.terms) == 0 || search.Authors != nil && len(search.Authors) == 0 || f.query.First > f.query.Last
	return f, nil
}

// unindexed takes a message that the index lacks.
func (f *finder) unindexed(room chat.RoomID, row *searchedRow) {
	f.take(searchPlaceOf(room, row), row)
}

func searchPlaceOf(room chat.RoomID, row *searchedRow) searchPlace {
	return searchPlace{docOf(FromMillis(row.createdAt), room, row.seq), room, row.seq}
}

// candidate takes a row of CandidateColumns. It stops between two groups only, since the
// rows of one group come in any order.
func (f *finder) candidate(r Scanner) error {
	var group int64
	var room chat.RoomID
	var row searchedRow
	if err := r.Scan(append([]any{&group, &room}, row.Dest()...)...); err != nil {
		return err
	}
	if group != f.last && (f.matching > f.search.Limit || f.examined >= f.search.Candidates) {
		f.stopped = true
		return ErrEnough
	}
	f.last = group
	place := searchPlaceOf(room, &row)
	if !f.after.before(place) {
		return nil
	}
	f.examined++
	if f.take(place, &row) {
		f.matching++
	}
	return nil
}

// take adds a message if it fulfils all conditions, and reports whether it does.
func (f *finder) take(place searchPlace, row *searchedRow) bool {
	key := messageKey{place.room, place.seq}
	if _, there := f.found[key]; there {
		return false
	}
	if !f.after.before(place) {
		return false
	}
	m := row.Message(place.room)
	marks, ok := f.matches(m, row.picture)
	if ok {
		f.found[key] = foundMessage{place, chat.MessageHit{Message: m, Marks: marks}}
	}
	return ok
}

// matches compares a message, as it is now, with the search, and returns where the terms
// are.
func (f *finder) matches(m chat.Message, picture bool) (marks []chat.Span, ok bool) {
	s := f.search
	switch {
	case !isSearched(m),
		s.Authors != nil && !slices.Contains(s.Authors, m.Author.ID),
		!s.From.IsZero() && m.CreatedAt.Before(s.From),
		!s.Until.IsZero() && !m.CreatedAt.Before(s.Until):
		return nil, false
	}
	for _, feature := range s.Has {
		if has := feature == chat.HasImage && picture || m.Has(feature); !has {
			return nil, false
		}
	}
	units := words.Cut(m.Body)
	for _, term := range f.terms {
		spans := term.Find(units)
		if len(spans) == 0 {
			return nil, false
		}
		for _, span := range spans {
			marks = append(marks, chat.Span(span))
		}
	}
	return merged(marks), true
}

// merged sorts spans and joins those that overlap.
func merged(spans []chat.Span) []chat.Span {
	slices.SortFunc(spans, func(a, b chat.Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:0]
	for _, span := range spans {
		if n := len(out); n > 0 && span.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, span.End)
			continue
		}
		out = append(out, span)
	}
	return out
}

// hits returns the page.
func (f *finder) hits() chat.MessageHits {
	list := make([]foundMessage, 0, len(f.found))
	for _, found := range f.found {
		if f.stopped && found.place.doc < f.last {
			continue // candidates between may precede it
		}
		list = append(list, found)
	}
	slices.SortFunc(list, func(a, b foundMessage) int {
		if a.place.before(b.place) {
			return -1
		}
		return 1
	})
	page := chat.MessageHits{Hits: []chat.MessageHit{}, Incomplete: f.incomplete}
	switch {
	case len(list) > f.search.Limit:
		list = list[:f.search.Limit]
		page.Next = list[len(list)-1].place.String()
	case f.stopped:
		page.Next = searchPlace{doc: f.last}.String() // behind all messages of that doc
	}
	for _, found := range list {
		page.Hits = append(page.Hits, found.hit)
	}
	return page
}
