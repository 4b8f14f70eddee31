package auth

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

func TestSessionsAreListedWithTheirDeviceAndLastActivity(t *testing.T) {
	f := newFixture(t, SessionOptions{MaxAge: time.Hour})
	began := f.clock.Now()
	r := request("")
	r.Header.Set("User-Agent", "curl/8.5.0")
	cookie, _ := f.start(r, f.anna, false)
	// Also in the last half hour, when the maximum age determines the end.
	for range 5 {
		f.clock.advance(10 * time.Minute)
		f.who(request(cookie.Value))
	}
	f.clock.advance(5 * time.Minute)
	list, err := f.List(t.Context(), f.anna.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %v, %v, want one session", list, err)
	}
	if got := list[0]; got.Device != "A program (curl)" || !got.CreatedAt.Equal(began) || !got.SeenAt.Equal(began.Add(50*time.Minute)) {
		t.Errorf("got %+v, want one of curl that was active 50 minutes after it began", got)
	}
}

func TestRevokingASessionNotifiesEveryNode(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	here, there := f.logIn(), f.logIn()
	_, ofBert := f.start(request(""), f.bert, true)
	ended := f.sessionID(there)
	if err := f.Revoke(t.Context(), f.anna.ID, f.sessionID(ofBert)); chat.CodeOf(err) != chat.CodeNotFound {
		t.Errorf("a session of somebody else: got %v, want %s", err, chat.CodeNotFound)
	}
	if err := f.Revoke(t.Context(), f.anna.ID, ended); err != nil {
		t.Fatal(err)
	}
	if err := f.Revoke(t.Context(), f.anna.ID, ended); chat.CodeOf(err) != chat.CodeNotFound {
		t.Errorf("once more: got %v, want %s", err, chat.CodeNotFound)
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Rev: 1, Session: ended, Reason: chat.EndRevoked}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for token, want := range map[string]string{here: "anna", there: "", ofBert: "bert"} {
		if got := f.who(withToken(token)); got != want {
			t.Errorf("the request is %q's, want %q's", got, want)
		}
	}
}

func TestRevokingTheOthersKeepsOne(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	here := f.logIn()
	others := []string{f.logIn(), f.logIn()}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := f.RevokeOthers(gone, f.anna.ID, f.sessionID(here)); err != nil {
		t.Fatal(err)
	}
	if got := f.who(request(here)); got != "anna" {
		t.Errorf("the session that is spared is %q's, want anna's", got)
	}
	for _, token := range others {
		if got := f.who(request(token)); got != "" {
			t.Errorf("another one is %q's, want nobody's", got)
		}
	}
	if len(f.broker.events) != len(others) {
		t.Errorf("events are %v, want one for each session that ended", f.broker.events)
	}
}

func TestStartedSessionCanBeUndone(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	for _, asToken := range []bool{false, true} {
		var token string
		answer := f.visit(request(""), func(ctx context.Context) {
			var err error
			if token, err = f.Start(ctx, f.anna, chat.SessionStart{Token: asToken}); err == nil {
				err = f.Undo(ctx, token)
			}
			if err != nil {
				t.Fatal(err)
			}
		})
		if got := f.who(withToken(token)); got != "" {
			t.Errorf("as a token %v: the request is %q's, want nobody's", asToken, got)
		}
		if c := sessionCookie(t, answer); c != nil && c.MaxAge >= 0 {
			t.Errorf("as a token %v: the cookie is %v, want none", asToken, c)
		}
	}
	if answer := f.visit(request(""), func(context.Context) {}); answer.StatusCode != http.StatusOK {
		t.Errorf("got %d, want %d", answer.StatusCode, http.StatusOK)
	}
}
