package chat_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

func TestSending(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	send := input(chat.MainRoom, "  hello\nyou ")
	message, created, err := w.Messages.Send(t.Context(), ann, send)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	want(t, "message", message, &chat.Message{
		Room: chat.MainRoom, Seq: 1, Rev: 2, ClientID: send.ClientID,
		Author: chat.Author{ID: ann.ID, Username: "ann", Kind: chat.KindMember},
		Kind:   chat.MessageText, Body: "hello\nyou", CreatedAt: now,
	})
	want(t, "events", w.events.take(), []chat.Event{chat.MessagePut{Message: message}})

	again, created, err := w.Messages.Send(t.Context(), ann, send)
	want(t, "error of the retry", err, nil)
	want(t, "created by the retry", created, false)
	want(t, "answer to the retry", again, message)
	want(t, "events of the retry", w.events.take(), []chat.Event{chat.MessagePut{Message: message}})
}

func TestSendingBadInput(t *testing.T) {
	w := newWorld(t, chat.Limits{Message: 5})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	for _, test := range []struct {
		name   string
		by     chat.User
		change func(*chat.SendInput)
		code   chat.Code
		field  string
	}{
		{"an empty body", ann, func(in *chat.SendInput) { in.Body = " \n" }, chat.CodeInvalid, "body"},
		{"a long body", ann, func(in *chat.SendInput) { in.Body = "123456" }, chat.CodeTooLarge, "body"},
		{"no clientId", ann, func(in *chat.SendInput) { in.ClientID = "" }, chat.CodeInvalid, "clientId"},
		{"an unknown kind", ann, func(in *chat.SendInput) { in.Kind = "shout" }, chat.CodeInvalid, "kind"},
		{"an unknown room", ann, func(in *chat.SendInput) { in.Room = 99 }, chat.CodeNotFound, "room"},
		{"an outsider", bob, func(in *chat.SendInput) {}, chat.CodeForbidden, ""},
	} {
		in := input(den.ID, "12345")
		test.change(&in)
		_, _, err := w.Messages.Send(t.Context(), test.by, in)
		wantCode(t, test.name, err, test.code, test.field)
		if !strings.HasSuffix(chat.ErrorFrom(err).Message, ".") {
			t.Errorf("%s: got %q, want a sentence", test.name, chat.ErrorFrom(err).Message)
		}
	}
	want(t, "events", len(w.events.take()), 0)
	want(t, "seq of the first stored message", w.send(t, ann, den.ID, "12345").Seq, 1)
}

func TestConcurrentSendsAndRetriesPublishOneMessageEach(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	const n = 40
	inputs := make([]chat.SendInput, n)
	for i := range inputs {
		inputs[i] = input(chat.MainRoom, fmt.Sprint(i))
	}
	var wg sync.WaitGroup
	for i, by := range []chat.User{ann, bob, ann, bob} { // each of the two twice, so that every send is retried
		wg.Go(func() {
			for _, in := range inputs[i%2*n/2 : (i%2+1)*n/2] {
				if _, _, err := w.Messages.Send(t.Context(), by, in); err != nil {
					t.Errorf("Send: %v", err)
				}
			}
		})
	}
	wg.Wait()
	told := map[int64][]chat.Event{}
	for _, event := range w.events.take() {
		seq := event.(chat.MessagePut).Message.Seq
		told[seq] = append(told[seq], event)
	}
	for seq := int64(1); seq <= n; seq++ {
		if len(told[seq]) != 2 || !cmp.Equal(told[seq][0], told[seq][1]) {
			t.Errorf("message %d: published as %+v, want it twice and the same each time", seq, told[seq])
		}
	}
	want(t, "messages published", len(told), n)
}

func TestPages(t *testing.T) {
	w := newWorld(t, chat.Limits{MessagesPerPage: 2, PageMax: 3})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	for i := range 5 {
		w.send(t, ann, den.ID, fmt.Sprint(i+1))
	}
	for _, test := range []struct {
		name string
		page chat.MessagePage
		want string
		more bool
	}{
		{"without anything", chat.MessagePage{}, "4 5 ", true},
		{"before one", chat.MessagePage{Direction: chat.PageBefore, Seq: 4, Limit: 1}, "3 ", true},
		{"after one", chat.MessagePage{Direction: chat.PageAfter, Seq: 3, Limit: 3}, "4 5 ", false},
		{"after nothing", chat.MessagePage{Direction: chat.PageAfter}, "1 2 ", true},
		{"at most the largest page", chat.MessagePage{Limit: 1000}, "3 4 5 ", true},
	} {
		page, err := w.Messages.Page(t.Context(), bob, den.ID, test.page) // non-members can read public rooms
		want(t, test.name+": error", err, nil)
		bodies := ""
		for _, message := range page.Messages {
			bodies += message.Body + " "
		}
		want(t, test.name, bodies, test.want)
		want(t, test.name+": more", page.More, test.more)
		want(t, test.name+": head", page.Seq, 5)
	}
	for _, test := range []struct {
		name, field string
		page        chat.MessagePage
	}{
		{"a negative before", "before", chat.MessagePage{Direction: chat.PageBefore, Seq: -1}},
		{"a negative after", "after", chat.MessagePage{Direction: chat.PageAfter, Seq: -1}},
		{"a negative limit", "limit", chat.MessagePage{Limit: -1}},
	} {
		_, err := w.Messages.Page(t.Context(), bob, den.ID, test.page)
		wantCode(t, test.name, err, chat.CodeInvalid, test.field)
	}
}

func TestCatchingUp(t *testing.T) {
	w := newWorld(t, chat.Limits{PageMax: 2, ChangesMax: 4})
	ann := w.user(t, "ann")
	den := w.room(t, ann, chat.RoomPrivate, "den").ID // where nobody else comes in
	for i := range 5 {
		w.send(t, ann, den, fmt.Sprint(i+1))
	}
	for _, test := range []struct {
		name      string
		since     int64
		want      string
		rev       int64
		more      bool
		startOver bool
	}{
		{"a little behind", 3, "4 5 ", 5, false, false},
		{"more than a page behind", 1, "2 3 ", 3, true, false},
		{"up to date", 5, "", 5, false, false},
		{"too far behind", 0, "", 5, false, true},
		{"ahead of the room", 6, "", 5, false, true},
	} {
		changes, err := w.Messages.ChangesSince(t.Context(), ann, den, test.since)
		want(t, test.name+": error", err, nil)
		bodies := ""
		for _, message := range changes.Messages {
			bodies += message.Body + " "
		}
		want(t, test.name, bodies, test.want)
		want(t, test.name+": rev", changes.Rev, test.rev)
		want(t, test.name+": more", changes.More, test.more)
		want(t, test.name+": start over", changes.StartOver, test.startOver)
	}
	_, err := w.Messages.ChangesSince(t.Context(), ann, chat.MainRoom, -1)
	wantCode(t, "a negative rev", err, chat.CodeInvalid, "since")
	want(t, "ChangesMax in force", w.Limits().ChangesMax, 4)
}
