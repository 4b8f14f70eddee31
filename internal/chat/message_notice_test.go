package chat_test

import (
	"context"
	"errors"
	"testing"

	"partychat/internal/chat"
)

// last returns the latest message of a room.
func (w *world) last(t *testing.T, viewer chat.User, room chat.RoomID) chat.Message {
	t.Helper()
	page, err := w.Messages.Page(t.Context(), viewer, room, chat.MessagePage{Limit: 1})
	if err != nil || len(page.Messages) == 0 {
		t.Fatalf("last message: got %+v, %v, want one", page, err)
	}
	return page.Messages[0]
}

func TestSomeRoomsHaveNoNotices(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: 2})
	ann, bob, cid := w.user(t, "ann"), w.user(t, "bob"), w.user(t, "cid")
	seq := func(room chat.RoomID) int64 {
		t.Helper()
		got, _, err := w.Rooms.Get(t.Context(), ann, room)
		want(t, "error", err, nil)
		return got.Seq
	}
	want(t, "notices in main about new users", seq(chat.MainRoom), 0)
	den := w.room(t, ann, chat.RoomPublic, "den")
	want(t, "notices about the room's creator", seq(den.ID), 0)
	for _, user := range []chat.User{bob, cid} {
		if _, _, err := w.Rooms.Subscribe(t.Context(), user, den.ID); err != nil {
			t.Fatal(err)
		}
		want(t, "notices in a room with NoticeMembers 2", seq(den.ID), 1)
	}
	talk, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	want(t, "notices in a conversation", seq(talk.ID), 0)
}

// tired is a Limiter that allows nothing.
type tired struct{}

func (tired) Take(chat.UserID) error { return chat.Errorf(chat.CodeRateLimited, "Wait.") }

func (tired) GiveBack(chat.UserID) {}

// fullStore refuses all messages.
type fullStore struct{ chat.Store }

func (fullStore) AppendMessage(context.Context, *chat.NewMessage) (*chat.Message, bool, error) {
	return nil, false, errors.New("the disk is full")
}

func TestAFailedNoticeDoesNotFailItsCause(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	for name, deps := range map[string]chat.Deps{
		"a user over the rate limit":    {Store: w.store, Sends: tired{}},
		"a store that refuses messages": {Store: fullStore{w.store}},
	} {
		deps.Broker, deps.Hasher, deps.Fold = w.events, w.hasher, fold
		services := chat.New(deps)
		_, created, err := services.Rooms.Subscribe(t.Context(), bob, den.ID)
		if err != nil || !created {
			t.Errorf("%s: got created %v, %v, want a new member", name, created, err)
		}
		want(t, name+": leaving", services.Rooms.Unsubscribe(t.Context(), bob, den.ID), nil)
		room, _, err := w.Rooms.Get(t.Context(), ann, den.ID)
		want(t, "error", err, nil)
		want(t, name+": messages", room.Seq, 0)
	}
}

func TestUsersCannotSendNotices(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	send := input(chat.MainRoom, "joined")
	send.Kind = chat.MessageNotice
	_, _, err := w.Messages.Send(t.Context(), ann, send)
	wantCode(t, "Send", err, chat.CodeInvalid, "kind")
}
