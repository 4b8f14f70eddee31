package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"partychat/internal/chat"
)

// page gives one page of the room's timeline.
func (f *fixture) page(t *testing.T, room chat.RoomID, page chat.MessagePage) chat.Page {
	t.Helper()
	return must[chat.Page](t)(f.Messages(t.Context(), room, page))
}

var messageContracts = []contract{
	{"a message takes the next seq and the next rev of its room", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "den")
		for i := int64(1); i <= 3; i++ {
			input := newMessage(room.ID, ann, "first line\n  second line 🎉")
			input.CreatedAt = now.Add(time.Duration(i) * time.Second)
			message, created, err := f.AppendMessage(t.Context(), input)
			want(t, "error", err, nil)
			want(t, "created", created, true)
			want(t, "message", message, chat.Message{
				Room: room.ID, Seq: i, Rev: i, ClientID: input.ClientID, Author: authorOf(ann),
				Kind: chat.MessageText, Body: input.Body, CreatedAt: input.CreatedAt,
			})
			got := f.roomNow(t, room.ID)
			want(t, "head", got.Seq, i)
			want(t, "change counter", got.Rev, i)
		}
		want(t, "first message elsewhere", f.send(t, chat.MainRoom, ann, "hi").Seq, 1)
	}},
	{"the author has read the message", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.sendMany(t, chat.MainRoom, ann, 3)
		read := func(user chat.User) int64 {
			return must[chat.Membership](t)(f.Membership(t.Context(), chat.MainRoom, user.ID)).ReadSeq
		}
		want(t, "author's position", read(ann), 3)
		want(t, "another's position", read(bob), 0)
	}},
	{"seq and rev continue correctly after other writes", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		rev := int64(1) // of the one who came in
		for seq := int64(1); seq <= 4; seq++ {
			rev++
			message := f.send(t, chat.MainRoom, ann, "hello")
			want(t, "seq and rev", []int64{message.Seq, message.Rev}, []int64{seq, rev})
			_, changed, err := f.EditMessage(t.Context(), nil, chat.MainRoom, seq, "better", now)
			want(t, "error of the edit", err, nil)
			want(t, "changed", changed, true)
			rev++
			_, _, err = f.AppendMessage(t.Context(), newMessage(99, ann, "to nowhere"))
			wantCode(t, "unknown room", err, chat.CodeNotFound, "")
			late := newUser(fmt.Sprint("late", seq))
			_, _, err = f.AppendMessage(t.Context(), newMessage(chat.MainRoom, late.User, "too early"))
			wantCode(t, "unknown author", err, chat.CodeNotFound, "")
			later, err := f.CreateUser(t.Context(), late)
			want(t, "error of signing up", err, nil)
			rev++ // the member who came in
			room := f.room(t, later, chat.RoomPublic, fmt.Sprint("room", seq))
			want(t, "first message of a new room", f.send(t, room.ID, later, "first").Seq, 1)
		}
	}},
	{"a retry returns the original", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		input := newMessage(chat.MainRoom, ann, "hello")
		original, _, err := f.AppendMessage(t.Context(), input)
		want(t, "error", err, nil)
		f.send(t, chat.MainRoom, ann, "in between")
		input.Body, input.CreatedAt = "changed", now.Add(time.Hour)
		for _, id := range []string{input.ClientID, strings.ToUpper(input.ClientID)} {
			input.ClientID = id
			message, created, err := f.AppendMessage(t.Context(), input)
			want(t, "error of the retry", err, nil)
			want(t, "created by the retry", created, false)
			want(t, "answer", message, original)
		}
		want(t, "head", f.roomNow(t, chat.MainRoom).Seq, 2)
	}},
	{"a message is found by its clientId, even after its author has left", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		sent := f.send(t, room.ID, ann, "hello")
		must[bool](t)(f.Unsubscribe(t.Context(), nil, room.ID, ann.ID))
		for _, id := range []string{sent.ClientID, strings.ToUpper(sent.ClientID)} {
			want(t, "message", must[chat.Message](t)(f.MessageByClientID(t.Context(), room.ID, ann.ID, id)), sent)
		}
		for _, test := range []struct {
			name     string
			room     chat.RoomID
			author   chat.UserID
			clientID string
			code     chat.Code
		}{
			{"another room", chat.MainRoom, ann.ID, sent.ClientID, chat.CodeNotFound},
			{"another author", room.ID, bob.ID, sent.ClientID, chat.CodeNotFound},
			{"another clientId", room.ID, ann.ID, newUUID(), chat.CodeNotFound},
			{"an unknown room", 99, ann.ID, sent.ClientID, chat.CodeNotFound},
			{"no clientId", room.ID, ann.ID, "", chat.CodeInvalid},
		} {
			_, err := f.MessageByClientID(t.Context(), test.room, test.author, test.clientID)
			wantCode(t, test.name, err, test.code, "")
		}
	}},
	{"the same clientId of another author or in another room is another message", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		input := newMessage(chat.MainRoom, ann, "hello")
		for _, change := range []func(){func() {}, func() { input.Author = bob.ID }, func() { input.Room = room.ID }} {
			change()
			_, created, err := f.AppendMessage(t.Context(), input)
			want(t, "error", err, nil)
			want(t, "created", created, true)
		}
	}},
	{"a message that cannot be stored leaves nothing behind, and no hole", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		f.send(t, den, ann, "one")
		_, _, err := f.AppendMessage(t.Context(), newMessage(99, ann, "to nowhere"))
		wantCode(t, "unknown room", err, chat.CodeNotFound, "")
		_, _, err = f.AppendMessage(t.Context(), newMessage(den, chat.User{ID: 99}, "from nobody"))
		wantCode(t, "unknown author", err, chat.CodeNotFound, "")
		input := newMessage(den, ann, "no id")
		input.ClientID = "no UUID"
		_, _, err = f.AppendMessage(t.Context(), input)
		wantCode(t, "bad clientId", err, chat.CodeInvalid, "clientId")
		_, _, err = f.AppendMessage(cancelled(t), newMessage(den, ann, "too late"))
		wantCode(t, "ended context", err, chat.CodeUnavailable, "")
		two := f.send(t, den, ann, "two")
		want(t, "seq of the next", two.Seq, 2)
		want(t, "rev of the next", two.Rev, 2)
		want(t, "page", seqs(f.page(t, den, chat.MessagePage{Limit: 10}).Messages), []int64{1, 2})
	}},
	{"a timeline is paged in both directions", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		all := f.sendMany(t, den, ann, 7)
		f.room(t, ann, chat.RoomPublic, "elsewhere")
		for _, test := range []struct {
			name string
			page chat.MessagePage
			want []int64
			more bool
		}{
			{"the latest", chat.MessagePage{Limit: 3}, []int64{5, 6, 7}, true},
			{"all, exactly", chat.MessagePage{Limit: 7}, []int64{1, 2, 3, 4, 5, 6, 7}, false},
			{"more than there are", chat.MessagePage{Limit: 50}, []int64{1, 2, 3, 4, 5, 6, 7}, false},
			{"before one", chat.MessagePage{Direction: chat.PageBefore, Seq: 5, Limit: 3}, []int64{2, 3, 4}, true},
			{"before one, to the first", chat.MessagePage{Direction: chat.PageBefore, Seq: 4, Limit: 3}, []int64{1, 2, 3}, false},
			{"before the first", chat.MessagePage{Direction: chat.PageBefore, Seq: 1, Limit: 3}, []int64{}, false},
			{"before what is yet to come", chat.MessagePage{Direction: chat.PageBefore, Seq: 99, Limit: 2}, []int64{6, 7}, true},
			{"before any", chat.MessagePage{Direction: chat.PageBefore, Limit: 3}, []int64{}, false},
			{"after nothing, so from the first", chat.MessagePage{Direction: chat.PageAfter, Limit: 3}, []int64{1, 2, 3}, true},
			{"after one", chat.MessagePage{Direction: chat.PageAfter, Seq: 2, Limit: 3}, []int64{3, 4, 5}, true},
			{"after one, to the last", chat.MessagePage{Direction: chat.PageAfter, Seq: 4, Limit: 3}, []int64{5, 6, 7}, false},
			{"after the last", chat.MessagePage{Direction: chat.PageAfter, Seq: 7, Limit: 3}, []int64{}, false},
			{"after what is yet to come", chat.MessagePage{Direction: chat.PageAfter, Seq: 99, Limit: 3}, []int64{}, false},
		} {
			page := f.page(t, den, test.page)
			want(t, test.name, seqs(page.Messages), test.want)
			want(t, test.name+": more", page.More, test.more)
			want(t, test.name+": head", page.Seq, 7)
			want(t, test.name+": change counter", page.Rev, 7)
			for _, message := range page.Messages {
				want(t, test.name, message, all[message.Seq-1])
			}
		}
	}},
	{"an empty room has an empty page, an unknown room is not found", func(t *testing.T, f *fixture) {
		for _, page := range []chat.MessagePage{
			{Limit: 3}, {Direction: chat.PageBefore, Seq: 5, Limit: 3}, {Direction: chat.PageAfter, Limit: 3},
		} {
			want(t, "page", f.page(t, chat.MainRoom, page), chat.Page{Messages: []chat.Message{}})
			_, err := f.Messages(t.Context(), 99, page)
			wantCode(t, "unknown room", err, chat.CodeNotFound, "")
		}
	}},
}

var changesContracts = []contract{
	{"changes since a rev are paged in the order of rev", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		all := f.sendMany(t, den, ann, 5)
		for _, test := range []struct {
			name  string
			since int64
			limit int
			want  chat.Changes
		}{
			{"from the start", 0, 10, chat.Changes{Messages: all, Rev: 5}},
			{"exactly all", 0, 5, chat.Changes{Messages: all, Rev: 5}},
			{"a page", 1, 2, chat.Changes{Messages: all[1:3], Rev: 3, More: true}},
			{"the rest", 3, 2, chat.Changes{Messages: all[3:], Rev: 5}},
			{"nothing", 5, 2, chat.Changes{Messages: []chat.Message{}, Rev: 5}},
			{"from beyond the end", 9, 2, chat.Changes{Messages: []chat.Message{}, Rev: 5}},
		} {
			got := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, test.since, test.limit, 0))
			want(t, test.name, got, test.want)
		}
	}},
	{"an empty room has no changes, an unknown room is not found", func(t *testing.T, f *fixture) {
		got := must[chat.Changes](t)(f.ChangesSince(t.Context(), chat.MainRoom, 0, 10, 0))
		want(t, "changes", got, chat.Changes{Messages: []chat.Message{}})
		_, err := f.ChangesSince(t.Context(), 99, 0, 10, 0)
		wantCode(t, "unknown room", err, chat.CodeNotFound, "")
	}},
}
