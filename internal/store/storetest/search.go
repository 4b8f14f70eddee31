package storetest

import (
	"fmt"
	"testing"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

// roomNames gives the names on one page.
func roomNames(t *testing.T, f *fixture, text, after string, limit int) (names []string, last string) {
	t.Helper()
	found, err := f.SearchPublicRooms(t.Context(), chat.RoomSearch{Text: naming.SearchKey(text), After: after, Limit: limit})
	if err != nil {
		t.Fatalf("SearchPublicRooms(%q): %v", text, err)
	}
	names = []string{}
	for _, room := range found {
		names = append(names, room.Name)
		last = room.Cursor
	}
	return names, last
}

// allRoomNames gives the names on all pages of that size.
func allRoomNames(t *testing.T, f *fixture, text string, limit int) []string {
	t.Helper()
	all, after := []string{}, ""
	for range 100 {
		names, last := roomNames(t, f, text, after, limit)
		all = append(all, names...)
		if len(names) < limit {
			return all
		}
		after = last
	}
	t.Fatalf("searching %q does not end; so far %q", text, all)
	return nil
}

var searchContracts = []contract{
	{"names that begin with the text come first, then those with a later word that does, then all others with it", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{
			"Old Chess", "chess", "Team chat", "Chat", "Checkers", "match", "chat-chart", "The chat of chats", "go", "Beach church",
			"Techno", "each beach",
		} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		sorted := []string{
			"Chat", "chat-chart", "Checkers", "chess", // by name
			"Team chat", "The chat of chats", "Old Chess", "Beach church", // by the word that matches
			"match", "each beach", "Techno", // by what follows
		}
		for _, limit := range []int{1, 2, 3, 4, 5, 6, 50} {
			want(t, fmt.Sprintf("in pages of %d", limit), allRoomNames(t, f, "ch", limit), sorted)
		}
		names, _ := roomNames(t, f, "chat of", "", 10)
		want(t, "of several words", names, []string{"The chat of chats"})
		names, _ = roomNames(t, f, "zzz", "", 10)
		want(t, "of nothing", names, []string{})
	}},
	{"an empty text finds everything, by name", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{"b c", "C", "a"} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		for _, limit := range []int{1, 3, 50} {
			want(t, fmt.Sprintf("in pages of %d", limit), allRoomNames(t, f, "", limit), []string{"a", "b c", "C", "main"})
		}
	}},
	{"the text of a search is never taken for a pattern", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{`100% "pure"`, "a_b", "axb", "it's", "日本 チャット", "🎉 party 🎉"} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		for text, found := range map[string][]string{
			"%": {`100% "pure"`}, "100%": {`100% "pure"`}, "pure": {`100% "pure"`}, "a_": {"a_b"}, "it'": {"it's"}, "_b": {"a_b"},
			"*": {}, "日": {"日本 チャット"}, "チャ": {"日本 チャット"}, "🎉": {"🎉 party 🎉"}, "party 🎉": {"🎉 party 🎉"}, `\`: {},
		} {
			names, _ := roomNames(t, f, text, "", 10)
			want(t, "search for "+text, names, found)
		}
	}},
	{"private rooms and conversations are not found", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		f.room(t, ann, chat.RoomPrivate, "secret den")
		f.room(t, ann, chat.RoomDirect, "secret talk")
		f.room(t, ann, chat.RoomPublic, "secret garden")
		for _, text := range []string{"secret", "den", "talk", ""} {
			for _, name := range allRoomNames(t, f, text, 10) {
				if name != "secret garden" && name != "main" {
					t.Errorf("search for %q found %q", text, name)
				}
			}
		}
	}},
	{"accents, typographic signs and the width of characters make no difference", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{
			"Café", "Naïve", "İstanbul", "d’accord", "Łódź", "Đà Nẵng", "Ελλάδα", "ёлка", "self–hosted", "ＡＢＣ", "أحمد", "かき", "がき",
		} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		for text, found := range map[string][]string{
			"cafe": {"Café"}, "afe": {"Café"}, "CAFÉ": {"Café"}, "cafe\u0301": {"Café"}, "naive": {"Naïve"}, "istanbul": {"İstanbul"},
			"d'accord": {"d’accord"}, "lodz": {"Łódź"}, "da nang": {"Đà Nẵng"}, "ελλαδα": {"Ελλάδα"}, "елка": {"ёлка"},
			"self-hosted": {"self–hosted"}, "self hosted": {"self–hosted"}, "abc": {"ＡＢＣ"}, "احمد": {"أحمد"}, "か": {"かき"}, "カキ": {"かき"},
		} {
			names, _ := roomNames(t, f, text, "", 10)
			want(t, "search for "+text, names, found)
		}
	}},
	{"names in scripts without spaces are found by any part", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{"日本語チャンネル", "東京営業部", "产品设计讨论", "ไทยห้องแชท", "한국어방"} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		for text, found := range map[string][]string{
			"チャンネル": {"日本語チャンネル"}, "ル": {"日本語チャンネル"}, "営業": {"東京営業部"}, "设计": {"产品设计讨论"}, "ห้อง": {"ไทยห้องแชท"},
			"국어": {"한국어방"}, "한": {"한국어방"}, "구": {"한국어방"}, "계": {},
		} {
			names, _ := roomNames(t, f, text, "", 10)
			want(t, "search for "+text, names, found)
		}
	}},
	{"a name that contains the text more than once is found once", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, name := range []string{"banana", "an anagram", "ban an ant", "manana", "anna"} {
			f.room(t, ann, chat.RoomPublic, name)
		}
		for _, limit := range []int{1, 2, 3, 9} {
			want(t, fmt.Sprintf("in pages of %d", limit), allRoomNames(t, f, "an", limit),
				[]string{"an anagram", "anna", "ban an ant", "banana", "manana"})
			want(t, fmt.Sprintf("a, in pages of %d", limit), allRoomNames(t, f, "a", limit),
				[]string{"an anagram", "anna", "ban an ant", "banana", "manana", "main"})
		}
	}},
	{"a public room is returned for its whole name only", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "Den of Ann")
		f.room(t, ann, chat.RoomPrivate, "attic")
		want(t, "room", must[chat.Room](t)(f.PublicRoomNamed(t.Context(), "den of ann")), den)
		for _, name := range []string{"den of an", "den", "ann", "attic", ""} {
			_, err := f.PublicRoomNamed(t.Context(), name)
			wantCode(t, "PublicRoomNamed "+name, err, chat.CodeNotFound, "")
		}
	}},
	{"a renamed room is found by its new name only", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "old name")
		name, folded := "New Title", "new title"
		must[chat.Room](t)(f.ChangeRoom(t.Context(), nil, room.ID, chat.RoomChange{Name: &name, FoldedName: &folded}))
		for text, found := range map[string][]string{
			"old": {}, "name": {}, "new": {"New Title"}, "title": {"New Title"},
		} {
			names, _ := roomNames(t, f, text, "", 10)
			want(t, "search for "+text, names, found)
		}
	}},
	{"a search returns rooms in their current state", func(t *testing.T, f *fixture) {
		room := f.room(t, f.user(t, "ann"), chat.RoomPublic, "my den")
		for _, text := range []string{"my", "den"} {
			found := must[[]chat.FoundRoom](t)(f.SearchPublicRooms(t.Context(), chat.RoomSearch{Text: text, Limit: 2}))
			if len(found) != 1 {
				t.Fatalf("search for %q: got %d rooms, want 1", text, len(found))
			}
			want(t, "room", found[0].Room, room)
		}
	}},
	{"an invalid cursor is refused", func(t *testing.T, f *fixture) {
		for _, cursor := range []string{"x", "??", " "} {
			_, err := f.SearchPublicRooms(t.Context(), chat.RoomSearch{Text: "a", After: cursor, Limit: 2})
			wantCode(t, "cursor "+cursor, err, chat.CodeInvalid, "after")
		}
	}},
}
