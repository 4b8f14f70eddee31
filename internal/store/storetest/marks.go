package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"partychat/internal/chat"
)

// pin pins or unpins a message, of at most three in its room.
func (s shorter) pin(t *testing.T, room chat.RoomID, seq int64, by chat.User, on bool) (chat.Message, bool, error) {
	t.Helper()
	return s.ChangeMessage(t.Context(), nil, room, seq, chat.MessagePin{By: by.Author(), On: on, At: now, Max: 3})
}

// pinned returns the seqs of the pinned messages.
func (s shorter) pinned(t *testing.T, room chat.RoomID) []int64 {
	t.Helper()
	return seqs(must[[]chat.Message](t)(s.Pins(t.Context(), room, 10)))
}

var pinContracts = []contract{
	{"a pin takes the next rev, is where the message is, and changes nothing when it is retried", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		sent := f.sendMany(t, den, ann, 3)
		pinned := sent[1]
		pinned.Rev, pinned.Pinned = 4, &chat.Pin{By: bob.Author(), At: now}
		got, changed, err := f.pin(t, den, 2, bob, true)
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		want(t, "message", got, pinned)
		again, changed, err := f.pin(t, den, 2, ann, true)
		want(t, "error of a retry", err, nil)
		want(t, "changed by a retry", changed, false)
		want(t, "message after it", again, pinned)
		want(t, "page", f.page(t, den, chat.MessagePage{Limit: 10}).Messages, []chat.Message{sent[0], pinned, sent[2]})
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, 3, 10, 0))
		want(t, "changes", changes, chat.Changes{Messages: []chat.Message{pinned}, Rev: 4})
		want(t, "list", must[[]chat.Message](t)(f.Pins(t.Context(), den, 10)), []chat.Message{pinned})

		edited, _, err := f.EditMessage(t.Context(), nil, den, 2, "better", now)
		want(t, "error of an edit", err, nil)
		want(t, "pin after an edit", edited.Pinned, pinned.Pinned)
		back, changed, err := f.pin(t, den, 2, ann, false)
		want(t, "error of taking it back", err, nil)
		want(t, "changed by that", changed, true)
		want(t, "rev and pin", []any{back.Rev, back.Pinned}, []any{int64(6), (*chat.Pin)(nil)})
		_, changed, err = f.pin(t, den, 2, ann, false)
		want(t, "error of taking it back twice", err, nil)
		want(t, "changed by that", changed, false)
		want(t, "list", f.pinned(t, den), []int64{})
		want(t, "change counter", f.roomNow(t, den).Rev, 6)
	}},
	{"pins are listed in the order of pinning, with the beginnings of their texts", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den, other := f.room(t, ann, chat.RoomPrivate, "den").ID, f.room(t, ann, chat.RoomPrivate, "other").ID
		long := fmt.Sprintf("%0*d", chat.PreviewMax+10, 1)
		f.send(t, den, ann, long)
		f.sendMany(t, den, ann, 4)
		f.sendMany(t, other, ann, 2)
		for _, seq := range []int64{3, 1, 2} {
			_, _, err := f.pin(t, den, seq, ann, true)
			want(t, "error", err, nil)
		}
		_, _, err := f.pin(t, other, 1, ann, true)
		want(t, "error", err, nil)
		list := must[[]chat.Message](t)(f.Pins(t.Context(), den, 10))
		want(t, "seqs", seqs(list), []int64{2, 1, 3})
		want(t, "body", []any{list[1].Body, list[1].Shortened}, []any{long[:chat.PreviewMax], true})
		want(t, "as many as asked for", seqs(must[[]chat.Message](t)(f.Pins(t.Context(), den, 2))), []int64{2, 1})
		_, _, err = f.pin(t, den, 4, ann, true)
		wantCode(t, "a fourth pin", err, chat.CodeTooLarge, "")
		want(t, "after it", f.pinned(t, den), []int64{2, 1, 3})
		want(t, "change counter", f.roomNow(t, den).Rev, 8)
		react(t, f, den, 1, ann, "👍")
		want(t, "with a reaction", must[[]chat.Message](t)(f.Pins(t.Context(), den, 10))[1].Reactions, nil)
	}},
	{"a deletion takes the pin back, and neither tombstones nor notices can be pinned", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.send(t, den, ann, "hello")
		notice := newMessage(den, ann, string(chat.NoticeJoined))
		notice.Kind = chat.MessageNotice
		_, _, err := f.AppendMessage(t.Context(), notice)
		want(t, "error", err, nil)
		_, _, err = f.pin(t, den, 1, ann, true)
		want(t, "error", err, nil)
		stone, _, err := f.DeleteMessage(t.Context(), nil, den, 1)
		want(t, "error", err, nil)
		want(t, "pin", stone.Pinned, nil)
		want(t, "list", f.pinned(t, den), []int64{})
		_, _, err = f.pin(t, den, 1, ann, true)
		wantCode(t, "a tombstone", err, chat.CodeNotFound, "")
		_, _, err = f.pin(t, den, 2, ann, true)
		wantCode(t, "a notice", err, chat.CodeInvalid, "")
		_, _, err = f.pin(t, den, 9, ann, true)
		wantCode(t, "no message", err, chat.CodeNotFound, "")
	}},
	{"the transaction that pins decides who may", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.send(t, den, ann, "hello")
		refusal := chat.Errorf(chat.CodeForbidden, "Not you.")
		var seen chat.Access
		act := &chat.Act{By: ann.ID, May: func(a chat.Access) error { seen = a; return refusal }}
		_, _, err := f.ChangeMessage(t.Context(), act, den, 1, chat.MessagePin{By: ann.Author(), On: true, At: now, Max: 3})
		want(t, "error", err, error(refusal))
		want(t, "decided on", []any{seen.By.ID, seen.Room.ID, seen.Membership.Role}, []any{ann.ID, den, chat.RoleAdmin})
		want(t, "list", f.pinned(t, den), []int64{})
	}},
}

// bookmark sets or removes a bookmark, of at most three.
func (s shorter) bookmark(t *testing.T, user chat.User, room chat.RoomID, seq int64, on bool) (int64, bool, error) {
	t.Helper()
	return s.PutBookmark(t.Context(), nil, chat.Bookmark{User: user.ID, Room: room, Seq: seq, At: now}, on, 3)
}

// bookmarked returns the user's bookmarks, each as room and seq.
func (s shorter) bookmarked(t *testing.T, user chat.User, page chat.BookmarkPage) (list []string) {
	t.Helper()
	for _, b := range must[[]chat.FoundBookmark](t)(s.Bookmarks(t.Context(), user.ID, page)) {
		list = append(list, fmt.Sprint(b.Room.Name, " ", b.Seq))
	}
	return list
}

var bookmarkContracts = []contract{
	{"a bookmark is on its user's stream, and changes nothing when it is retried", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.sendMany(t, den, ann, 2)
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Rev
		rev, changed, err := f.bookmark(t, ann, den, 2, true)
		want(t, "error", err, nil)
		want(t, "changed, rev", []any{changed, rev}, []any{true, head + 1})
		again, changed, err := f.bookmark(t, ann, den, 2, true)
		want(t, "error of a retry", err, nil)
		want(t, "changed, rev of a retry", []any{changed, again}, []any{false, rev})
		want(t, "in the room", must[[]int64](t)(f.BookmarksIn(t.Context(), ann.ID, den)), []int64{2})
		want(t, "of another user", must[[]int64](t)(f.BookmarksIn(t.Context(), bob.ID, den)), []int64{})
		changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, head, 10, 0))
		want(t, "changes", changes.Events, []chat.Event{chat.BookmarkPut{User: ann.ID, Rev: rev, Room: den, Seq: 2, On: true}})

		gone, changed, err := f.bookmark(t, ann, den, 2, false)
		want(t, "error of its removal", err, nil)
		want(t, "changed, rev of that", []any{changed, gone}, []any{true, rev + 1})
		again, changed, err = f.bookmark(t, ann, den, 2, false)
		want(t, "error of removing it twice", err, nil)
		want(t, "changed, rev of that", []any{changed, again}, []any{false, gone})
		changes = must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, head, 10, 0))
		want(t, "changes", changes.Events, []chat.Event{chat.BookmarkPut{User: ann.ID, Rev: gone, Room: den, Seq: 2}})
		want(t, "room's change counter", f.roomNow(t, den).Rev, 2)
		_, changed, err = f.bookmark(t, ann, den, 1, false)
		want(t, "removing what never was", []any{changed, err}, []any{false, nil})
	}},
	{"bookmarks are listed by when they were set, with what the user is in each room", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.subscribe(t, den, bob)
		direct, _, err := f.OpenConversation(t.Context(), nil, chat.NewConversation{Room: 900, By: bob.ID, With: cid.ID, CreatedAt: now})
		want(t, "error", err, nil)
		sent := f.sendMany(t, den, ann, 2)
		f.send(t, direct.ID, cid, "psst")
		for _, of := range []struct {
			room chat.RoomID
			seq  int64
		}{{den, 2}, {direct.ID, 1}, {den, 1}} {
			_, _, err := f.bookmark(t, bob, of.room, of.seq, true)
			want(t, "error", err, nil)
		}
		want(t, "all", f.bookmarked(t, bob, chat.BookmarkPage{Limit: 10}), []string{"den 1", " 1", "den 2"})
		list := must[[]chat.FoundBookmark](t)(f.Bookmarks(t.Context(), bob.ID, chat.BookmarkPage{Limit: 2}))
		want(t, "first page", len(list), 2)
		want(t, "second page", f.bookmarked(t, bob, chat.BookmarkPage{Before: list[1].Rev, Limit: 2}), []string{"den 2"})
		want(t, "message", *list[0].Message, sent[0])
		want(t, "peer", *list[1].Peer, cid)
		want(t, "membership", list[0].Access.Membership != nil, true)
		want(t, "reader", list[0].Access.By, bob)

		_, _, err = f.bookmark(t, bob, den, 99, true)
		wantCode(t, "no message", err, chat.CodeNotFound, "")
		f.send(t, den, ann, "one more")
		_, _, err = f.bookmark(t, bob, den, 3, true)
		wantCode(t, "a fourth bookmark", err, chat.CodeTooLarge, "")

		_, _, _, err = f.Ban(t.Context(), nil, newBan(den, bob, ann))
		want(t, "error", err, nil)
		list = must[[]chat.FoundBookmark](t)(f.Bookmarks(t.Context(), bob.ID, chat.BookmarkPage{Limit: 1}))
		want(t, "standing after a ban", []any{list[0].Access.Membership == nil, list[0].Access.Banned}, []any{true, true})
		_, changed, err := f.bookmark(t, bob, den, 1, false)
		want(t, "removed after a ban", []any{changed, err}, []any{true, nil})
		_, _, err = f.DeleteMessage(t.Context(), nil, den, 2)
		want(t, "error", err, nil)
		list = must[[]chat.FoundBookmark](t)(f.Bookmarks(t.Context(), bob.ID, chat.BookmarkPage{Limit: 9}))
		want(t, "a deleted message", []any{list[1].Seq, list[1].Message.Deleted}, []any{int64(2), true})
		_, _, err = f.bookmark(t, ann, den, 2, true)
		wantCode(t, "a tombstone", err, chat.CodeNotFound, "")
		_, _, err = f.bookmark(t, chat.User{ID: 99}, den, 1, true)
		wantCode(t, "by nobody", err, chat.CodeNotFound, "")
	}},
	{"concurrent bookmarks of one user keep to the maximum and take a rev each", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den").ID
		f.sendMany(t, den, ann, 8)
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Rev
		together(8, func(i int) {
			if _, _, err := f.bookmark(t, ann, den, int64(i+1), true); err != nil && chat.CodeOf(err) != chat.CodeTooLarge {
				t.Errorf("got %v, want a bookmark or too_large", err)
			}
		})
		want(t, "bookmarks", len(f.bookmarked(t, ann, chat.BookmarkPage{Limit: 10})), 3)
		want(t, "revs", must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID)).Rev-head, 3)
	}},
}

// pin pins or unpins a message of a model.
func pin(t *rapid.T, m *model) {
	room, seq, user, on := m.anyRoom(t), anySeq(t), m.anyUser(t), rapid.Bool().Draw(t, "on")
	at := now.Add(time.Duration(room.room.Rev) * time.Minute)
	got, changed, err := m.store.ChangeMessage(m.t.Context(), nil, room.room.ID, seq, chat.MessagePin{By: user.Author(), On: on, At: at, Max: 2})
	message := room.message(seq)
	pins := room.pins()
	switch {
	case message == nil || on && message.Deleted:
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	case on && message.Pinned == nil && len(pins) == 2:
		equal(t, "code", chat.CodeOf(err), chat.CodeTooLarge)
		return
	}
	noError(t, err)
	if equal(t, "changed", changed, on != (message.Pinned != nil)); changed {
		room.room.Rev++
		message.Rev, message.Pinned = room.room.Rev, nil
		if on {
			message.Pinned = &chat.Pin{By: user.Author(), At: at}
		}
	}
	equal(t, "message", got, *message)
	list, err := m.store.Pins(m.t.Context(), room.room.ID, 5)
	noError(t, err)
	equal(t, "pinned messages", list, room.pins())
}

// pins returns the previews of the pinned messages, the last one pinned first.
func (r *modelRoom) pins() []chat.Message {
	list := []chat.Message{}
	for _, message := range r.messages {
		if message.Pinned != nil {
			preview := message.Preview()
			preview.Pinned = message.Pinned
			list = append(list, preview)
		}
	}
	slices.SortFunc(list, func(a, b chat.Message) int { return b.Pinned.At.Compare(a.Pinned.At) })
	return list
}

// bookmark sets or removes a bookmark of a model.
func bookmark(t *rapid.T, m *model) {
	room, seq, user, on := m.anyRoom(t), anySeq(t), m.anyUser(t), rapid.Bool().Draw(t, "on")
	rev, changed, err := m.store.PutBookmark(m.t.Context(), nil, chat.Bookmark{User: user.ID, Room: room.room.ID, Seq: seq, At: now}, on, 2)
	u := m.also[user.ID]
	is := func(e chat.BookmarkPut) bool { return e.Room == room.room.ID && e.Seq == seq }
	at := slices.IndexFunc(u.bookmarks, is)
	set := 0
	for _, b := range u.bookmarks {
		if b.On {
			set++
		}
	}
	there := at >= 0 && u.bookmarks[at].On
	message := room.message(seq)
	switch {
	case on && !there && (message == nil || message.Deleted):
		equal(t, "code", chat.CodeOf(err), chat.CodeNotFound)
		return
	case on && !there && set == 2:
		equal(t, "code", chat.CodeOf(err), chat.CodeTooLarge)
		return
	}
	noError(t, err)
	if equal(t, "changed", changed, on != there); changed {
		u.bookmarks = append(slices.DeleteFunc(u.bookmarks, is), chat.BookmarkPut{
			User: user.ID, Rev: m.take(user.ID), Room: room.room.ID, Seq: seq, On: on,
		})
		at = len(u.bookmarks) - 1
	}
	var wanted int64
	if at >= 0 {
		wanted = u.bookmarks[at].Rev
	}
	equal(t, "rev", rev, wanted)
	list, err := m.store.Bookmarks(m.t.Context(), user.ID, chat.BookmarkPage{Limit: 5})
	noError(t, err)
	var got, want []int64
	for _, b := range list {
		got = append(got, b.Rev)
	}
	for _, b := range slices.Backward(u.bookmarks) {
		if b.On {
			want = append(want, b.Rev)
		}
	}
	equal(t, "bookmarks by rev", got, want)
}
