package chat_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"partychat/internal/chat"
)

// allowance is a Limiter that allows a fixed number of sends.
type allowance struct{ left int }

func (a *allowance) Take(chat.UserID) error {
	if a.left == 0 {
		return &chat.Error{Code: chat.CodeRateLimited, Message: "Too fast."}
	}
	a.left--
	return nil
}

func (a *allowance) GiveBack(chat.UserID) { a.left++ }

// heldStore lets a test decide when an append continues, and whether it fails.
type heldStore struct {
	chat.Store
	entered chan struct{}
	fail    chan error
}

func (s *heldStore) AppendMessage(ctx context.Context, m *chat.NewMessage) (*chat.Message, bool, error) {
	s.entered <- struct{}{}
	if err := <-s.fail; err != nil {
		return nil, false, err
	}
	return s.Store.AppendMessage(ctx, m)
}

// on returns services like the world's, but with another store and limiter.
func (w *world) on(store chat.Store, sends chat.Limiter) *chat.Chat {
	return chat.New(chat.Deps{Store: store, Broker: w.events, Hasher: w.hasher, Fold: fold, Sends: sends})
}

func TestARetryReturnsTheOriginalEvenIfItsAuthorHasLostThePermission(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	public, private := w.room(t, bob, chat.RoomPublic, "den").ID, w.room(t, ann, chat.RoomPrivate, "attic").ID
	if _, _, err := w.Rooms.Subscribe(t.Context(), ann, public); err != nil {
		t.Fatal(err)
	}
	for name, room := range map[string]chat.RoomID{"a public room": public, "a private room": private} {
		first := input(room, "hello")
		original, _, err := w.Messages.Send(t.Context(), ann, first)
		want(t, name+": error", err, nil)
		want(t, name+": error of unsubscribing", w.Rooms.Unsubscribe(t.Context(), ann, room), nil)
		w.events.take()
		again, created, err := w.Messages.Send(t.Context(), ann, first)
		want(t, name+": error of the retry", err, nil)
		want(t, name+": created by the retry", created, false)
		want(t, name+": answer to the retry", again, original)
		want(t, name+": events of the retry", w.events.take(), []chat.Event{chat.MessagePut{Message: original}})
		_, _, err = w.Messages.Send(t.Context(), ann, input(room, "another"))
		if code := chat.CodeOf(err); code != chat.CodeForbidden && code != chat.CodeNotFound {
			t.Errorf("%s: another message: got %v, want it refused", name, err)
		}
		_, _, err = w.Messages.Send(t.Context(), bob, chat.SendInput{Room: private, ClientID: first.ClientID, Body: "hello"})
		wantCode(t, name+": another user with the same clientId", err, chat.CodeNotFound, "room")
	}
}

func TestRetriesCountAgainstNoLimit(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	limited := w.on(w.store, &allowance{left: 3})
	sent := []chat.SendInput{input(chat.MainRoom, "one"), input(chat.MainRoom, "two")}
	for range 5 {
		for i, in := range sent {
			message, _, err := limited.Messages.Send(t.Context(), ann, in)
			want(t, "error", err, nil)
			want(t, "seq", message.Seq, int64(i+1))
		}
	}
	_, _, err := limited.Messages.Send(t.Context(), ann, input(chat.MainRoom, "three"))
	want(t, "error of the last allowed send", err, nil)
	_, _, err = limited.Messages.Send(t.Context(), ann, input(chat.MainRoom, "four"))
	wantCode(t, "one more", err, chat.CodeRateLimited, "")
	message, created, err := limited.Messages.Send(t.Context(), ann, sent[0])
	want(t, "error of a retry at the limit", err, nil)
	want(t, "created by the retry at the limit", created, false)
	want(t, "its answer", message.Seq, 1)
}

func TestAFailedSendDoesNotCountAgainstTheLimit(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	store := &heldStore{Store: w.store, entered: make(chan struct{}, 1), fail: make(chan error, 1)}
	limited := w.on(store, &allowance{left: 1})
	for _, failure := range []error{errors.New("away"), errors.New("still away"), nil} {
		store.fail <- failure
		_, created, err := limited.Messages.Send(t.Context(), ann, input(chat.MainRoom, "hello"))
		want(t, "created", created, failure == nil)
		want(t, "succeeded", err == nil, failure == nil)
		<-store.entered
	}
}

func TestARetryDuringItsFirstAttemptGetsTheSameAnswer(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	store := &heldStore{Store: w.store, entered: make(chan struct{}), fail: make(chan error)}
	held := w.on(store, &allowance{left: 1})
	room := w.room(t, ann, chat.RoomPrivate, "attic").ID
	in := input(room, "hello")
	type answer struct {
		message *chat.Message
		created bool
		err     error
	}
	answers := make(chan answer)
	try := func(ctx context.Context) {
		message, created, err := held.Messages.Send(ctx, ann, in)
		answers <- answer{message, created, err}
	}
	go try(t.Context())
	<-store.entered
	gone, leave := context.WithCancel(t.Context())
	leave()
	go try(gone)
	wantCode(t, "a retry whose caller leaves", (<-answers).err, chat.CodeUnavailable, "")
	go try(t.Context())
	store.fail <- nil
	first, second := <-answers, <-answers
	if second.created {
		first, second = second, first
	}
	want(t, "errors", []error{first.err, second.err}, []error{nil, nil})
	want(t, "created by the first and the second", []bool{first.created, second.created}, []bool{true, false})
	want(t, "answers", second.message, first.message)
}

func TestARetryAfterAFailedAttemptIsANewAttempt(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	store := &heldStore{Store: w.store, entered: make(chan struct{}), fail: make(chan error)}
	held := w.on(store, nil)
	in := input(chat.MainRoom, "hello")
	created := make(chan bool)
	try := func() {
		_, made, _ := held.Messages.Send(t.Context(), ann, in)
		created <- made
	}
	go try()
	<-store.entered
	go try()
	store.fail <- chat.Errorf(chat.CodeUnavailable, "The disk is full.")
	<-store.entered
	store.fail <- nil
	first, second := <-created, <-created
	want(t, "exactly one of the two created the message", first != second, true)
}

func TestARetryPublishesARecentMessageAgain(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	clock := now
	late := chat.New(chat.Deps{
		Store: w.store, Broker: w.events, Hasher: w.hasher, Fold: fold, Now: func() time.Time { return clock },
	})
	conversation, _, err := late.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error of the conversation", err, nil)
	for name, test := range map[string]struct {
		room chat.RoomID
		age  time.Duration
		told int
	}{
		"a recent message":                         {chat.MainRoom, 59 * time.Second, 1},
		"an old message":                           {chat.MainRoom, time.Minute, 0},
		"a message of a node whose clock is ahead": {chat.MainRoom, -time.Hour, 1},
		// The first message adds the conversation to the other user's list.
		"a recent message in a conversation": {conversation.ID, time.Second, 2},
	} {
		clock = now
		w.events.take()
		in := input(test.room, "hello")
		original, _, err := late.Messages.Send(t.Context(), ann, in)
		want(t, name+": error", err, nil)
		first := w.events.take() // lost, because the node died before it published them
		clock = now.Add(test.age)
		again, created, err := late.Messages.Send(t.Context(), ann, in)
		want(t, name+": error of the retry", err, nil)
		want(t, name+": created by the retry", created, false)
		want(t, name+": answer to the retry", again, original)
		told := w.events.take()
		want(t, name+": number of events of the retry", len(told), test.told)
		if len(told) > 0 {
			want(t, name+": events of the retry", told, first)
		}
	}
}
