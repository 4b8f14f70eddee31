package auth

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

func TestA7_LogOutEndsTheSessionAtOnce(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	id := f.sessionID(token)
	f.clock.advance(5 * time.Minute) // so that the same request slides the session first
	answer := f.visit(request(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Fatal(err)
		}
		if _, ok := f.Identity(ctx); ok {
			t.Error("there is still an identity after log-out")
		}
	})
	if c := sessionCookie(t, answer); c == nil || c.Value != "" || c.MaxAge != -1 {
		t.Errorf("log-out set the cookie %v, want it deleted", c)
	}
	if got := f.who(request(token)); got != "" {
		t.Errorf("the cookie is %q's after log-out, want nobody's", got)
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Rev: 1, Session: id, Reason: chat.EndLogOut}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestAnEndedSessionIsRefusedWithTheReason(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	refusal := func(r *http.Request) (reason chat.EndReason) {
		t.Helper()
		f.visit(r, func(ctx context.Context) {
			err := chat.ErrorFrom(f.Refusal(ctx))
			if err.Code != chat.CodeUnauthenticated {
				t.Errorf("the refusal of a request is %v", err)
			}
			reason = err.Reason
		})
		_, err := f.Authenticate(t.Context(), r.Header, "")
		if refused := chat.ErrorFrom(err); refused.Code != chat.CodeUnauthenticated || refused.Reason != reason {
			t.Errorf("a socket is refused with %v, because of %q; want the reason %q", err, refused.Reason, reason)
		}
		return reason
	}
	token := f.logIn()
	if err := f.Revoke(t.Context(), f.anna.ID, f.sessionID(token)); err != nil {
		t.Fatal(err)
	}
	if got := refusal(request(token)); got != chat.EndRevoked {
		t.Errorf("after the end from another session: got %q", got)
	}
	if got := refusal(request("no such session")); got != "" {
		t.Errorf("without a session: got %q", got)
	}
	token = f.logIn()
	f.clock.advance(365 * 24 * time.Hour)
	if got := refusal(request(token)); got != "" {
		t.Errorf("of an expired session: got %q", got)
	}
}

func TestLogOutOfATokenLeavesTheCookieAlone(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	_, token := f.start(request(""), f.anna, true)
	answer := f.visit(withToken(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Fatal(err)
		}
	})
	if c := sessionCookie(t, answer); c != nil {
		t.Errorf("a cookie was set: %v", c)
	}
	if got := f.who(withToken(token)); got != "" {
		t.Errorf("the token is %q's after log-out, want nobody's", got)
	}
}

func TestLogOutWithoutASessionIsUnauthenticated(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	f.visit(request(""), func(ctx context.Context) {
		if err := f.End(ctx); chat.CodeOf(err) != chat.CodeUnauthenticated {
			t.Errorf("got %v, want the code %s", err, chat.CodeUnauthenticated)
		}
	})
}

func TestLogOutSucceedsEvenIfItCannotBePublished(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.broker.err = errors.New("the broker is away")
	f.visit(request(token), func(ctx context.Context) {
		if err := f.End(ctx); err != nil {
			t.Errorf("got %v, want none: the session is gone", err)
		}
	})
	if got := f.who(request(token)); got != "" {
		t.Errorf("the cookie is %q's, want nobody's", got)
	}
}

func TestA7_SweepEndsExpiredSessionsOnce(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	old := f.sessionID(f.logIn())
	f.clock.advance(20 * time.Minute)
	fresh := f.logIn()
	f.clock.advance(10 * time.Minute)
	for range 2 {
		if err := f.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Session: old, Reason: chat.EndExpired}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if got := f.who(request(fresh)); got != "anna" {
		t.Errorf("the younger session is %q's, want anna's", got)
	}
}

func TestSocketsAuthenticateByCookieHeaderOrToken(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	cookie := f.logIn()
	_, token := f.start(request(""), f.bert, true)
	for _, c := range []struct {
		name   string
		header http.Header
		token  string
		want   string
	}{
		{"by cookie", request(cookie).Header, "", "anna"},
		{"by Authorization header", withToken(token).Header, "", "bert"},
		{"by token in the handshake", http.Header{}, token, "bert"},
		{"by token in the handshake rather than cookie", request(cookie).Header, token, "bert"},
		{"by nothing", http.Header{}, "", ""},
		{"by a wrong token beside a good cookie", request(cookie).Header, "nonsense", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			id, err := f.Authenticate(t.Context(), c.header, c.token)
			if c.want == "" {
				if chat.CodeOf(err) != chat.CodeUnauthenticated {
					t.Errorf("got %v, %v, want the code %s", id, err, chat.CodeUnauthenticated)
				}
				return
			}
			if err != nil || id.User.Username != c.want || id.Session == "" {
				t.Errorf("got %v, %v, want %s's identity", id, err, c.want)
			}
		})
	}
}

func TestStoreThatIsDownIsNotALogOut(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	f.store.down = true
	reached := false
	answer := f.visit(request(token), func(context.Context) { reached = true })
	if reached || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("the answer is %d and the handler was reached: %v, want %d and not", answer.StatusCode, reached, http.StatusServiceUnavailable)
	}
	if c := sessionCookie(t, answer); c != nil {
		t.Errorf("the cookie was touched: %v", c)
	}
	if _, err := f.Authenticate(t.Context(), http.Header{}, token); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Authenticate: got %v, want the code %s", err, chat.CodeUnavailable)
	}
	if _, err := f.Touch(t.Context(), []string{"any"}); chat.CodeOf(err) != chat.CodeUnavailable {
		t.Errorf("Touch: got %v, want the code %s", err, chat.CodeUnavailable)
	}
	f.store.down = false
	if got := f.who(request(token)); got != "anna" {
		t.Errorf("when the store is back the request is %q's, want anna's", got)
	}
}

func TestDamagedSessionDataIsADistinctError(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	token := f.logIn()
	id := f.sessionID(token)
	now := f.clock.Now()
	err := f.store.PutSession(t.Context(), chat.Session{ID: id, User: f.anna.ID, Data: []byte("{"), CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Authenticate(t.Context(), http.Header{}, token); chat.CodeOf(err) != chat.CodeInternal {
		t.Errorf("got %v, want the code %s", err, chat.CodeInternal)
	}
}
