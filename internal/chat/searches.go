package chat

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Searches is the service that searches messages.
type Searches struct {
	*core
	rooms *Rooms
}

// SearchInput is a search for messages as somebody asks for it.
type SearchInput struct {
	Text  string // words, "phrases" and operators; see docs/PROTOCOL.md, "Search"
	Room  RoomID // search only this room; 0: all rooms
	After string // FoundMessages.Next, to continue
	Limit int
	// Zone is where the days of before:, after: and on: begin; default UTC.
	Zone *time.Location
}

// FoundMessages is a page of results.
type FoundMessages struct {
	MessageHits
	Hints []string // sentences about parts of the text that could not be used
}

// namesPerFilter is how many people or rooms one from: or in: stands for at most.
const namesPerFilter = 10

// Messages searches the messages of all rooms that the viewer is a member of, newest
// first. With Room or in:, it searches only those rooms: also public ones that the viewer
// may see without being a member. Permissions are those at the moment of the search.
// Errors: CodeInvalid and CodeTooLarge on "q", "after" or "limit"; CodeNotFound on
// "room" if the viewer may not see it.
func (s *Searches) Messages(ctx context.Context, viewer User, input SearchInput) (FoundMessages, error) {
	limits := s.rules.limits
	switch {
	case !utf8.ValidString(input.Text) || strings.ContainsRune(input.Text, 0):
		return FoundMessages{}, ErrorIn("q", CodeInvalid, "The search text is not valid.")
	case utf8.RuneCountInString(input.Text) > limits.SearchText:
		return FoundMessages{}, ErrorIn("q", CodeTooLarge, "A search may have at most %d characters.", limits.SearchText)
	}
	limit, err := limits.pageSize(input.Limit, limits.SearchPerPage)
	if err != nil {
		return FoundMessages{}, err
	}
	if input.Zone == nil {
		input.Zone = time.UTC
	}
	query := parseSearch(input.Text, s.now().In(input.Zone))
	search := MessageSearch{
		By: viewer.ID, Terms: query.terms, Has: query.has, From: query.from, Until: query.until,
		After: input.After, Limit: limit, Candidates: limits.SearchCandidates, Tail: limits.SearchTail,
	}
	if search.Authors, err = s.authors(ctx, viewer, &query); err != nil {
		return FoundMessages{}, err
	}
	if search.Rooms, err = s.scope(ctx, viewer, input.Room, &query); err != nil {
		return FoundMessages{}, err
	}
	found := FoundMessages{MessageHits: MessageHits{Hits: []MessageHit{}}, Hints: query.hints}
	if isEmpty(search) {
		return found, nil
	}
	found.MessageHits, err = s.store.FindMessages(ctx, search)
	return found, err
}

// isEmpty reports whether the search has no condition but the rooms.
func isEmpty(search MessageSearch) bool {
	return len(search.Terms) == 0 && search.Authors == nil && search.From.IsZero() && search.Until.IsZero() && len(search.Has) == 0
}

// authors resolves the names behind from:. One that nobody has is left out, with a
// hint.
func (s *Searches) authors(ctx context.Context, viewer User, query *searchQuery) ([]UserID, error) {
	var ids []UserID
	for _, name := range query.authors {
		if strings.EqualFold(name, "me") {
			ids = append(ids, viewer.ID)
			continue
		}
		users, err := s.named(ctx, name)
		if err != nil {
			return nil, err
		}
		for _, user := range users {
			ids = append(ids, user.ID)
		}
		if len(users) == 0 {
			query.hint("Nobody is called " + name + ", so from: was left out.")
		}
	}
	return ids, nil
}

// named returns the user of that name or, if there is none, those whose names contain a
// word that begins with it.
func (s *Searches) named(ctx context.Context, name string) (users []User, err error) {
	key := s.key(strings.TrimPrefix(name, "@"))
	if key == "" {
		return nil, nil
	}
	found, err := s.store.SearchUsers(ctx, UserSearch{Text: key, Limit: namesPerFilter})
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		has := s.key(f.Username)
		if has == key {
			return []User{f.User}, nil
		}
		if match, ok := MatchName(has, key); ok && match.Rank < rankWithin {
			users = append(users, f.User)
		}
	}
	return users, nil
}

// scope returns the rooms to search, or nil for all that the viewer is a member of.
func (s *Searches) scope(ctx context.Context, viewer User, only RoomID, query *searchQuery) ([]RoomID, error) {
	if only != 0 {
		if _, err := s.seen(ctx, viewer, only); err != nil {
			return nil, err
		}
		return []RoomID{only}, nil
	}
	if len(query.rooms) == 0 {
		return nil, nil
	}
	var ids []RoomID
	for _, name := range query.rooms {
		found, err := s.roomsNamed(ctx, viewer, name)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			query.hint("You can see no room called " + name + ", so in: was left out.")
		}
		ids = append(ids, found...)
	}
	return ids, nil
}

// roomsNamed returns the rooms that the viewer may read with that name or, if there is
// none, with a word in their name that begins with it; a direct conversation has the name of the other user.
func (s *Searches) roomsNamed(ctx context.Context, viewer User, name string) (ids []RoomID, err error) {
	key := s.key(strings.TrimLeft(name, "#@"))
	if key == "" {
		return nil, nil
	}
	if !strings.HasPrefix(name, "@") {
		if ids, err = s.rooms.beginning(ctx, viewer, key); err != nil || len(ids) > 0 {
			return ids, err
		}
	}
	users, err := s.named(ctx, name)
	if err != nil {
		return nil, err
	}
	peers := make([]UserID, len(users))
	for i, user := range users {
		peers[i] = user.ID
	}
	return s.store.ConversationsWith(ctx, viewer.ID, peers)
}

// beginning returns the rooms for roomsNamed.
func (r *Rooms) beginning(ctx context.Context, viewer User, key string) (ids []RoomID, err error) {
	rooms, _, err := r.Search(ctx, viewer, key, "", namesPerFilter)
	if err != nil {
		return nil, err
	}
	for _, room := range rooms {
		match, ok := MatchName(r.key(room.Name), key)
		if !ok || match.Rank == rankWithin {
			continue
		}
		switch _, err := r.seen(ctx, viewer, room.ID); {
		case CodeOf(err) == CodeForbidden || CodeOf(err) == CodeNotFound:
			continue
		case err != nil:
			return nil, err
		}
		if r.key(room.Name) == key {
			return []RoomID{room.ID}, nil
		}
		ids = append(ids, room.ID)
	}
	return slices.Clip(ids), nil
}
