package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
	"partychat/internal/wire"
)

// shape is an example of what goes over the wire.
type shape struct {
	name  string // of its type; bare: without everything that may be absent
	value any
}

// shapes lists the examples in the order of testdata/shapes.txt.
func shapes() []shape {
	sub := exampleSubscription()
	direct := chat.Subscription{
		Room:       chat.Room{ID: 4, Kind: chat.RoomDirect, CreatedAt: at(5)},
		Membership: chat.Membership{Role: chat.RoleMember, JoinedAt: at(6)},
	}
	plain := chat.Message{
		Room: 3, Seq: 1, Rev: 1, ClientID: "c", Author: exampleAuthor(), Kind: chat.MessageText, Body: "hi", CreatedAt: at(3),
	}
	user := chat.User{ID: 9, Username: "eve", Kind: chat.KindGuest, Role: chat.RoleMember, CreatedAt: at(1)}
	location := (*wire.Location)(exampleLocation())
	presence := wire.PresenceOf([]chat.Presence{examplePresence()})
	return []shape{
		{"Auth", wire.Auth{
			Protocol: pointer(2), Token: "t", Known: &wire.Known{User: 9, Rev: 13, Rooms: map[chat.RoomID]int64{3: 57, 12: 4}},
		}},
		{"Auth bare", wire.Auth{}},
		{"Failure", wire.FailureOf(exampleError())},
		{"Failure bare", wire.FailureOf(chat.Errorf(chat.CodeNotFound, "Gone."))},
		{"Done", wire.Done{OK: true}},
		{"SendCommand", wire.SendCommand{Room: 3, ClientID: "c", Kind: chat.MessageLocation, Body: "b", Location: location, ReplyTo: 39, Thread: 38, InRoom: true}},
		{"SendCommand bare", wire.SendCommand{Room: 3, ClientID: "c", Body: "b"}},
		{"SendAnswer", wire.SendAnswerOf(pointer(exampleMessage()))},
		{"ReactCommand", wire.ReactCommand{Room: 3, Seq: 41, Emoji: "👍🏽", On: true}},
		{"ReactAnswer", wire.ReactAnswer{OK: true, Rev: 57, Count: 12}},
		{"MarkCommand", wire.MarkCommand{Room: 3, Seq: 41, On: true}},
		{"MarkAnswer", wire.MarkAnswer{OK: true, Rev: 57}},
		{"FollowCommand", wire.FollowCommand{Room: 3, Root: 38, On: true}},
		{"ThreadReadCommand", wire.ThreadReadCommand{Room: 3, Root: 38, Seq: 40}},
		{"ThreadPut", wire.ThreadPutOf(chat.ThreadPut{User: 9, Rev: 22, Room: 3, Root: 38, Follows: true, ReadSeq: 40})},
		{"SyncCommand", wire.SyncCommand{Room: 3, Since: 56}},
		{"SyncAnswer", wire.SyncAnswerOf(exampleChanges())},
		{"SyncAnswer bare", wire.SyncAnswerOf(chat.Changes{})},
		{"ReadCommand", wire.ReadCommand{Room: 3, Seq: 40, Marked: pointer(int64(12))}},
		{"ReadCommand bare", wire.ReadCommand{Room: 3, Seq: 40}},
		{"UnreadCommand", wire.UnreadCommand{Room: 3, Seq: 40}},
		{"ReadAnswer", wire.ReadAnswer{OK: true, ReadSeq: 40}},
		{"RoomCommand", wire.RoomCommand{Room: 3}},
		{"WatchAnswer", wire.WatchAnswer{OK: true, Room: wire.RoomOf(exampleRoom())}},
		{"UserSyncCommand", wire.UserSyncCommand{Since: 12}},
		{"UserSyncAnswer", wire.UserSyncAnswerOf(exampleUserChanges())},
		{"UserSyncAnswer bare", wire.UserSyncAnswerOf(chat.UserChanges{})},
		{"Ready", wire.Ready{
			Protocol: 2, Rev: 20, User: wire.UserOf(exampleUser()), Delta: true, Subscriptions: wire.SubscriptionsOf([]chat.Subscription{sub}),
			Gone: []wire.RoomGone{wire.RoomGoneOf(chat.SubscriptionGone{Room: 4})}, Next: "n",
			Limits: wire.ReadyLimitsOf(exampleLimits(), 16384), Presence: presence,
		}},
		{"Ready bare", wire.Ready{
			User: wire.UserOf(user), Subscriptions: wire.SubscriptionsOf(nil), Presence: wire.PresenceOf(nil),
		}},
		{"MessagePut", wire.MessagePutOf(chat.MessagePut{Message: pointer(exampleMessage())})},
		{"MessagePut bare", wire.MessagePutOf(chat.MessagePut{Message: &plain})},
		{"ReactionPut", wire.ReactionPutOf(chat.ReactionsPut{Room: 3, Rev: 58, Changes: []chat.ReactionPut{
			{Seq: 41, User: exampleAuthor(), Emoji: "👍🏽", On: true, Count: 12},
		}})},
		{"ReactionPut bare", wire.ReactionPutOf(chat.ReactionsPut{Room: 3, Rev: 58})},
		{"MessagePut files", wire.MessagePutOf(chat.MessagePut{Message: pointer(exampleFileMessage())})},
		{"SendCommand files", wire.SendCommand{Room: 3, ClientID: "c", Kind: chat.MessageFile, Body: "b", Files: []chat.FileID{51, 52}}},
		{"RoomPut", wire.RoomPutOf(chat.SubscriptionPut{User: 9, Rev: 13, Subscription: sub})},
		{"RoomPut bare", wire.RoomPutOf(chat.SubscriptionPut{User: 9, Subscription: direct})},
		{"RoomChanged archived", wire.RoomChangedOf(chat.RoomChanged{Rev: 58, Room: exampleArchivedRoom()})},
		{"RoomGone deleted", wire.RoomGoneOf(chat.SubscriptionGone{User: 9, Rev: 16, Room: 4, Reason: chat.GoneDeleted})},
		{"RoleChange", wire.RoleChange{Role: chat.RoleAdmin}},
		{"MemberAnswer", wire.MemberAnswerOf(exampleMember())},
		{"RoomChanged", wire.RoomChangedOf(chat.RoomChanged{Rev: 57, Room: exampleRoom()})},
		{"RoomGone", wire.RoomGoneOf(chat.SubscriptionGone{User: 9, Rev: 15, Room: 4, Reason: chat.GoneBanned})},
		{"RoomGone bare", wire.RoomGoneOf(chat.SubscriptionGone{User: 9, Room: 4})},
		{"MemberPut", wire.MemberPutOf(chat.MemberPut{Rev: 55, Room: 3, Member: exampleMember()})},
		{"MemberGone", wire.MemberGoneOf(chat.MemberGone{Rev: 56, Room: 3, User: 10, Reason: chat.GoneRemoved})},
		{"MemberGone bare", wire.MemberGoneOf(chat.MemberGone{Room: 3, User: 10})},
		{"SessionEnded", wire.SessionEnded{Reason: chat.EndRevoked, Rev: 18}},
		{"SessionEnded bare", wire.SessionEnded{Reason: chat.EndLogOut}},
		{"ServerRestart", wire.ServerRestart{Within: 1500}},
		{"PresenceSetCommand", wire.PresenceSetCommand{State: chat.PresenceAway}},
		{"PresenceWatchCommand", wire.PresenceWatchCommand{Users: []chat.UserID{7, 8}, Profiles: true}},
		{"PresenceAnswer", wire.PresenceAnswer{OK: true, Presence: presence, Profiles: []wire.User{wire.UserOf(exampleUser())}}},
		{"PresenceChanges", wire.PresenceChanges{Presence: presence}},
		{"RoomTyping", wire.RoomTypingOf(chat.Typing{Room: 3, User: exampleAuthor(), For: 6 * time.Second})},
		{"Invited", wire.InvitedOf(exampleInvited())},
		{"Invited bare", wire.InvitedOf(chat.Invited{User: 9, By: exampleAuthor()})},
		{"InvitationGone", wire.InvitationGoneOf(chat.InvitationGone{User: 9, Rev: 16, ID: 32})},
		{"BookmarkPut", wire.BookmarkPutOf(chat.BookmarkPut{User: 9, Rev: 19, Room: 3, Seq: 41, On: true})},
		{"ProfilePut", wire.ProfilePutOf(chat.ProfilePut{User: exampleUser()})},
		{"ProfileChange", wire.ProfileChange{DisplayName: pointer("Ada"), Status: &wire.StatusChange{Emoji: "🌴", Text: "away", Until: pointer(at(2))}}},
		{"ProfileChange bare", wire.ProfileChange{}},
		{"UserPut", wire.UserPutOf(chat.UserPut{User: exampleUser(), Rev: 17})},
		{"SettingsPut", wire.SettingsPutOf(chat.SettingsPut{User: 9, Rev: 19, Settings: exampleSettings()})},
		{"SettingsSetCommand", wire.SettingsSetCommand{Settings: wire.SettingsChange{Level: chat.LevelMentions}}},
		{"SettingsAnswer", wire.SettingsAnswer{OK: true, Settings: wire.SettingsOf(exampleSettings())}},
		{"LevelCommand", wire.LevelCommand{Room: 3, Level: chat.LevelNothing}},
		{"LevelAnswer", wire.LevelAnswer{OK: true, Level: chat.LevelNothing, Rev: 20}},
		{"LevelChange", wire.LevelChange{Level: chat.LevelMuted}},
		{"NewPushDevice", wire.NewPushDevice{Endpoint: "e", Keys: wire.PushKeys{P256DH: "k", Auth: "a"}, ShowsText: true}},
		{"PushInfo", wire.PushInfoOf("k", []chat.PushSubscription{{
			ID: "1f", Session: "s", Endpoint: "https://push.example/secret", ShowsText: true, CreatedAt: at(11), RenewedAt: at(12),
		}}, "s")},
		{"PushInfo bare", wire.PushInfoOf("", nil, "")},

		{"NewAccount", wire.NewAccount{Username: "u", Password: "p", Invitation: "i", Setup: "s", Token: true, Keep: true}},
		{"Credentials", wire.Credentials{Username: "u", Password: "p", Token: true, Keep: true}},
		{"Account", wire.Account{User: wire.UserOf(exampleUser()), Token: "t"}},
		{"Account bare", wire.Account{User: wire.UserOf(user)}},
		{"UserAnswer", wire.UserAnswer{User: wire.UserOf(exampleUser())}},
		{"UserList", wire.UserListOf(chat.UserPage{
			Users: []chat.User{exampleUser(), user}, Presence: []chat.Presence{examplePresence()}, Next: "n",
		})},
		{"UserList bare", wire.UserListOf(chat.UserPage{})},
		{"NewRoom", wire.NewRoom{Name: "n", Topic: "t", Kind: chat.RoomPrivate}},
		{"RoomChange", wire.RoomChange{Name: pointer("n"), Topic: pointer("t")}},
		{"RoomChange archived", wire.RoomChange{Archived: pointer(true)}},
		{"RoomAnswer", wire.RoomAnswerOf(exampleRoom(), &sub)},
		{"RoomAnswer bare", wire.RoomAnswerOf(exampleRoom(), nil)},
		{"RoomList", wire.RoomListOf([]chat.Room{exampleRoom()}, "n")},
		{"RoomList bare", wire.RoomListOf(nil, "")},
		{"MemberList", wire.MemberListOf([]chat.Member{exampleMember()}, "n")},
		{"SubscriptionAnswer", wire.SubscriptionAnswer{Subscription: wire.SubscriptionOf(sub)}},
		{"SubscriptionList", wire.SubscriptionList{Subscriptions: wire.SubscriptionsOf([]chat.Subscription{sub, direct}), Next: "n"}},
		{"NewMessage", wire.NewMessage{ClientID: "c", Kind: chat.MessageLocation, Body: "b", Location: location, ReplyTo: 39, Thread: 38, InRoom: true}},
		{"NewMessage files", wire.NewMessage{ClientID: "c", Kind: chat.MessageFile, Files: []chat.FileID{51, 52}}},
		{"NewFile", wire.NewFile{ClientID: "c", Name: "n", Size: 9000000000}},
		{"UploadAnswer", wire.UploadAnswerOf(chat.File{FileInfo: exampleFileMessage().Files[0], Received: 8, Ready: true})},
		{"UploadAnswer bare", wire.UploadAnswerOf(chat.File{FileInfo: chat.FileInfo{ID: 53, Name: "n", Size: 9}})},
		{"SentFileList", wire.SentFileListOf([]chat.SentFile{
			{File: chat.File{FileInfo: exampleFileMessage().Files[1], Seq: 42}, Author: exampleAuthor(), SentAt: at(3)},
		}, true)},
		{"SentFileList bare", wire.SentFileListOf(nil, false)},
		{"MessageChange", wire.MessageChange{Body: "b"}},
		{"MessageAnswer", wire.MessageAnswer{Message: wire.MessageOf(pointer(exampleMessage()))}},
		{"Page", wire.PageOf(chat.Page{Messages: []chat.Message{exampleMessage(), plain}, Seq: 41, Rev: 57, More: true})},
		{"Page bare", wire.PageOf(chat.Page{})},
		{"ThreadAnswer", wire.ThreadAnswer{Follows: true, ReadSeq: 40, Unread: 2}},
		{"ThreadList", wire.ThreadListOf(chat.ThreadList{Next: "n", Unread: 3, Threads: []chat.FoundThread{
			{ThreadState: chat.ThreadState{Room: 3, Root: 1, ReadSeq: 40}, Unread: 2, Message: plain},
		}})},
		{"PinList", wire.PinListOf([]chat.Message{plain})},
		{"BookmarkList", wire.BookmarkListOf(chat.BookmarkList{Next: 18, Bookmarks: []chat.FoundBookmark{
			{Bookmark: chat.Bookmark{Room: 3, Seq: 1, At: at(14)}, Room: pointer(exampleRoom()), Peer: &user, Message: &plain},
			{Bookmark: chat.Bookmark{Room: 3, Seq: 2, At: at(15)}},
		}})},
		{"BookmarkSeqs", wire.BookmarkSeqs{Seqs: []int64{1, 41}}},
		{"MessageHits", wire.MessageHitsOf(chat.FoundMessages{
			MessageHits: chat.MessageHits{Hits: []chat.MessageHit{{Message: plain, Marks: []chat.Span{{Start: 0, End: 2}}}}, Next: "n", Incomplete: true},
			Hints:       []string{"h"},
		})},
		{"MessageHits bare", wire.MessageHitsOf(chat.FoundMessages{})},
		{"ErrorBody", wire.ErrorBody{Error: wire.ErrorOf(exampleError())}},
		{"ServerAnswer", wire.ServerAnswer{
			SignUp: chat.SignUpInvitation, Guests: true, JoinPage: true, Guest: "g", Limits: wire.ServerLimitsOf(exampleLimits()),
		}},
		{"BanAnswer", wire.BanAnswerOf(exampleBan())},
		{"BanList", wire.BanListOf([]chat.Ban{exampleBan()}, "n")},
		{"UserChange", wire.UserChange{Password: "p", Current: "c"}},
		{"SessionList", wire.SessionListOf([]chat.Session{exampleSession()}, "hash")},
		{"SessionList bare", wire.SessionListOf([]chat.Session{{ID: "hash", CreatedAt: at(11)}}, "")},
		{"NewGuest", wire.NewGuest{Username: "u", Invitation: "i", Room: 3, Token: true}},
		{"GuestAnswer", wire.GuestAnswer{User: wire.UserOf(exampleUser()), Token: "t", Subscription: wire.SubscriptionOf(sub)}},
		{"NewInvitation", wire.NewInvitation{Room: 3, User: 9, ExpiresIn: 3600, Uses: 5, Guests: true}},
		{"NewInvitationAnswer", wire.NewInvitationAnswerOf(chat.Invite{Invitation: exampleInvitation(), Token: "secret-token", Told: true})},
		{"InvitationList", wire.InvitationListOf([]chat.Invitation{exampleInvitation(), {ID: 1, By: exampleAuthor(), CreatedAt: at(7)}})},
		{"JoinAnswer", wire.JoinAnswerOf(chat.Destination{
			Room: exampleJoinRoom(), By: exampleAuthor(), Members: []string{"bob", "eve"}, Guests: true, Subscription: &sub,
		})},
		{"JoinAnswer bare", wire.JoinAnswerOf(chat.Destination{By: exampleAuthor()})},
		{"JoinRoomList", wire.JoinRoomListOf([]chat.JoinRoom{*exampleJoinRoom()}, "n")},
	}
}

func encode(t *testing.T, value any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// golden returns the JSON of each shape, as clients know it.
func golden(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines)%2 != 0 {
		t.Fatalf("testdata/shapes.txt has %d lines, want a name and a text of JSON for each shape", len(lines))
	}
	texts := make(map[string]string)
	for i := 0; i < len(lines); i += 2 {
		texts[lines[i]] = lines[i+1]
	}
	return texts
}

// Clients parse this JSON, so a change of testdata/shapes.txt is a change of the
// protocol.
func TestTheJSONOfEveryShapeIsWhatClientsKnow(t *testing.T) {
	texts := golden(t)
	for _, s := range shapes() {
		want, ok := texts[s.name]
		delete(texts, s.name)
		if got := encode(t, s.value); !ok || got != want {
			t.Errorf("%s (-want +got):\n%s", s.name, cmp.Diff(want, got))
		}
	}
	for name := range texts {
		t.Errorf("%s: no shape makes this JSON", name)
	}
}

func TestEveryShapeCanBeReadBack(t *testing.T) {
	for _, s := range shapes() {
		text := encode(t, s.value)
		value := reflect.New(reflect.TypeOf(s.value))
		if err := json.Unmarshal([]byte(text), value.Interface()); err != nil {
			t.Errorf("%s: %v", s.name, err)
			continue
		}
		if got := encode(t, value.Interface()); got != text {
			t.Errorf("%s: read back as %s, want %s", s.name, got, text)
		}
	}
}
