package chat

import (
	"context"
	"slices"
	"strings"
	"unicode"
)

// SearchKey returns the form in which a search compares names and search texts. It
// is idempotent: the key of a key is the key itself.
type SearchKey func(name string) string

// The ranks of a NameMatch, best first.
const (
	rankBegins = iota // the name begins with the text
	rankWord          // a later word of the name begins with it
	rankWithin        // the text occurs elsewhere in the name

	// LastRank is the lowest rank.
	LastRank = rankWithin
)

// NameMatch is how well the name of a room or a user matches a search. Results are
// ordered by Rank, then Key, then id.
type NameMatch struct {
	Rank int    // 0: the name begins with the text; 1: a later word does; 2: the name contains the text
	Key  string // the rest of the name's SearchKey, from the match on
}

// MatchName reports whether, and how well, a name's search key matches that of a
// text. Stores and services share it so that they order results alike.
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

// MatchUser is MatchName for a user, who is found by the username and by the display name. A
// text at the beginning of the display name ranks like one at the beginning of a word.
func MatchUser(username, displayName, text string) (match NameMatch, ok bool) {
	if displayName == "" {
		return MatchName(username, text)
	}
	for _, part := range UserParts(username, displayName) {
		if strings.HasPrefix(part.Key, text) && (!ok || part.before(match)) {
			match, ok = part, true
		}
	}
	return match, ok
}

// UserParts returns what MatchUser compares a text with: the parts of the username, and
// those of the display name that differ from them.
func UserParts(username, displayName string) []NameMatch {
	parts := NameParts(username)
	if displayName == "" {
		return parts
	}
	for _, part := range NameParts(displayName) {
		part.Rank = max(part.Rank, rankWord)
		if !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// NameParts returns every suffix of a search key with the rank that a text gets
// which the suffix begins with. White space and punctuation separate words. No
// suffix begins with a space or a combining mark, except that the key itself always
// comes first.
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

// searchCursor continues a search after the last public and the last private room
// returned.
type searchCursor struct {
	Public string `json:"p,omitempty"` // FoundRoom.Cursor; "": none returned yet
	Own    *place `json:"m,omitempty"`
}

// result is a matching room with its place in the results.
type result struct {
	room   Room
	place  place
	cursor string // the store's cursor, for public rooms
}

// Search returns the rooms that the viewer may see and whose name contains the
// text: public rooms and the viewer's own private ones or, for guests, only their
// own. Names that begin with the text come first, then names with a word that
// begins with it. A text of nothing but ignored characters finds nothing. Pass next
// as after to continue the search; "" means that this was the last page. Errors:
// CodeInvalid and CodeTooLarge on "text", "after" or "limit".
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

// searchOwn searches the viewer's own rooms, except those that searchPublic finds.
// The list is short.
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
