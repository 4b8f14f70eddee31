package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// SearchKey gives the form of a name, or of a text that is looked for, that a
// search compares. The key of a key is the key itself.
type SearchKey func(name string) string

// The ranks of a NameMatch.
const (
	rankBegins = iota // the name begins with the text
	rankWord          // a later word of it does
	rankWithin        // the text stands anywhere else in the name

	// LastRank is that of the matches that come last.
	LastRank = rankWithin
)

// NameMatch is how well the name of a room or a user matches a search, and so
// its place among the results: in the order of Rank, then of Key, then of id.
type NameMatch struct {
	Rank int    // 0: the name begins with the text; 1: a later word of it does; 2: the text is in it
	Key  string // the name's SearchKey from where it matches
}

// MatchName tells whether and how the search key of a name matches that of a
// text. Stores and services share it so that their orders are one.
func MatchName(key, text string) (match NameMatch, ok bool) {
	if strings.HasPrefix(key, text) {
		return NameMatch{Rank: rankBegins, Key: key}, true
	}
	if !strings.Contains(key, text) {
		return NameMatch{}, false
	}
	for _, part := range NameParts(key) {
		if strings.HasPrefix(part.Key, text) && (!ok || part.before(match)) {
			match, ok = part, true
		}
	}
	return match, ok
}

func (m NameMatch) before(other NameMatch) bool {
	return m.Rank < other.Rank || m.Rank == other.Rank && m.Key < other.Key
}

// NameParts gives a search key from each of its characters on, and how a text
// matches that these begin with. White space and punctuation part words. None
// begins with a space or a combining mark.
func NameParts(key string) []NameMatch {
	parts := make([]NameMatch, 0, len(key))
	parts = append(parts, NameMatch{Rank: rankBegins, Key: key})
	apart := false
	for i, c := range key {
		begins := apart
		apart = unicode.IsSpace(c) || unicode.IsPunct(c)
		switch {
		case i == 0, unicode.IsSpace(c), unicode.IsMark(c):
		case begins && !apart:
			parts = append(parts, NameMatch{Rank: rankWord, Key: key[i:]})
		default:
			parts = append(parts, NameMatch{Rank: rankWithin, Key: key[i:]})
		}
	}
	return parts
}

// searchCursor continues a search behind the last room given of either kind.
type searchCursor struct {
	Public string `json:"p,omitempty"` // FoundRoom.Cursor; "" if none was given yet
	Own    *place `json:"m,omitempty"`
}

// result is a room found, with its place among the others.
type result struct {
	room   Room
	place  place
	cursor string // of the store, for public ones
}

// Search gives the rooms that the viewer may see and whose name has the text in
// it: public ones and the viewer's own private ones, or, for guests, their own
// ones; names that begin with the text first, then those of which a word does. A
// text of nothing but signs that do not count finds none. What it returns as next, given as after,
// continues the search; "" says that it is over. Errors: CodeInvalid and
// CodeTooLarge on "text", "after" or "limit".
func (r *Rooms) Search(ctx context.Context, viewer User, text, after string, limit int) (rooms []Room, next string, err error) {
	if text, err = r.rules.searchText("text", text, r.rules.limits.RoomName); err != nil {
		return nil, "", err
	}
	if limit, err = r.rules.limits.roomPage(limit); err != nil {
		return nil, "", err
	}
	var cursor searchCursor
	if err := parseCursor(after, &cursor); err != nil {
		return nil, "", err
	}
	typed := text
	if text = r.key(typed); text == "" && typed != "" {
		return []Room{}, "", nil
	}
	var public []result
	if mayListRooms(viewer) {
		if public, err = r.searchPublic(ctx, text, cursor, limit+1); err != nil {
			return nil, "", err
		}
	}
	own, err := r.searchOwn(ctx, viewer, text, cursor)
	if err != nil {
		return nil, "", err
	}
	results := slices.Concat(public, own)
	slices.SortFunc(results, func(a, b result) int { return a.place.compare(b.place) })
	more := len(results) > limit
	rooms = make([]Room, 0, min(limit, len(results)))
	for _, found := range results[:min(limit, len(results))] {
		rooms = append(rooms, found.room)
		cursor = cursor.behind(found)
	}
	if more {
		next = formatCursor(cursor)
	}
	return rooms, next, nil
}

func (r *Rooms) searchPublic(ctx context.Context, text string, cursor searchCursor, limit int) ([]result, error) {
	found, err := r.store.SearchPublicRooms(ctx, RoomSearch{Text: text, After: cursor.Public, Limit: limit})
	if err != nil {
		return nil, err
	}
	results := make([]result, 0, len(found))
	for _, f := range found {
		match, _ := MatchName(r.key(f.Name), text)
		results = append(results, result{room: f.Room, place: placeOf(match, int64(f.ID)), cursor: f.Cursor})
	}
	return results, nil
}

// searchOwn looks through the viewer's own list, which is short, for what is
// not found among the public rooms.
func (r *Rooms) searchOwn(ctx context.Context, viewer User, text string, cursor searchCursor) ([]result, error) {
	subs, err := r.store.Subscriptions(ctx, viewer.ID)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, sub := range subs {
		if sub.Kind == RoomDirect || sub.Kind == RoomPublic && mayListRooms(viewer) {
			continue
		}
		match, ok := MatchName(r.key(sub.Name), text)
		at := placeOf(match, int64(sub.ID))
		if !ok || cursor.Own != nil && at.compare(*cursor.Own) <= 0 {
			continue
		}
		results = append(results, result{room: sub.Room, place: at})
	}
	return results, nil
}

func (c searchCursor) behind(found result) searchCursor {
	if found.cursor != "" {
		c.Public = found.cursor
	} else {
		c.Own = &found.place
	}
	return c
}
