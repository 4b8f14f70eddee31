package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// NameMatch is how well the name of a room or a user matches a search, and so
// its place among the results: in the order of Rank, then of Key, then of id.
type NameMatch struct {
	Rank int    // 0: the name begins with the text; 1: a later word of it does
	Key  string // the folded name from where it matches
}

// MatchName tells whether and how a folded name matches the folded text. Stores and services share it so that their orders are one.
func MatchName(foldedName, text string) (match NameMatch, ok bool) {
	if strings.HasPrefix(foldedName, text) {
		return NameMatch{Key: foldedName}, true
	}
	for _, tail := range LaterWords(foldedName) {
		if strings.HasPrefix(tail, text) && (!ok || tail < match.Key) {
			match, ok = NameMatch{Rank: 1, Key: tail}, true
		}
	}
	return match, ok
}

// LaterWords gives the name from the beginning of each of its words on, except
// from the very first character. White space and punctuation part words.
func LaterWords(foldedName string) []string {
	var tails []string
	apart := false
	for i, c := range foldedName {
		parts := unicode.IsSpace(c) || unicode.IsPunct(c)
		if apart && !parts {
			tails = append(tails, foldedName[i:])
		}
		apart = parts
	}
	return tails
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

// Search gives the rooms that the viewer may see and of whose name a word
// begins with the text: public ones and the viewer's own private ones, or, for
// guests, their own ones; names that begin with the text first. What it returns as next, given as after,
// continues the search; "" says that it is over. Errors: CodeInvalid and
// CodeTooLarge on "text", "after" or "limit".
func (r *Rooms) Search(ctx context.Context, viewer User, text, after string, limit int) (rooms []Room, next string, err error) {
	if text, err = r.rules.searchText("text", text, r.rules.limits.RoomName); err != nil {
		return nil, "", err
	}
	if limit, err = r.rules.limits.pageSize(limit, r.rules.limits.EntriesPerPage); err != nil {
		return nil, "", err
	}
	var cursor searchCursor
	if err := parseCursor(after, &cursor); err != nil {
		return nil, "", err
	}
	text = r.fold(text)
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
		match, _ := MatchName(r.fold(f.Name), text)
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
		match, ok := MatchName(r.fold(sub.Name), text)
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
