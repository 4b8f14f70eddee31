package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// inThread writes in a thread and returns the message.
func (f *fixture) inThread(t *testing.T, room chat.RoomID, root int64, by chat.User, mentions ...chat.User) chat.Message {
	t.Helper()
	input := newMessage(room, by, "a reply")
	input.Thread = root
	for _, user := range mentions {
		input.Mentions = append(input.Mentions, chat.Mention{User: user.ID, Text: "@" + user.Username})
	}
	message, _, err := f.AppendMessage(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

// following returns the threads that a user follows, each as room, root and number of
// unread messages.
func (s shorter) following(t *testing.T, user chat.User, page chat.ThreadPage) (list []string) {
	t.Helper()
	unread := 0
	for _, f := range must[[]chat.FoundThread](t)(s.Threads(t.Context(), user.ID, page)) {
		list = append(list, fmt.Sprintf("%d/%d: %d", f.Room, f.Root, f.Unread))
		state, n, err := s.Thread(t.Context(), user.ID, f.Room, f.Root)
		want(t, "error of one thread", err, nil)
		want(t, "state and unread messages of one thread", []any{state, n}, []any{f.ThreadState, f.Unread})
		if f.Unread > 0 {
			unread++
		}
	}
	if page.After == (chat.ThreadPlace{}) && len(list) < page.Limit {
		want(t, "unread threads", must[int](t)(s.UnreadThreads(t.Context(), user.ID)), unread)
	}
	return list
}

func (s shorter) putThread(t *testing.T, user chat.User, room chat.RoomID, root int64, follow *bool, seq int64) (chat.ThreadState, bool, error) {
	t.Helper()
	return s.PutThread(t.Context(), nil, chat.ThreadChange{User: user.ID, Room: room, Root: root, Follow: follow, ReadSeq: seq})
}

func on(value bool) *bool { return &value }

var followContracts = []contract{
	{"writing in a thread, writing its root and a mention in it make a user follow it", func(t *testing.T, f *fixture) {
		ann, bob, cid, dan := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid"), f.user(t, "dan")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		for _, user := range []chat.User{bob, cid, dan} {
			f.subscribe(t, den, user)
		}
		f.send(t, den, ann, "root")
		all := chat.ThreadPage{Limit: 10}
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Rev
		first := f.inThread(t, den, 1, bob, cid)
		want(t, "ann, who wrote the root", f.following(t, ann, all), []string{fmt.Sprint(den, "/1: 1")})
		want(t, "bob, who wrote the reply", f.following(t, bob, all), []string{fmt.Sprint(den, "/1: 0")})
		want(t, "cid, who is mentioned", f.following(t, cid, all), []string{fmt.Sprint(den, "/1: 1")})
		want(t, "dan", f.following(t, dan, all), nil)
		changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, head, 10, 0))
		want(t, "changes of ann", changes.Events, []chat.Event{
			chat.ThreadPut{User: ann.ID, Rev: head + 1, Room: den, Root: 1, Follows: true, ReadSeq: first.Seq - 1},
		})
		f.inThread(t, den, 1, ann)
		want(t, "ann, after her reply", f.following(t, ann, all), []string{fmt.Sprint(den, "/1: 0")})
		want(t, "bob", f.following(t, bob, all), []string{fmt.Sprint(den, "/1: 1")})
		found := must[[]chat.FoundThread](t)(f.Threads(t.Context(), bob.ID, all))[0]
		want(t, "root", found.Message.Body, "root")
		want(t, "replies", *found.Message.Replies, chat.Replies{Count: 2, Seq: 3, At: now})

		_, _, err := f.DeleteMessage(t.Context(), nil, den, 3)
		want(t, "error", err, nil)
		want(t, "bob, after the deletion of what was unread", f.following(t, bob, all), []string{fmt.Sprint(den, "/1: 0")})
		_, err = f.Unsubscribe(t.Context(), nil, den, cid.ID)
		want(t, "error", err, nil)
		want(t, "cid, after leaving the room", f.following(t, cid, all), nil)
	}},
	{"following, reading and stopping take a rev once each", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.subscribe(t, den, bob)
		f.send(t, den, ann, "root")
		for range 3 {
			f.inThread(t, den, 1, ann)
		}
		all := chat.ThreadPage{Limit: 10}
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), bob.ID)).Rev
		state := chat.ThreadState{User: bob.ID, Room: den, Root: 1}
		for _, step := range []struct {
			what   string
			follow *bool
			seq    int64
			after  chat.ThreadState
			unread []string
		}{
			{"reading what is not followed", nil, 3, state, nil},
			{"following", on(true), 0, chat.ThreadState{Follows: true, ReadSeq: 4, Rev: head + 1}, []string{fmt.Sprint(den, "/1: 0")}},
			{"following again", on(true), 0, chat.ThreadState{Follows: true, ReadSeq: 4, Rev: head + 1}, []string{fmt.Sprint(den, "/1: 0")}},
			{"two more replies", nil, 0, chat.ThreadState{Follows: true, ReadSeq: 4, Rev: head + 1}, []string{fmt.Sprint(den, "/1: 2")}},
			{"reading one", nil, 5, chat.ThreadState{Follows: true, ReadSeq: 5, Rev: head + 2}, []string{fmt.Sprint(den, "/1: 1")}},
			{"reading backwards", nil, 2, chat.ThreadState{Follows: true, ReadSeq: 5, Rev: head + 2}, []string{fmt.Sprint(den, "/1: 1")}},
			{"reading beyond the head", nil, 99, chat.ThreadState{Follows: true, ReadSeq: 6, Rev: head + 3}, []string{fmt.Sprint(den, "/1: 0")}},
			{"stopping", on(false), 0, chat.ThreadState{ReadSeq: 6, Rev: head + 4}, nil},
			{"stopping again", on(false), 0, chat.ThreadState{ReadSeq: 6, Rev: head + 4}, nil},
		} {
			if step.what == "two more replies" {
				f.inThread(t, den, 1, ann)
				f.inThread(t, den, 1, ann)
			}
			got, _, err := f.putThread(t, bob, den, 1, step.follow, step.seq)
			want(t, step.what+": error", err, nil)
			step.after.User, step.after.Room, step.after.Root = bob.ID, den, 1
			want(t, step.what, got, step.after)
			want(t, step.what+": list", f.following(t, bob, all), step.unread)
		}
		f.inThread(t, den, 1, ann)
		want(t, "after stopping", f.following(t, bob, all), nil)
		f.inThread(t, den, 1, ann, bob)
		want(t, "after a mention", f.following(t, bob, all), []string{fmt.Sprint(den, "/1: 1")})
		_, _, err := f.putThread(t, ann, den, 1, on(false), 0)
		want(t, "error", err, nil)
		f.inThread(t, den, 1, bob)
		want(t, "ann, who wrote the root and has stopped", f.following(t, ann, all), nil)
		_, _, err = f.putThread(t, bob, den, 99, on(true), 0)
		wantCode(t, "no message", err, chat.CodeNotFound, "")
	}},
	{"threads are listed by their latest replies, page by page", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, other := f.room(t, ann, chat.RoomPrivate, "den").ID, f.room(t, bob, chat.RoomPrivate, "other").ID
		f.subscribe(t, other, ann)
		f.sendMany(t, den, ann, 3)
		f.send(t, other, bob, "root")
		for i, of := range []struct {
			room chat.RoomID
			root int64
			by   chat.User
		}{{den, 2, ann}, {other, 1, bob}, {den, 1, ann}, {den, 3, ann}, {den, 2, ann}} {
			input := newMessage(of.room, of.by, "a reply")
			input.Thread, input.CreatedAt = of.root, now.AddDate(0, 0, i/3) // some at the same time
			_, _, err := f.AppendMessage(t.Context(), input)
			want(t, "error", err, nil)
		}
		_, _, err := f.putThread(t, ann, other, 1, on(true), 0)
		want(t, "error", err, nil)
		var got []string
		page := chat.ThreadPage{Limit: 1}
		for {
			list := must[[]chat.FoundThread](t)(f.Threads(t.Context(), ann.ID, page))
			if len(list) == 0 {
				break
			}
			got = append(got, fmt.Sprint(list[0].Room, "/", list[0].Root))
			page.After = list[0].Place()
		}
		later, earlier := []string{fmt.Sprint(den, "/3"), fmt.Sprint(den, "/2")}, []string{fmt.Sprint(den, "/1"), fmt.Sprint(other, "/1")}
		if den < other {
			slices.Reverse(earlier)
		}
		want(t, "threads", got, slices.Concat(later, earlier))
	}},
}

type threadKey struct {
	room chat.RoomID
	root int64
}

// thread gives what the model's user is to a thread.
func (m *modelUsers) thread(user chat.UserID, key threadKey) chat.ThreadState {
	if state, there := m.also[user].threads[key]; there {
		return state
	}
	return chat.ThreadState{User: user, Room: key.room, Root: key.root}
}

// putThread gives the state the next rev of its user.
func (m *modelUsers) putThread(state chat.ThreadState) chat.ThreadState {
	state.Rev = m.take(state.User)
	u := m.also[state.User]
	if u.threads == nil {
		u.threads = map[threadKey]chat.ThreadState{}
	}
	u.threads[threadKey{state.Room, state.Root}] = state
	return state
}

// followBy makes the authors of a reply and of its root follow the thread.
func followBy(m *model, room *modelRoom, reply chat.Message) (states []chat.ThreadState) {
	key := threadKey{room.room.ID, reply.Thread}
	author, root := reply.Author.ID, room.message(reply.Thread).Author.ID
	after := m.thread(author, key)
	after.Follows, after.ReadSeq = true, reply.Seq
	states = append(states, m.putThread(after))
	if before := m.thread(root, key); root != author && before.Rev == 0 {
		before.Follows, before.ReadSeq = true, reply.Seq-1
		states = append(states, m.putThread(before))
	}
	slices.SortFunc(states, func(a, b chat.ThreadState) int { return cmp.Compare(a.User, b.User) })
	return states
}

// follow changes what a user of a model is to a thread.
func follow(t *rapid.T, m *model) {
	room, root, user := m.anyRoom(t), anySeq(t), m.anyUser(t)
	change := chat.ThreadChange{User: user.ID, Room: room.room.ID, Root: root, ReadSeq: anySeq(t)}
	if rapid.Bool().Draw(t, "changes whether") {
		change.Follow = on(rapid.Bool().Draw(t, "follows"))
	}
	got, changed, err := m.store.PutThread(m.t.Context(), nil, change)
	if room.message(root) == nil {
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	}
	noError(t, err)
	before := m.thread(user.ID, threadKey{room.room.ID, root})
	after := before
	if change.Follow != nil && *change.Follow != before.Follows {
		after.Follows, after.ReadSeq = *change.Follow, max(before.ReadSeq, room.room.Seq)
	}
	if after.Follows {
		after.ReadSeq = max(after.ReadSeq, min(change.ReadSeq, room.room.Seq))
	}
	if equal(t, "changed", changed, after != before); changed {
		after = m.putThread(after)
	}
	equal(t, "state", got, after)
	state, unread, err := m.store.Thread(m.t.Context(), user.ID, room.room.ID, root)
	noError(t, err)
	var wanted int64
	for _, message := range room.messages {
		if after.Follows && message.Thread == root && message.Seq > after.ReadSeq && !message.Deleted && message.Author.ID != user.ID {
			wanted++
		}
	}
	equal(t, "state and unread messages", []any{state, unread}, []any{after, wanted})
}
