package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/ratelimit"
	"partychat/internal/wire"
)

func seqs(p wire.Page) []int64 {
	var all []int64
	for _, m := range p.Messages {
		all = append(all, m.Seq)
	}
	return all
}

// span returns the numbers from first to last.
func span(first, last int64) []int64 {
	var all []int64
	for n := first; n <= last; n++ {
		all = append(all, n)
	}
	return all
}

func TestC3_MessagesPageByTensInBothDirections(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	room := anna.room("Gardening", "").ID
	if got := want[wire.Page](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/messages", room), nil, http.StatusOK); got.Messages == nil || len(got.Messages) != 0 || got.More {
		t.Errorf("an empty room's page is %+v, want an empty list", got)
	}
	for i := range 35 {
		anna.say(room, fmt.Sprint("message ", i+1))
	}
	for _, c := range []struct {
		name, query string
		want        []int64
		more        bool
	}{
		{"the latest", "", span(26, 35), true},
		{"older ones", "?before=26", span(16, 25), true},
		{"the oldest", "?before=6", span(1, 5), false},
		{"exactly the oldest ten", "?before=11", span(1, 10), false},
		{"before all", "?before=1", nil, false},
		{"before nothing", "?before=0", nil, false},
		{"from the first", "?after=0", span(1, 10), true},
		{"newer ones", "?after=10", span(11, 20), true},
		{"the newest", "?after=30", span(31, 35), false},
		{"after all", "?after=35", nil, false},
		{"more at once", "?limit=30", span(6, 35), true},
		{"more than there are", "?limit=200", span(1, 35), false},
		{"more than may be asked for", "?limit=100000", span(1, 35), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := want[wire.Page](anna, http.MethodGet, fmt.Sprintf("/rooms/%d/messages%s", room, c.query), nil, http.StatusOK)
			if diff := cmp.Diff(c.want, seqs(got)); diff != "" {
				t.Errorf("seqs (-want +got):\n%s", diff)
			}
			if got.More != c.more || got.Seq != 35 || got.Rev != 35 {
				t.Errorf("got more %v, seq %d, rev %d, want %v, 35, 35", got.More, got.Seq, got.Rev, c.more)
			}
		})
	}
}

func TestSendAnswersWithTheStoredMessage(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	id := uuid.NewString()
	got := want[wire.MessageAnswer](anna, http.MethodPost, "/rooms/1/messages", wire.NewMessage{ClientID: id, Body: "hello <b>world</b>"}, http.StatusCreated).Message
	wanted := wire.Message{
		Room: chat.MainRoom, Seq: 1, Rev: 2, ClientID: id, Kind: chat.MessageText, Body: "hello <b>world</b>",
		Author: wire.Author{ID: anna.me.ID, Username: "anna", Kind: chat.KindMember}, CreatedAt: s.clock.Now(),
	}
	if diff := cmp.Diff(wanted, got); diff != "" {
		t.Errorf("the message (-want +got):\n%s", diff)
	}
}

func TestRetriedSendAnswersWithTheOriginal(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	m := wire.NewMessage{ClientID: uuid.NewString(), Body: "hello"}
	first := want[wire.MessageAnswer](anna, http.MethodPost, "/rooms/1/messages", m, http.StatusCreated).Message
	m.Body = "something else"
	second := want[wire.MessageAnswer](anna, http.MethodPost, "/rooms/1/messages", m, http.StatusOK).Message
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the original and the answer to the retry differ (-first +second):\n%s", diff)
	}
	if page := want[wire.Page](anna, http.MethodGet, "/rooms/1/messages", nil, http.StatusOK); page.Seq != 1 {
		t.Errorf("the room's head is %d, want 1", page.Seq)
	}
}

func TestD4_EmptyAndOverlongMessagesAreRefused(t *testing.T) {
	s := newServer(t)
	anna := s.member(t, "anna")
	send := func(body string) answerTo {
		return anna.call(http.MethodPost, "/rooms/1/messages", wire.NewMessage{ClientID: uuid.NewString(), Body: body})
	}
	wantError(t, send(""), http.StatusUnprocessableEntity, chat.CodeInvalid, "body")
	wantError(t, send(" \n\t "), http.StatusUnprocessableEntity, chat.CodeInvalid, "body")
	e := wantError(t, send(strings.Repeat("é", 8001)), http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "body")
	if !strings.Contains(e.Message, "8,000") && !strings.Contains(e.Message, "8000") {
		t.Errorf("the message is %q, want it to name the limit", e.Message)
	}
	wantError(t, send(strings.Repeat("x", 1<<20)), http.StatusRequestEntityTooLarge, chat.CodeTooLarge, "")
	if a := send(strings.Repeat("\U0001f389", 8000)); a.status != http.StatusCreated {
		t.Errorf("the longest message: got %d %s, want 201", a.status, a.body)
	}
	escaped := fmt.Sprintf(`{"clientId": %q, "body": "%s"}`, uuid.NewString(), strings.Repeat(`\ud83c\udf89`, 8000))
	if a := anna.call(http.MethodPost, "/rooms/1/messages", escaped); a.status != http.StatusCreated {
		t.Errorf("the longest message with every character escaped: got %d %s, want 201", a.status, a.body)
	}
}

func TestSendingTooFastReturnsWhenToRetry(t *testing.T) {
	s := newServer(t, func(s *setup) {
		s.sends = ratelimit.New(ratelimit.Options{PerSecond: 0.01, Burst: 1})
	})
	anna := s.member(t, "anna")
	anna.say(chat.MainRoom, "one")
	a := anna.call(http.MethodPost, "/rooms/1/messages", wire.NewMessage{ClientID: uuid.NewString(), Body: "two"})
	e := wantError(t, a, http.StatusTooManyRequests, chat.CodeRateLimited, "")
	if e.RetryAfter < 1 || e.RetryAfter > 100 || a.header.Get("Retry-After") != fmt.Sprint(e.RetryAfter) {
		t.Errorf("got retryAfter %d and Retry-After %q, want the same, within 100 seconds", e.RetryAfter, a.header.Get("Retry-After"))
	}
}

func TestWritingNeedsASubscription(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	path := fmt.Sprintf("/rooms/%d/messages", room)
	a := bert.call(http.MethodPost, path, wire.NewMessage{ClientID: uuid.NewString(), Body: "hello"})
	wantError(t, a, http.StatusForbidden, chat.CodeForbidden, "")
	want[wire.Page](bert, http.MethodGet, path, nil, http.StatusOK)
}

func TestMessagesAreEditedAndDeletedByTheirAuthorsAndAdmins(t *testing.T) {
	s := newServer(t)
	anna, bert := s.member(t, "anna"), s.member(t, "bert")
	room := anna.room("Gardening", "").ID
	sent := anna.say(room, "helo")
	path := fmt.Sprintf("/rooms/%d/messages/%d", room, sent.Seq)
	s.clock.advance(time.Minute)
	edited := want[wire.MessageAnswer](anna, http.MethodPatch, path, wire.MessageChange{Body: "hello"}, http.StatusOK).Message
	wanted := sent
	wanted.Rev, wanted.Body, wanted.EditedAt = 2, "hello", s.clock.Now()
	if diff := cmp.Diff(wanted, edited); diff != "" {
		t.Errorf("edited (-want +got):\n%s", diff)
	}
	wantError(t, anna.call(http.MethodPatch, path, wire.MessageChange{Body: " "}), http.StatusUnprocessableEntity, chat.CodeInvalid, "body")
	wantError(t, bert.call(http.MethodPatch, path, wire.MessageChange{Body: "x"}), http.StatusForbidden, chat.CodeForbidden, "")
	wantError(t, bert.call(http.MethodDelete, path, nil), http.StatusForbidden, chat.CodeForbidden, "")
	nowhere := fmt.Sprintf("/rooms/%d/messages/9", room)
	wantError(t, anna.call(http.MethodPatch, nowhere, wire.MessageChange{Body: "x"}), http.StatusNotFound, chat.CodeNotFound, "")
	wantError(t, anna.call(http.MethodDelete, nowhere, nil), http.StatusNotFound, chat.CodeNotFound, "")
	wanted.Rev, wanted.Body, wanted.EditedAt, wanted.Deleted = 3, "", time.Time{}, true
	for range 2 {
		if got := want[wire.MessageAnswer](anna, http.MethodDelete, path, nil, http.StatusOK).Message; !cmp.Equal(got, wanted) {
			t.Errorf("deleted is %+v, want %+v", got, wanted)
		}
	}
	page := want[wire.Page](bert, http.MethodGet, fmt.Sprintf("/rooms/%d/messages", room), nil, http.StatusOK)
	if len(page.Messages) != 1 || !cmp.Equal(page.Messages[0], wanted) {
		t.Errorf("the page has %+v, want the tombstone", page.Messages)
	}
}
