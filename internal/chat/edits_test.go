package chat_test

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

func TestEditingAndDeletingOnesOwnMessage(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "admin") // the server's admin, as its first user
	ann := w.user(t, "ann")
	sent := w.send(t, ann, chat.MainRoom, "helo")

	edited, err := w.Messages.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, " hello ")
	want(t, "error", err, nil)
	wanted := sent
	wanted.Rev, wanted.Body, wanted.EditedAt = sent.Rev+1, "hello", now
	want(t, "edited", edited, wanted)
	want(t, "events", w.events.take(), []chat.Event{chat.MessagePut{Message: &edited}})
	again, err := w.Messages.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, "hello")
	want(t, "error of the same edit", err, nil)
	want(t, "answer to the same edit", again, edited)
	want(t, "events of the same edit", len(w.events.take()), 0)

	deleted, err := w.Messages.Delete(t.Context(), ann, chat.MainRoom, sent.Seq)
	want(t, "error of the deletion", err, nil)
	wanted.Rev, wanted.Body, wanted.EditedAt, wanted.Deleted = sent.Rev+2, "", time.Time{}, true
	want(t, "deleted", deleted, wanted)
	want(t, "events of the deletion", w.events.take(), []chat.Event{chat.MessagePut{Message: &deleted}})
	again, err = w.Messages.Delete(t.Context(), ann, chat.MainRoom, sent.Seq)
	want(t, "error of the same deletion", err, nil)
	want(t, "answer to the same deletion", again, deleted)
	want(t, "events of the same deletion", len(w.events.take()), 0)
	_, err = w.Messages.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, "back")
	wantCode(t, "edit of a deleted message", err, chat.CodeNotFound, "")

	changes, err := w.Messages.ChangesSince(t.Context(), ann, chat.MainRoom, sent.Rev)
	want(t, "error of catching up", err, nil)
	want(t, "changes since the message", changes, chat.Changes{Messages: []chat.Message{deleted}, Rev: deleted.Rev})
}

func TestForbiddenChangesOfMessagesReturnTheReason(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: -1, Message: 5})
	admin, ann, bob, eve := w.user(t, "admin"), w.user(t, "ann"), w.user(t, "bob"), w.user(t, "eve")
	den, attic := w.room(t, ann, chat.RoomPublic, "den").ID, w.room(t, ann, chat.RoomPrivate, "attic").ID
	if _, _, err := w.Rooms.Subscribe(t.Context(), bob, den); err != nil {
		t.Fatal(err)
	}
	w.send(t, ann, den, "ann's")
	w.send(t, bob, den, "bob's")
	w.send(t, ann, attic, "ann's")
	w.events.take()
	edit := func(by chat.User, room chat.RoomID, seq int64, body string) error {
		_, err := w.Messages.Edit(t.Context(), by, room, seq, body)
		return err
	}
	remove := func(by chat.User, room chat.RoomID, seq int64) error {
		_, err := w.Messages.Delete(t.Context(), by, room, seq)
		return err
	}
	for _, test := range []struct {
		name  string
		err   error
		code  chat.Code
		field string
	}{
		{"a member edits another's", edit(bob, den, 1, "x"), chat.CodeForbidden, ""},
		{"the room's admin edits another's", edit(ann, den, 2, "x"), chat.CodeForbidden, ""},
		{"the server's admin edits another's", edit(admin, den, 2, "x"), chat.CodeForbidden, ""},
		{"an outsider edits in a private room", edit(eve, attic, 1, "x"), chat.CodeNotFound, "room"},
		{"a member deletes another's", remove(bob, den, 1), chat.CodeForbidden, ""},
		{"an outsider deletes", remove(eve, den, 1), chat.CodeForbidden, ""},
		{"an outsider deletes in a private room", remove(eve, attic, 1), chat.CodeNotFound, "room"},
		{"the server's admin deletes in a private room of others", remove(admin, attic, 1), chat.CodeNotFound, "room"},
		{"an edit that is empty", edit(ann, den, 1, " "), chat.CodeInvalid, "body"},
		{"an edit that is too long", edit(ann, den, 1, "123456"), chat.CodeTooLarge, "body"},
		{"an edit of an unknown message", edit(ann, den, 9, "x"), chat.CodeNotFound, ""},
		{"a deletion of an unknown message", remove(ann, den, 9), chat.CodeNotFound, ""},
	} {
		wantCode(t, test.name, test.err, test.code, test.field)
	}
	want(t, "events", len(w.events.take()), 0)
	want(t, "the room's admin deletes another's", remove(ann, den, 2), nil)
	want(t, "the server's admin deletes another's", remove(admin, den, 1), nil)
}

func TestOnlyEditsThatChangeSomethingCountAgainstTheLimit(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	sent := w.send(t, ann, chat.MainRoom, "hello")
	limited := w.on(w.store, &allowance{left: 1}).Messages
	for range 3 {
		_, err := limited.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, "hello")
		want(t, "error of an edit that changes nothing", err, nil)
	}
	_, err := limited.Edit(t.Context(), ann, chat.MainRoom, sent.Seq, "better")
	want(t, "error of the last allowed edit", err, nil)
	_, err = limited.Delete(t.Context(), ann, chat.MainRoom, sent.Seq)
	wantCode(t, "one more", err, chat.CodeRateLimited, "")
}
