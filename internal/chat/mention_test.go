package chat_test

import (
	"strings"
	"testing"

	"partychat/internal/chat"
)

func TestH4_NamesOfMembersAfterAnAtSignAreMentions(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: -1})
	ann, bob, cid := w.user(t, "Ann"), w.user(t, "bob.k"), w.user(t, "李雷")
	w.user(t, "dora")
	den := w.room(t, ann, chat.RoomPublic, "den").ID
	for _, user := range []chat.User{bob, cid} {
		if _, _, err := w.Rooms.Subscribe(t.Context(), user, den); err != nil {
			t.Fatal(err)
		}
	}
	w.events.take()
	for _, test := range []struct {
		body  string
		texts []string
	}{
		{"hello", nil},
		{"@ann", []string{"@ann"}},
		{"@ANN, (@Bob.K) and @李雷!", []string{"@ANN", "@Bob.K", "@李雷"}},
		{"Ask @bob.k.", []string{"@bob.k"}},
		{"Ask @bob.k...", []string{"@bob.k"}},
		{"你好@李雷", []string{"@李雷"}},
		{"@ann @ann", []string{"@ann"}},
		{"@dora is not here, @nobody is nobody", nil},
		{"ann@ann, x/@ann and @@ann are addresses", nil},
		{"@anna", nil},
		{"`@ann` and ``@ann`` and @bob.k", []string{"@bob.k"}},
		{"```\n@ann\n``` @bob.k", []string{"@bob.k"}},
		{"``` @ann", nil},
		{"` @ann", []string{"@ann"}},
		{"@", nil},
		{"@.", nil},
		{"@room", nil},
	} {
		got := w.send(t, bob, den, test.body)
		var texts []string
		for _, mention := range got.Mentions {
			texts = append(texts, mention.Text)
		}
		want(t, test.body, texts, test.texts)
		want(t, "everyone in "+test.body, got.MentionsRoom, false)
	}
	got := w.send(t, bob, den, "@李雷 @ann")
	want(t, "users", got.Mentions, []chat.Mention{{User: cid.ID, Text: "@李雷"}, {User: ann.ID, Text: "@ann"}})
}

func TestH4_OnlyAdminsOfARoomMentionEveryone(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: -1})
	w.user(t, "admin")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den").ID
	if _, _, err := w.Rooms.Subscribe(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	want(t, "by an admin", w.send(t, ann, den, "Hello @Room!").MentionsRoom, true)
	want(t, "by a member", w.send(t, bob, den, "Hello @room!").MentionsRoom, false)
	want(t, "in code", w.send(t, ann, den, "`@room`").MentionsRoom, false)
	talk, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	want(t, "in a conversation", w.send(t, ann, talk.ID, "@room @bob").MentionsRoom, false)
	subs, err := w.Rooms.Subscriptions(t.Context(), bob.ID)
	want(t, "error of the list", err, nil)
	for _, sub := range subs {
		if sub.ID == den {
			want(t, "mentions in the list", sub.Mentions, nil) // who writes has read everything
		}
	}
}

func TestH4_EditsMentionAnew(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: -1})
	w.user(t, "admin")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den").ID
	if _, _, err := w.Rooms.Subscribe(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	sent := w.send(t, ann, den, "hello")
	edit := func(body string) chat.Message {
		t.Helper()
		message, err := w.Messages.Edit(t.Context(), ann, den, sent.Seq, body)
		want(t, "error", err, nil)
		return message
	}
	want(t, "added", edit("hello @bob @room").Mentions, []chat.Mention{{User: bob.ID, Text: "@bob"}})
	want(t, "everyone removed", edit("hello, @bob").MentionsRoom, false)
	if err := w.Rooms.Unsubscribe(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	want(t, "of a former member", edit("Hello, @bob").Mentions, []chat.Mention{{User: bob.ID, Text: "@bob"}})
	want(t, "removed", edit("hello bob").Mentions, nil)
	want(t, "not again", edit("hello @bob").Mentions, nil)
}

func TestAMessageMentionsAtMostSoMany(t *testing.T) {
	w := newWorld(t, chat.Limits{Mentions: 2})
	ann := w.user(t, "ann")
	w.user(t, "bob")
	got := w.send(t, ann, chat.MainRoom, "@nobody @ann @bob")
	want(t, "mentions", len(got.Mentions), 1)
}

// With quadratic work, these texts would take minutes.
func TestNamesAreFoundInLongTexts(t *testing.T) {
	w := newWorld(t, chat.Limits{Message: 2_000_000, Mentions: 1_000_000})
	ann := w.user(t, "ann")
	for _, body := range []string{strings.Repeat("@", 500_000), strings.Repeat("`` @a ` ", 60_000), "@" + strings.Repeat("a.", 200_000)} {
		got := w.send(t, ann, chat.MainRoom, body+" @ann")
		want(t, "mentions", got.Mentions, []chat.Mention{{User: ann.ID, Text: "@ann"}})
	}
}
