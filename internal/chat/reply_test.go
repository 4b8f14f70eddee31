package chat_test

import (
	"testing"

	"partychat/internal/chat"
)

func TestAReplyIsPublishedWithItsRoot(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	root := w.send(t, ann, chat.MainRoom, "root")
	w.events.take()
	send := input(chat.MainRoom, "reply")
	send.Thread = root.Seq
	reply, created, err := w.Messages.Send(t.Context(), bob, send)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	root, err = w.Messages.Message(t.Context(), bob, chat.MainRoom, root.Seq)
	want(t, "error of reading the root", err, nil)
	both := []chat.Event{chat.MessagePut{Message: reply}, chat.MessagePut{Message: &root}}
	events := w.events.take()
	want(t, "events of the room", events[:2], both)
	follows := map[chat.UserID]int64{} // by what they have read; the users come in any order
	for _, event := range events[2:] {
		put, _ := event.(chat.ThreadPut)
		follows[put.User] = put.ReadSeq
		want(t, "event of a follower", put, chat.ThreadPut{
			User: put.User, Rev: 2, Room: chat.MainRoom, Root: root.Seq, Follows: true, ReadSeq: put.ReadSeq,
		})
	}
	want(t, "followers", follows, map[chat.UserID]int64{ann.ID: root.Seq, bob.ID: reply.Seq})
	want(t, "replies", root.Replies.Count, 1)

	_, created, err = w.Messages.Send(t.Context(), bob, send)
	want(t, "error of the retry", err, nil)
	want(t, "created by the retry", created, false)
	want(t, "events of the retry", w.events.take(), both)

	deleted, err := w.Messages.Delete(t.Context(), bob, chat.MainRoom, reply.Seq)
	want(t, "error of the deletion", err, nil)
	root, err = w.Messages.Message(t.Context(), bob, chat.MainRoom, root.Seq)
	want(t, "error of reading the root again", err, nil)
	want(t, "events of the deletion", w.events.take(), []chat.Event{chat.MessagePut{Message: &deleted}, chat.MessagePut{Message: &root}})
	want(t, "replies after the deletion", root.Replies, nil)
}

func TestAnsweringBadly(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.send(t, ann, den.ID, "root")
	for _, test := range []struct {
		name   string
		by     chat.User
		change func(*chat.SendInput)
		code   chat.Code
		field  string
	}{
		{"an answer to a negative seq", ann, func(in *chat.SendInput) { in.ReplyTo = -1 }, chat.CodeInvalid, "replyTo"},
		{"an answer to nothing", ann, func(in *chat.SendInput) { in.ReplyTo = 9 }, chat.CodeNotFound, "replyTo"},
		{"a negative thread", ann, func(in *chat.SendInput) { in.Thread = -1 }, chat.CodeInvalid, "thread"},
		{"a thread of nothing", ann, func(in *chat.SendInput) { in.Thread = 9 }, chat.CodeNotFound, "thread"},
		{"in the room without a thread", ann, func(in *chat.SendInput) { in.InRoom = true }, chat.CodeInvalid, "inRoom"},
		{"an outsider", bob, func(in *chat.SendInput) { in.ReplyTo = 1 }, chat.CodeForbidden, ""},
		{"an unknown room", ann, func(in *chat.SendInput) { in.Room, in.ReplyTo = 99, 1 }, chat.CodeNotFound, "room"},
	} {
		in := input(den.ID, "hello")
		test.change(&in)
		_, _, err := w.Messages.Send(t.Context(), test.by, in)
		wantCode(t, test.name, err, test.code, test.field)
	}
	_, err := w.Messages.Page(t.Context(), ann, den.ID, chat.MessagePage{Part: chat.TimelinePart{Thread: -1}})
	wantCode(t, "a page of a negative thread", err, chat.CodeInvalid, "thread")
}

func TestANoticeCannotBeAnswered(t *testing.T) {
	notice := &chat.Message{Seq: 1, Kind: chat.MessageNotice}
	wantCode(t, "answer", chat.NewMessage{ReplyTo: 1}.MayAnswer(notice, nil), chat.CodeInvalid, "replyTo")
	wantCode(t, "thread", chat.NewMessage{Thread: 1}.MayAnswer(nil, notice), chat.CodeInvalid, "thread")
}
