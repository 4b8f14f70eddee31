package storetest

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

var threadContracts = []contract{
	{"a reply gives its root the next rev and counts there", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		root := f.send(t, chat.MainRoom, ann, "root")
		input := newMessage(chat.MainRoom, bob, "reply")
		input.Thread, input.CreatedAt = root.Seq, now.Add(time.Minute)
		input.Act = &chat.Act{By: bob.ID}
		reply := f.append(t, input)
		want(t, "thread", reply.Thread, root.Seq)
		want(t, "rev", reply.Rev, root.Rev+1)
		root.Rev += 2
		root.Replies = &chat.Replies{Count: 1, Seq: reply.Seq, At: input.CreatedAt, Authors: []chat.Author{authorOf(bob)}}
		want(t, "root", f.now(t, root), root)
		want(t, "root in the act", *input.Act.Touches, root)
		want(t, "room's rev", f.roomNow(t, chat.MainRoom).Rev, root.Rev)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), chat.MainRoom, root.Rev-2, 10, 0))
		want(t, "changes", changes.Messages, []chat.Message{reply, root})
	}},
	{"a root shows the three who have replied last, the latest first", func(t *testing.T, f *fixture) {
		users := []chat.User{f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cem"), f.user(t, "dea")}
		root := f.send(t, chat.MainRoom, users[0], "root")
		var last chat.Message
		for _, i := range []int{0, 1, 2, 1, 3} {
			last = f.reply(t, users[i], root.Seq, "reply")
		}
		authors := func() (names []string) {
			for _, author := range f.now(t, root).Replies.Authors {
				names = append(names, author.Username)
			}
			return names
		}
		want(t, "authors", authors(), []string{"dea", "bob", "cem"})
		must2(t)(f.ChangeMessage(t.Context(), nil, chat.MainRoom, last.Seq, chat.MessageDeletion{}))
		want(t, "authors after a deletion", authors(), []string{"bob", "cem", "ann"})
	}},
	{"a deleted reply does not count, and gives the root a rev", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root := f.send(t, chat.MainRoom, ann, "root")
		first, second := f.reply(t, ann, root.Seq, "first"), f.reply(t, ann, root.Seq, "second")
		before := f.now(t, root)
		act := &chat.Act{By: ann.ID}
		must2(t)(f.ChangeMessage(t.Context(), act, chat.MainRoom, second.Seq, chat.MessageDeletion{}))
		after := f.now(t, root)
		want(t, "rev", after.Rev, before.Rev+2)
		want(t, "in the act", *act.Touches, after)
		want(t, "latest", after.Replies.Seq, first.Seq)
		must2(t)(f.ChangeMessage(t.Context(), nil, chat.MainRoom, first.Seq, chat.MessageDeletion{}))
		want(t, "replies", f.now(t, root).Replies, nil)
	}},
	{"a message in a thread has no thread of its own", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root := f.send(t, chat.MainRoom, ann, "root")
		reply := f.reply(t, ann, root.Seq, "reply")
		input := newMessage(chat.MainRoom, ann, "deeper")
		input.Thread = reply.Seq
		_, _, err := f.AppendMessage(t.Context(), input)
		wantCode(t, "thread in a thread", err, chat.CodeInvalid, "thread")
	}},
	{"what only a thread shows is not unread in the room, and marks nothing as read", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		root := f.send(t, chat.MainRoom, ann, "root")
		f.reply(t, bob, root.Seq, "in the thread only")
		unread := func(user chat.User) int64 {
			return must[chat.Subscription](t)(f.Subscription(t.Context(), chat.MainRoom, user.ID)).Unread
		}
		want(t, "unread of bob, who has read nothing", unread(bob), 1)
		want(t, "unread of ann", unread(ann), 0)
		input := newMessage(chat.MainRoom, bob, "in the room, too")
		input.Thread, input.InRoom = root.Seq, true
		f.append(t, input)
		want(t, "unread of ann after one in the room", unread(ann), 1)
		want(t, "unread of bob, who has written it", unread(bob), 0)
	}},
	{"a page has a thread, the room without threads, or everything", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root := f.send(t, chat.MainRoom, ann, "root")
		var thread, room []int64
		room = append(room, root.Seq)
		for i := range 6 {
			input := newMessage(chat.MainRoom, ann, "x")
			if i%3 > 0 {
				input.Thread, input.InRoom = root.Seq, i == 4
			}
			m := f.append(t, input)
			if m.Thread != 0 {
				thread = append(thread, m.Seq)
			}
			if !m.InThreadOnly() {
				room = append(room, m.Seq)
			}
		}
		ofThread, ofRoom := chat.TimelinePart{Thread: root.Seq}, chat.TimelinePart{WithoutOnly: true}
		want(t, "thread", seqs(f.page(t, chat.MainRoom, chat.MessagePage{Limit: 10, Part: ofThread}).Messages), thread)
		want(t, "room", seqs(f.page(t, chat.MainRoom, chat.MessagePage{Limit: 10, Part: ofRoom}).Messages), room)
		page := f.page(t, chat.MainRoom, chat.MessagePage{Direction: chat.PageAfter, Seq: thread[0], Limit: 2, Part: ofThread})
		want(t, "later in the thread", seqs(page.Messages), thread[1:3])
		want(t, "more", page.More, true)
		page = f.page(t, chat.MainRoom, chat.MessagePage{Direction: chat.PageBefore, Seq: room[2], Limit: 5, Part: ofRoom})
		want(t, "earlier in the room", seqs(page.Messages), room[:2])
	}},
	{"an answer stays within its thread", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		root, other := f.send(t, chat.MainRoom, ann, "root"), f.send(t, chat.MainRoom, ann, "other")
		reply := f.reply(t, ann, root.Seq, "reply")
		send := func(thread, to int64) error {
			input := newMessage(chat.MainRoom, ann, "answer")
			input.Thread, input.ReplyTo = thread, to
			_, _, err := f.AppendMessage(t.Context(), input)
			return err
		}
		want(t, "to a reply in the thread", send(root.Seq, reply.Seq), nil)
		want(t, "to the root in its thread", send(root.Seq, root.Seq), nil)
		wantCode(t, "from the room into a thread", send(0, reply.Seq), chat.CodeInvalid, "replyTo")
		wantCode(t, "from a thread into the room", send(root.Seq, other.Seq), chat.CodeInvalid, "replyTo")
	}},
}

// reply sends a message that only the thread shows.
func (f *fixture) reply(t *testing.T, by chat.User, root int64, body string) chat.Message {
	t.Helper()
	input := newMessage(chat.MainRoom, by, body)
	input.Thread = root
	return f.append(t, input)
}
