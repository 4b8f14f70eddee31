package storetest

import (
	"slices"
	"strings"
	"testing"

	"partychat/internal/chat"
)

// say stores a message with mentions.
func say(t *testing.T, f *fixture, room chat.RoomID, by chat.User, everyone bool, users ...chat.User) chat.Message {
	t.Helper()
	m := newMessage(room, by, "hello")
	m.MentionsRoom, m.Mentions = everyone, mentionsOf(users...)
	stored, _, err := f.AppendMessage(t.Context(), m)
	want(t, "error", err, nil)
	return stored
}

func mentionsOf(users ...chat.User) (list []chat.Mention) {
	for _, user := range users {
		list = append(list, chat.Mention{User: user.ID, Text: "@" + strings.ToUpper(user.Username)})
	}
	return list
}

var mentionContracts = []contract{
	{"a message keeps whom it mentions, and an edit or deletion replaces that", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		sent := say(t, f, den, ann, true, bob, cid)
		want(t, "everyone", sent.MentionsRoom, true)
		want(t, "mentions", sent.Mentions, mentionsOf(bob, cid))
		want(t, "read again", must[chat.Message](t)(f.Message(t.Context(), den, 1)), sent)
		want(t, "page", f.page(t, den, chat.MessagePage{Limit: 10}).Messages, []chat.Message{sent})
		want(t, "changes", must[chat.Changes](t)(f.ChangesSince(t.Context(), den, 0, 10, 0)).Messages, []chat.Message{sent})
		edited, _, err := f.ChangeMessage(t.Context(), nil, den, 1, chat.MessageEdit{Body: "x", At: now, Mentions: mentionsOf(cid)})
		want(t, "error of the edit", err, nil)
		want(t, "mentions after the edit", edited.Mentions, mentionsOf(cid))
		want(t, "everyone after the edit", edited.MentionsRoom, false)
		gone, _, err := f.DeleteMessage(t.Context(), nil, den, 1)
		want(t, "error of the deletion", err, nil)
		want(t, "mentions after the deletion", len(gone.Mentions), 0)
	}},
	{"the store decides who may mention everyone, when it stores the message", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		for _, test := range []struct {
			by  chat.User
			may bool
		}{{ann, true}, {bob, false}} {
			m := newMessage(den, test.by, "hello")
			m.MentionsRoom = true
			m.Act = &chat.Act{By: test.by.ID, Needs: chat.Standing{Member: true, Unbanned: true}}
			stored, created, err := f.AppendMessage(t.Context(), m)
			want(t, "error", err, nil)
			want(t, "created", created, true)
			want(t, "everyone, by "+test.by.Username, stored.MentionsRoom, test.may)
			want(t, "read again", must[chat.Message](t)(f.Message(t.Context(), den, stored.Seq)), stored)
		}
	}},
	{"unread mentions are those behind the read position, by others, to the user or to everyone", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		unread := func(user chat.User) []int64 {
			t.Helper()
			sub := must[chat.Subscription](t)(f.Subscription(t.Context(), den, user.ID))
			all := must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), user.ID))
			i := slices.IndexFunc(all, func(s chat.Subscription) bool { return s.ID == den })
			want(t, "in the list", all[i].Mentions, sub.Mentions)
			return sub.Mentions
		}
		say(t, f, den, ann, false, bob)      // 1
		say(t, f, den, ann, true)            // 2
		say(t, f, den, ann, true, bob)       // 3
		say(t, f, den, ann, false, cid, ann) // 4
		say(t, f, den, ann, false, bob)      // 5
		want(t, "bob's", unread(bob), []int64{1, 2, 3, 5})
		want(t, "ann's, who wrote them", unread(ann), nil)
		_, _, err := f.MoveRead(t.Context(), nil, den, bob.ID, 2, chat.AnyMark)
		want(t, "error of reading", err, nil)
		want(t, "bob's after reading", unread(bob), []int64{3, 5})
		_, _, err = f.DeleteMessage(t.Context(), nil, den, 3)
		want(t, "error of deleting", err, nil)
		want(t, "bob's after a deletion", unread(bob), []int64{5})
		_, _, err = f.ChangeMessage(t.Context(), nil, den, 4, chat.MessageEdit{Body: "x", At: now, Mentions: mentionsOf(bob)})
		want(t, "error of editing", err, nil)
		want(t, "bob's after an edit that adds one", unread(bob), []int64{4, 5})
		_, _, err = f.ChangeMessage(t.Context(), nil, den, 5, chat.MessageEdit{Body: "x", At: now})
		want(t, "error of editing again", err, nil)
		want(t, "bob's after an edit that removes one", unread(bob), []int64{4})
		_, err = f.MarkUnread(t.Context(), nil, den, bob.ID, 1)
		want(t, "error of marking", err, nil)
		want(t, "bob's after marking as unread", unread(bob), []int64{1, 2, 4})
		f.subscribe(t, den, cid)
		want(t, "cid's, who has come later", unread(cid), nil)
	}},
	{"the first hundred unread mentions are listed", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		for i := range chat.MentionsMax + 10 {
			say(t, f, den, ann, i%2 == 0, bob)
		}
		got := must[chat.Subscription](t)(f.Subscription(t.Context(), den, bob.ID)).Mentions
		want(t, "number", len(got), chat.MentionsMax)
		want(t, "first and last", []int64{got[0], got[len(got)-1]}, []int64{1, chat.MentionsMax})
	}},
	{"members are found by their folded names, and nobody else", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "Ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		f.user(t, "cid")
		found := must[[]chat.User](t)(f.MembersNamed(t.Context(), den, []string{"ann", "bob", "cid", "dora", "a\x00b", "\xff"}))
		slices.SortFunc(found, func(a, b chat.User) int { return strings.Compare(a.Username, b.Username) })
		want(t, "found", found, []chat.User{ann, bob})
		want(t, "of none", must[[]chat.User](t)(f.MembersNamed(t.Context(), den, nil)), []chat.User{})
	}},
}
