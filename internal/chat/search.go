package chat

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// RoomMatch is how well a room matches a search, and so its place among the
// results: in the order of Rank, then of Key, then of the room's id.
type RoomMatch struct {
	Rank int    // 0: the name begins with the text; 1: a later word of it does
	Key  string // the folded name from where it matches
}

// MatchRoom tells whether and how a room of that folded name matches the
// folded text. Stores and services share it so that their orders are one.
func MatchRoom(foldedName, text string) (match RoomMatch, ok bool) {
	if strings.HasPrefix(foldedName, text) {
		return RoomMatch{Key: foldedName}, true
	}
	for _, tail := range LaterWords(foldedName) {
		if strings.HasPrefix(tail, text) && (!ok || tail < match.Key) {
			match, ok = RoomMatch{Rank: 1, Key: tail}, true
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
	Public  string         `json:"p,omitempty"` // FoundRoom.Cursor; "" if none was given yet
	Private *privateCursor `json:"m,omitempty"`
}

type privateCursor struct {
	Rank int    `json:"r,omitempty"`
	Key  string `json:"k"`
	Room RoomID `json:"i"`
}

// result is a room found, with its place among the others.
type result struct {
	room   Room
	match  RoomMatch
	cursor string // of the store, for public ones
}

func (a result) compare(b result) int {
	return cmp.Or(
		cmp.Compare(a.match.Rank, b.match.Rank),
		cmp.Compare(a.match.Key, b.match.Key),
		cmp.Compare(a.room.ID, b.room.ID))
}

// Search gives the rooms that the viewer may see and of whose name a word
// begins with the text: public ones and the viewer's own private ones, names
// that begin with the text first. What it returns as next, given as after,
// continues the search; "" says that it is over. Errors: CodeInvalid and
// CodeTooLarge on "text", "after" or "limit".
func (r *Rooms) Search(ctx context.Context, viewer User, text, after string, limit int) (rooms []Room, next string, err error) {
	if text, err = r.rules.searchText("text", text, r.rules.limits.RoomName); err != nil {
		return nil, "", err
	}
	if limit, err = r.rules.limits.pageSize(limit, r.rules.limits.EntriesPerPage); err != nil {
		return nil, "", err
	}
	cursor, err := parseSearchCursor(after)
	if err != nil {
		return nil, "", err
	}
	text = r.fold(text)
	public, err := r.searchPublic(ctx, text, cursor, limit+1)
	if err != nil {
		return nil, "", err
	}
	private, err := r.searchPrivate(ctx, viewer, text, cursor)
	if err != nil {
		return nil, "", err
	}
	results := slices.Concat(public, private)
	slices.SortFunc(results, result.compare)
	more := len(results) > limit
	rooms = make([]Room, 0, min(limit, len(results)))
	for _, found := range results[:min(limit, len(results))] {
		rooms = append(rooms, found.room)
		cursor = cursor.behind(found)
	}
	if more {
		next = cursor.String()
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
		match, _ := MatchRoom(r.fold(f.Name), text)
		results = append(results, result{room: f.Room, match: match, cursor: f.Cursor})
	}
	return results, nil
}

// searchPrivate looks through the viewer's own list, which is short.
func (r *Rooms) searchPrivate(ctx context.Context, viewer User, text string, cursor searchCursor) ([]result, error) {
	subs, err := r.store.Subscriptions(ctx, viewer.ID)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, sub := range subs {
		if sub.Kind != RoomPrivate {
			continue
		}
		match, ok := MatchRoom(r.fold(sub.Name), text)
		found := result{room: sub.Room, match: match}
		if !ok || cursor.Private != nil && found.compare(cursor.Private.result()) <= 0 {
			continue
		}
		results = append(results, found)
	}
	return results, nil
}

func (c privateCursor) result() result {
	return result{room: Room{ID: c.Room}, match: RoomMatch{Rank: c.Rank, Key: c.Key}}
}

func (c searchCursor) behind(found result) searchCursor {
	if found.cursor != "" {
		c.Public = found.cursor
	} else {
		c.Private = &privateCursor{Rank: found.match.Rank, Key: found.match.Key, Room: found.room.ID}
	}
	return c
}

func (c searchCursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers can always be marshalled
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseSearchCursor(s string) (searchCursor, error) {
	var c searchCursor
	if s == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return c, ErrorIn("after", CodeInvalid, "This is no place in a list.")
	}
	return c, nil
}
