package redis

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

// During a rolling upgrade, nodes of two versions exchange events. testdata/frames.txt
// has the events below as the version that introduced their form writes them, and
// testdata/frames-first.txt as the first release does, which knows no revs.

func at(second int) time.Time { return time.Date(2026, 3, 1, 12, 30, second, 123e6, time.UTC) }

// published returns an event of each type with a different value in every field.
func published() []chat.Event {
	expires, accuracy := at(10), 12.5
	author := chat.Author{ID: 7, Username: "bob", Kind: chat.KindGuest}
	user := chat.User{ID: 9, Username: "ada <3", Kind: chat.KindMember, Role: chat.RoleAdmin, CreatedAt: at(1), Banned: true}
	message := chat.Message{
		Room: 3, Seq: 41, Rev: 57, ClientID: "0190d1c8-7d2f-7cc3-98a0-4a1f3f6d7a11", Author: author,
		Kind: chat.MessageText, Body: "<b>\"tea\"</b>\n\u2028🎉",
		Notice:   &chat.Notice{Kind: chat.NoticeRemoved, User: chat.Author{ID: 8, Username: "eve", Kind: chat.KindBot}},
		Location: &chat.Location{Latitude: 52.5, Longitude: -13.25, Accuracy: &accuracy, Time: at(2)},
		Mentions: []chat.Mention{{User: 9, Text: "@Ada"}}, MentionsRoom: true,
		CreatedAt: at(3), EditedAt: at(4), Deleted: true, Shortened: true,
	}
	room := chat.Room{
		ID: 3, Kind: chat.RoomPrivate, Name: "tea & cake", Topic: "which <tea>?", CreatedAt: at(5), Members: 12, Seq: 41, Rev: 57,
	}
	last, peer := message, user
	named, known := user, author
	named.Profile = chat.Profile{
		DisplayName: "Ada <3", Status: chat.Status{Emoji: "🌴", Text: "away", Until: at(11)}, Rev: 23,
	}
	known.DisplayName, known.ProfileRev = "Bob", 24
	return []chat.Event{
		chat.MessagePut{Message: &message},
		chat.MessagePut{Message: &chat.Message{Room: 3, Seq: 1, Rev: 1, ClientID: "c", Author: author, Kind: chat.MessageText, CreatedAt: at(3)}},
		chat.MessagePut{Message: &chat.Message{
			Room: 3, Seq: 2, Rev: 9, ClientID: "d", Author: author, Kind: chat.MessageText, CreatedAt: at(3),
			Reactions: []chat.Reaction{{Emoji: "👍🏽", Count: 12, Users: []chat.Author{author}}},
		}},
		chat.ReactionsPut{Room: 3, Rev: 11, Changes: []chat.ReactionPut{
			{Seq: 2, User: author, Emoji: "👍🏽", On: true, Count: 13}, {Seq: 2, User: author, Emoji: "❤️"},
		}},
		chat.MessagePut{Message: &chat.Message{
			Room: 3, Seq: 2, Rev: 2, ClientID: "c", Author: author, Kind: chat.MessageFile, CreatedAt: at(3),
			Files: []chat.FileInfo{
				{ID: 51, Name: "tea", Type: "image/jpeg", Size: 9, Width: 40, Height: 30}, {ID: 52, Name: "plan", Type: "text/plain", Size: 8},
			},
		}},
		chat.RoomChanged{Rev: 58, Room: room},
		chat.MemberPut{Rev: 59, Room: 3, Member: chat.Member{User: user, Role: chat.RoleMember}},
		chat.MemberGone{Rev: 60, Room: 3, User: 10, Reason: chat.GoneBanned},
		chat.MemberGone{Rev: 60, Room: 3, User: 10},
		chat.SubscriptionPut{User: 102, Rev: 13, Subscription: chat.Subscription{
			Room: room,
			Membership: chat.Membership{
				Room: 3, User: 102, Role: chat.RoleMember, ReadSeq: 40, JoinedAt: at(6), Rev: 14, RoomRev: 103, Peer: 104, HiddenUntil: 105, Hidden: true, Marked: 12, Level: chat.LevelMuted,
			},
			Unread: 11, Mentions: []int64{41, 43}, Last: &last, Peer: &peer,
		}},
		chat.SubscriptionPut{User: 102, Rev: 13, Subscription: chat.Subscription{
			Room: room, Membership: chat.Membership{Room: 3, User: 102, Role: chat.RoleMember, JoinedAt: at(6)},
		}},
		chat.SubscriptionGone{User: 102, Rev: 15, Room: 4, Reason: chat.GoneRemoved},
		chat.SubscriptionGone{User: 102, Rev: 15, Room: 4},
		chat.Invited{
			User: 102, Rev: 16, ID: 31, Token: "secret", By: author, ExpiresAt: &expires,
			Room: &chat.JoinRoom{ID: 3, Kind: chat.RoomPublic, Name: "tea", Topic: "cake", Members: 12},
		},
		chat.Invited{User: 102, Rev: 16, By: author},
		chat.InvitationGone{User: 102, Rev: 17, ID: 32},
		chat.MessagePut{Message: &chat.Message{
			Room: 3, Seq: 2, Rev: 9, ClientID: "d", Author: author, Kind: chat.MessageText, CreatedAt: at(3), Pinned: &chat.Pin{By: author, At: at(7)},
		}},
		chat.MessagePut{Message: &chat.Message{Room: 3, Seq: 1, Rev: 1, ClientID: "c", Author: known, Kind: chat.MessageText, CreatedAt: at(3)}},
		chat.BookmarkPut{User: 102, Rev: 21, Room: 3, Seq: 2, On: true},
		chat.ThreadPut{User: 102, Rev: 22, Room: 3, Root: 2, Follows: true, ReadSeq: 40},
		chat.UserPut{User: user, Rev: 18},
		chat.SettingsPut{User: 102, Rev: 21, Settings: chat.Settings{
			Level: chat.LevelNothing, Quiet: &chat.QuietHours{From: 1320, To: 420, Zone: "Europe/Paris"}, Rev: 22,
		}},
		chat.SettingsPut{User: 102, Rev: 21, Settings: chat.Settings{Level: chat.LevelEverything, Rev: 22}},
		chat.UserBanned{User: 102, Rev: 19},
		chat.SessionEnded{User: 102, Rev: 20, Session: "hash", Reason: chat.EndRevoked},
		chat.Typing{Room: 3, User: author, For: 6 * time.Second},
		chat.PresencePut{Presence: chat.Presence{User: 7, State: chat.PresenceAway}},
		chat.ProfilePut{User: named},
		chat.SeatsChanged{Room: 3, By: "node"},
		chat.RoomOffered{User: 102, By: author, Username: "cid", Room: "tea & cake", URL: "/?room=tea"},
		chat.ObjectSent{Room: 3, ClientID: "c", Object: "{\"colour\":\"red\"}", Keep: []string{"time"}, By: "node"},
		chat.RoomGone{Rev: 61, Room: 3},
		chat.RoomChanged{Rev: 62, Room: chat.Room{ID: 3, Kind: chat.RoomPublic, Name: "tea", CreatedAt: at(5), ArchivedAt: at(7)}},
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

func read(t *testing.T, line string) chat.Event {
	t.Helper()
	kind, payload, _ := strings.Cut(line, " ")
	event, err := decode(kind, payload)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return event
}

func TestNodesOfThisVersionAndTheOneBeforeUnderstandEachOther(t *testing.T) {
	events, before := published(), lines(t, "testdata/frames.txt")
	if len(events) != len(before) {
		t.Fatalf("got %d events of the version before, want %d", len(before), len(events))
	}
	for i, event := range events {
		if got := read(t, before[i]); !reflect.DeepEqual(got, event) {
			t.Errorf("%s\nread as %+v, want %+v", before[i], got, event)
		}
		// The same bytes are read by the version before, whatever its reader does.
		if got, err := encode(event); err != nil || got != before[i] {
			t.Errorf("%T: %v\n got %s\nwant %s", event, err, got, before[i])
		}
	}
}

func TestNodesOfThisVersionAndTheFirstUnderstandEachOther(t *testing.T) {
	var events []chat.Event
	for _, event := range published() {
		switch e := event.(type) {
		case chat.InvitationGone, chat.SeatsChanged, chat.RoomOffered, chat.ObjectSent, chat.ReactionsPut, chat.SettingsPut, chat.BookmarkPut, chat.ThreadPut, chat.RoomGone, chat.ProfilePut: // which the first release does not know
		case chat.RoomChanged:
			if !e.Room.Archived() {
				events = append(events, event)
			}
		case chat.MessagePut:
			if len(e.Message.Reactions) == 0 && len(e.Message.Files) == 0 && e.Message.Pinned == nil && e.Message.Author.ProfileRev == 0 {
				events = append(events, event)
			}
		default:
			events = append(events, event)
		}
	}
	first := lines(t, "testdata/frames-first.txt")
	if len(events) != len(first) {
		t.Fatalf("got %d events of the first release, want %d", len(first), len(events))
	}
	for i, event := range events {
		if got, want := read(t, first[i]), withoutRevs(event); !reflect.DeepEqual(got, want) {
			t.Errorf("%s\nread as %+v, want %+v", first[i], got, want)
		}
		// The first release ignores members that it does not know, so it needs those
		// that it writes itself.
		kind, want, _ := strings.Cut(first[i], " ")
		got, err := encode(event)
		payload, sameKind := strings.CutPrefix(got, kind+" ")
		if err != nil || !sameKind || !contains(parse(t, payload), parse(t, want)) {
			t.Errorf("%T: %v\n got %s\nwant everything of %s", event, err, got, first[i])
		}
	}
}

// withoutRevs removes what the first release does not know: revs, ids of invitations,
// that a body is shortened, marks and mentions.
func withoutRevs(event chat.Event) chat.Event {
	switch e := event.(type) {
	case chat.MessagePut:
		message := firstMessage(*e.Message)
		e.Message = &message
		return e
	case chat.RoomChanged:
		e.Rev = 0
		return e
	case chat.MemberPut:
		e.Rev = 0
		return e
	case chat.MemberGone:
		e.Rev = 0
		return e
	case chat.SubscriptionPut:
		e.Subscription.Mentions, e.Subscription.Membership.Level = nil, chat.LevelDefault
		e.Rev, e.Subscription.Membership.Rev, e.Subscription.Membership.RoomRev, e.Subscription.Membership.Marked = 0, 0, 0, 0
		if e.Subscription.Last != nil {
			last := firstMessage(*e.Subscription.Last)
			e.Subscription.Last = &last
		}
		return e
	case chat.SubscriptionGone:
		e.Rev = 0
		return e
	case chat.Invited:
		e.Rev, e.ID = 0, 0
		return e
	case chat.UserPut:
		e.Rev = 0
		return e
	case chat.UserBanned:
		e.Rev = 0
		return e
	case chat.SessionEnded:
		e.Rev = 0
		return e
	default:
		return event
	}
}

func firstMessage(m chat.Message) chat.Message {
	m.Shortened, m.Mentions, m.MentionsRoom = false, nil, false
	return m
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// contains reports whether an object has all members of another one.
func contains(whole, part any) bool {
	members, ok := part.(map[string]any)
	if !ok {
		return reflect.DeepEqual(whole, part)
	}
	object, ok := whole.(map[string]any)
	if !ok {
		return false
	}
	for name, value := range members {
		if !contains(object[name], value) {
			return false
		}
	}
	return true
}
