package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

// changeFunc is a chat.MessageChange.
type changeFunc func(chat.Message) (chat.Message, bool, error)

// Apply is specified by chat.MessageChange.
func (f changeFunc) Apply(m chat.Message) (after chat.Message, changed bool, err error) { return f(m) }

var editContracts = []contract{
	{"an edit gives a message another body, the next rev and no other place", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		sent := f.sendMany(t, den, ann, 3)
		at := now.Add(time.Minute)
		got, changed, err := f.EditMessage(t.Context(), nil, den, 2, "better", at)
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		edited := sent[1]
		edited.Rev, edited.Body, edited.EditedAt = 4, "better", at
		want(t, "message", got, edited)
		want(t, "message read again", must[chat.Message](t)(f.Message(t.Context(), den, 2)), edited)
		want(t, "answer to its retry", must[chat.Message](t)(
			f.MessageByClientID(t.Context(), den, ann.ID, edited.ClientID)), edited)
		page := f.page(t, den, chat.MessagePage{Limit: 10})
		want(t, "page", page, chat.Page{Messages: []chat.Message{sent[0], edited, sent[2]}, Seq: 3, Rev: 4})
		room := f.roomNow(t, den)
		want(t, "head and change counter", []int64{room.Seq, room.Rev}, []int64{3, 4})
	}},
	{"an edit or deletion that is retried takes no further rev", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		f.send(t, den, ann, "hello")
		first, _, err := f.EditMessage(t.Context(), nil, den, 1, "better", now.Add(time.Minute))
		want(t, "error", err, nil)
		again, changed, err := f.EditMessage(t.Context(), nil, den, 1, "better", now.Add(time.Hour))
		want(t, "error of the same edit", err, nil)
		want(t, "changed by the same edit", changed, false)
		want(t, "message after it", again, first)
		first, _, err = f.DeleteMessage(t.Context(), nil, den, 1)
		want(t, "error of the deletion", err, nil)
		again, changed, err = f.DeleteMessage(t.Context(), nil, den, 1)
		want(t, "error of the same deletion", err, nil)
		want(t, "changed by the same deletion", changed, false)
		want(t, "tombstone after it", again, first)
		want(t, "change counter", f.roomNow(t, den).Rev, 3)
	}},
	{"a change sees the message as it is stored, and its error changes nothing", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		stored := f.sendMany(t, den, ann, 2)[1]
		refusal := chat.Errorf(chat.CodeForbidden, "Not this one.")
		var seen chat.Message
		_, changed, err := f.ChangeMessage(t.Context(), nil, den, 2, changeFunc(func(m chat.Message) (chat.Message, bool, error) {
			seen = m
			m.Body = "lost"
			return m, true, refusal
		}))
		want(t, "message before the change", seen, stored)
		want(t, "error", err, error(refusal))
		want(t, "changed", changed, false)
		want(t, "message afterwards", must[chat.Message](t)(f.Message(t.Context(), den, 2)), stored)
		want(t, "rev of the room", f.roomNow(t, den).Rev, 2)
	}},
	{"a deletion leaves a tombstone with the seq and without the body", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.subscribe(t, den, bob)
		sent := f.sendMany(t, den, ann, 2)
		_, _, err := f.EditMessage(t.Context(), nil, den, 2, "better", now.Add(time.Minute))
		want(t, "error of the edit", err, nil)
		got, changed, err := f.DeleteMessage(t.Context(), nil, den, 2)
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		stone := sent[1]
		stone.Rev, stone.Body, stone.Deleted = 5, "", true
		want(t, "tombstone", got, stone)
		want(t, "page", f.page(t, den, chat.MessagePage{Limit: 10}).Messages, []chat.Message{sent[0], stone})
		sub := must[chat.Subscription](t)(f.Subscription(t.Context(), den, bob.ID))
		want(t, "latest message in the list", *sub.Last, stone)
		want(t, "unread", sub.Unread, 1)
		_, _, err = f.EditMessage(t.Context(), nil, den, 2, "again", now)
		wantCode(t, "edit of a tombstone", err, chat.CodeNotFound, "")
		want(t, "seq of the next message", f.send(t, den, ann, "next").Seq, 3)
		again, created, err := f.AppendMessage(t.Context(), chat.NewMessage{
			Room: den, ClientID: stone.ClientID, Author: ann.ID, Kind: chat.MessageText, Body: "once more", CreatedAt: now,
		})
		want(t, "error of a retry of what was deleted", err, nil)
		want(t, "created by it", created, false)
		want(t, "its answer", again, stone)
	}},
	{"changes since a rev list each changed message once, in its current state", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		sent := f.sendMany(t, den, ann, 4)
		change := func(message chat.Message, _ bool, err error) chat.Message {
			t.Helper()
			want(t, "error", err, nil)
			return message
		}
		change(f.EditMessage(t.Context(), nil, den, 1, "better", now))            // rev 5
		two := change(f.EditMessage(t.Context(), nil, den, 2, "better too", now)) // rev 6
		one := change(f.EditMessage(t.Context(), nil, den, 1, "best", now))       // rev 7
		four := change(f.DeleteMessage(t.Context(), nil, den, 4))                 // rev 8
		for _, test := range []struct {
			name  string
			since int64
			limit int
			want  chat.Changes
		}{
			{"from the start", 0, 10, chat.Changes{Messages: []chat.Message{sent[2], two, one, four}, Rev: 8}},
			{"from before the edits", 4, 10, chat.Changes{Messages: []chat.Message{two, one, four}, Rev: 8}},
			{"a page", 4, 2, chat.Changes{Messages: []chat.Message{two, one}, Rev: 7, More: true}},
			{"nothing", 8, 10, chat.Changes{Messages: []chat.Message{}, Rev: 8}},
		} {
			got := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, test.since, test.limit, 0))
			want(t, test.name, got, test.want)
		}
	}},
	{"an unknown message can be neither read nor changed", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		f.send(t, den, ann, "hello")
		for name, place := range map[string]struct {
			room chat.RoomID
			seq  int64
		}{"an unknown room": {99, 1}, "an unknown seq": {den, 2}, "no seq": {den, 0}} {
			_, err := f.Message(t.Context(), place.room, place.seq)
			wantCode(t, "Message of "+name, err, chat.CodeNotFound, "")
			_, _, err = f.EditMessage(t.Context(), nil, place.room, place.seq, "x", now)
			wantCode(t, "EditMessage of "+name, err, chat.CodeNotFound, "")
			_, _, err = f.DeleteMessage(t.Context(), nil, place.room, place.seq)
			wantCode(t, "DeleteMessage of "+name, err, chat.CodeNotFound, "")
		}
		want(t, "change counter", f.roomNow(t, den).Rev, 1)
	}},
	{"concurrent sends, edits and deletions take a rev each, without a hole", func(t *testing.T, f *fixture) {
		const writers, each = 12, 10
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
		f.sendMany(t, den, ann, writers)
		var revs [writers*(each+1) + writers + 1]atomic.Int32
		together(writers, func(i int) {
			took := func(message chat.Message, changed bool, err error) {
				if err != nil || !changed {
					t.Errorf("got changed %v, %v; want a change", changed, err)
				}
				revs[message.Rev].Add(1)
			}
			for j := range each {
				if j%2 == 0 {
					took(f.AppendMessage(t.Context(), newMessage(den, ann, "new")))
				} else {
					took(f.EditMessage(t.Context(), nil, den, int64(i+1), fmt.Sprint("edit ", j), now))
				}
			}
			took(f.DeleteMessage(t.Context(), nil, den, int64(i+1)))
		})
		for rev := writers + 1; rev < len(revs); rev++ {
			if n := revs[rev].Load(); n != 1 {
				t.Errorf("rev %d: taken %d times, want once", rev, n)
			}
		}
		room := f.roomNow(t, den)
		want(t, "change counter", room.Rev, int64(len(revs)-1))
		want(t, "head", room.Seq, int64(writers+writers*each/2))
	}},
}
