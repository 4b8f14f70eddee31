package storetest

import (
	"strings"
	"testing"

	"partychat/internal/chat"
)

// answer sends a message that answers the one of that seq.
func (f *fixture) answer(t *testing.T, by chat.User, seq int64, body string) chat.Message {
	t.Helper()
	input := newMessage(chat.MainRoom, by, body)
	input.ReplyTo = seq
	return f.append(t, input)
}

// append stores a message that is new.
func (f *fixture) append(t *testing.T, input chat.NewMessage) chat.Message {
	t.Helper()
	message, created, err := f.AppendMessage(t.Context(), input)
	if err != nil || !created {
		t.Fatalf("AppendMessage: created %v, %v; want a new message", created, err)
	}
	return message
}

// now returns the message as the store has it.
func (f *fixture) now(t *testing.T, m chat.Message) chat.Message {
	t.Helper()
	return must[chat.Message](t)(f.Message(t.Context(), m.Room, m.Seq))
}

var answerContracts = []contract{
	{"an answer quotes the beginning of the original", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		original := f.send(t, chat.MainRoom, ann, strings.Repeat("long ", 100))
		answer := f.answer(t, bob, original.Seq, "short")
		quote := &chat.Quote{
			Seq: original.Seq, Author: authorOf(ann), Kind: chat.MessageText,
			Body: strings.Repeat("long ", 100)[:chat.PreviewMax], Shortened: true,
		}
		want(t, "quote", answer.ReplyTo, quote)
		want(t, "stored", f.now(t, answer), answer)
		want(t, "page", f.page(t, chat.MainRoom, chat.MessagePage{Limit: 1}).Messages, []chat.Message{answer})
	}},
	{"the quote follows an edit of the original, and its deletion", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		original := f.send(t, chat.MainRoom, ann, "first")
		answer := f.answer(t, ann, original.Seq, "yes")
		must2(t)(f.EditMessage(t.Context(), nil, chat.MainRoom, original.Seq, "second", now))
		want(t, "after the edit", f.now(t, answer).ReplyTo.Body, "second")
		must2(t)(f.ChangeMessage(t.Context(), nil, chat.MainRoom, original.Seq, chat.MessageDeletion{}))
		got := f.now(t, answer)
		want(t, "after the deletion", got.ReplyTo, &chat.Quote{
			Seq: original.Seq, Author: authorOf(ann), Kind: chat.MessageText, Deleted: true,
		})
		want(t, "the answer's own rev", got.Rev, answer.Rev)
	}},
	{"a message that does not exist or was deleted cannot be answered", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		gone := f.send(t, chat.MainRoom, ann, "gone")
		must2(t)(f.ChangeMessage(t.Context(), nil, chat.MainRoom, gone.Seq, chat.MessageDeletion{}))
		before := f.roomNow(t, chat.MainRoom)
		for _, seq := range []int64{gone.Seq, gone.Seq + 1, 99} {
			input := newMessage(chat.MainRoom, ann, "hello?")
			input.ReplyTo = seq
			_, _, err := f.AppendMessage(t.Context(), input)
			wantCode(t, "answer", err, chat.CodeNotFound, "replyTo")
			input.ReplyTo, input.Thread = 0, seq
			_, _, err = f.AppendMessage(t.Context(), input)
			wantCode(t, "reply", err, chat.CodeNotFound, "thread")
		}
		want(t, "the room", f.roomNow(t, chat.MainRoom), before)
	}},
	{"an answer that is sent again is stored once, whatever has become of the original", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		original := f.send(t, chat.MainRoom, ann, "question")
		input := newMessage(chat.MainRoom, ann, "answer")
		input.ReplyTo = original.Seq
		first := f.append(t, input)
		must2(t)(f.ChangeMessage(t.Context(), nil, chat.MainRoom, original.Seq, chat.MessageDeletion{}))
		again, created, err := f.AppendMessage(t.Context(), input)
		want(t, "error", err, nil)
		want(t, "created", created, false)
		want(t, "seq", again.Seq, first.Seq)
		want(t, "quote", again.ReplyTo.Deleted, true)
	}},
	{"who may not write cannot answer either", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		f.send(t, room.ID, ann, "question")
		input := newMessage(room.ID, bob, "answer")
		input.ReplyTo = 1
		input.Act = &chat.Act{By: bob.ID, Needs: chat.Standing{Member: true, Unbanned: true}}
		_, _, err := f.AppendMessage(t.Context(), input)
		wantCode(t, "answer", err, chat.CodeForbidden, "")
		input.Room = 99
		_, _, err = f.AppendMessage(t.Context(), input)
		wantCode(t, "unknown room", err, chat.CodeNotFound, "")
	}},
	{"an answer brings a hidden conversation back", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		sub, _, err := f.OpenConversation(t.Context(), nil, chat.NewConversation{Room: 77, By: ann.ID, With: bob.ID, CreatedAt: now})
		want(t, "error", err, nil)
		f.send(t, sub.ID, ann, "hi")
		must[bool](t)(f.HideConversation(t.Context(), nil, sub.ID, bob.ID))
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), bob.ID))
		input := newMessage(sub.ID, ann, "are you there?")
		input.ReplyTo = 1
		input.Act = &chat.Act{By: ann.ID}
		f.append(t, input)
		want(t, "shows", input.Act.Shows, []chat.UserID{bob.ID})
		after := must[chat.UserHead](t)(f.ListHeads(t.Context(), bob.ID))
		want(t, "rev", after.Rev, head.Rev+1)
		want(t, "rooms", len(after.Rooms), len(head.Rooms)+1)
	}},
	{"plain messages and answers from many senders at once have no gap", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root := f.send(t, chat.MainRoom, ann, "root")
		const each = 12
		errs := make(chan error, 3*each)
		for i := range 3 * each {
			go func() {
				input := newMessage(chat.MainRoom, ann, "x")
				switch i % 3 {
				case 1:
					input.ReplyTo = root.Seq
				case 2:
					input.Thread = root.Seq
				}
				_, _, err := f.AppendMessage(t.Context(), input)
				errs <- err
			}()
		}
		for range 3 * each {
			want(t, "error", <-errs, nil)
		}
		room := f.roomNow(t, chat.MainRoom)
		page := f.page(t, chat.MainRoom, chat.MessagePage{Limit: 100})
		want(t, "messages", int64(len(page.Messages)), root.Seq+3*each)
		want(t, "head", room.Seq, root.Seq+3*each)
		want(t, "rev", room.Rev, root.Rev+4*each)
		want(t, "replies", f.now(t, root).Replies.Count, each)
	}},
	{"a page of answers keeps to its bytes", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		original := f.send(t, chat.MainRoom, ann, strings.Repeat("\u2028", chat.PreviewMax))
		for range 20 {
			f.answer(t, ann, original.Seq, "yes")
		}
		page := f.page(t, chat.MainRoom, chat.MessagePage{Direction: chat.PageAfter, Seq: original.Seq, Limit: 20, Bytes: 10_000})
		size := 0
		for _, m := range page.Messages {
			size += m.Size()
		}
		if !page.More || size > 10_000 || len(page.Messages) == 0 {
			t.Errorf("got %d answers of %d bytes, more %v; want as many as fit into 10,000", len(page.Messages), size, page.More)
		}
	}},
}

// must2 fails the test if a change failed or changed nothing.
func must2(t *testing.T) func(chat.Message, bool, error) chat.Message {
	t.Helper()
	return func(m chat.Message, changed bool, err error) chat.Message {
		t.Helper()
		if err != nil || !changed {
			t.Fatalf("got changed %v, error %v; want a change", changed, err)
		}
		return m
	}
}
