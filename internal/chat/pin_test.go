package chat_test

import (
	"testing"

	"partychat/internal/chat"
)

func TestAdminsPinInRoomsAndBothPinInConversations(t *testing.T) {
	w := newWorld(t, chat.Limits{Pins: 1})
	root, ann, bob := w.user(t, "root"), w.user(t, "ann"), w.user(t, "bob") // root is the server's admin
	sub, err := w.Rooms.Create(t.Context(), ann, chat.NewRoomInput{Name: "tea"})
	want(t, "error", err, nil)
	_, _, err = w.Rooms.Subscribe(t.Context(), bob, sub.ID)
	want(t, "error", err, nil)
	sent := w.send(t, bob, sub.ID, "at four")
	w.events.take()

	_, err = w.Messages.Pin(t.Context(), bob, sub.ID, sent.Seq, true)
	wantCode(t, "by a member", err, chat.CodeForbidden, "")
	pinned, err := w.Messages.Pin(t.Context(), ann, sub.ID, sent.Seq, true)
	want(t, "error", err, nil)
	want(t, "by", pinned.Pinned.By, ann.Author())
	want(t, "events", w.events.take(), []chat.Event{chat.MessagePut{Message: &pinned}})
	_, err = w.Messages.Pin(t.Context(), ann, sub.ID, sent.Seq, true)
	want(t, "error of a retry", err, nil)
	want(t, "events of a retry", len(w.events.take()), 0)
	second := w.send(t, ann, sub.ID, "at five")
	_, err = w.Messages.Pin(t.Context(), root, sub.ID, second.Seq, true)
	wantCode(t, "a second pin", err, chat.CodeTooLarge, "")
	_, err = w.Messages.Pin(t.Context(), root, sub.ID, sent.Seq, false)
	want(t, "error of the server's admin", err, nil)

	direct, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	psst := w.send(t, ann, direct.ID, "psst")
	_, err = w.Messages.Pin(t.Context(), bob, direct.ID, psst.Seq, true)
	want(t, "error in a conversation", err, nil)
	list, err := w.Messages.Pins(t.Context(), ann, direct.ID)
	want(t, "error of the list", err, nil)
	want(t, "list", len(list), 1)
	_, err = w.Messages.Pin(t.Context(), root, direct.ID, psst.Seq, false)
	wantCode(t, "by a third person", err, chat.CodeNotFound, "room")
	_, err = w.Messages.Pins(t.Context(), root, direct.ID)
	wantCode(t, "list for a third person", err, chat.CodeNotFound, "room")
}
