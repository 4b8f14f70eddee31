package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/uuid"

	"partychat/internal/chat"
	"partychat/internal/ratelimit"
	"partychat/internal/wire"
)

// tight sets a budget of 5 reads and 5 writes at once.
func tight(s *setup) {
	five := ratelimit.Options{PerSecond: 0.001, Burst: 5}
	s.budget = ratelimit.NewBudget(ratelimit.BudgetOptions{Reads: five, Writes: five})
}

func TestEveryKindOfChangeIsLimited(t *testing.T) {
	room := fmt.Sprintf("/rooms/%d", chat.MainRoom)
	for name, change := range map[string]func(anna *client, other chat.UserID, i int) answerTo{
		"invitations": func(c *client, other chat.UserID, _ int) answerTo {
			return c.call(http.MethodPost, "/invitations", wire.NewInvitation{User: other})
		},
		"topics": func(c *client, _ chat.UserID, i int) answerTo {
			topic := fmt.Sprint("topic ", i)
			return c.call(http.MethodPatch, room, wire.RoomChange{Topic: &topic})
		},
		"joins and leaves": func(c *client, _ chat.UserID, i int) answerTo {
			method := []string{http.MethodPut, http.MethodDelete}[i%2]
			return c.call(method, fmt.Sprintf("/subscriptions/%d", chat.MainRoom), nil)
		},
		"bans": func(c *client, other chat.UserID, i int) answerTo {
			method := []string{http.MethodPut, http.MethodDelete}[i%2]
			return c.call(method, fmt.Sprintf("%s/bans/%d", room, other), nil)
		},
		"conversations": func(c *client, other chat.UserID, _ int) answerTo {
			return c.call(http.MethodPut, fmt.Sprintf("/conversations/%d", other), nil)
		},
		"rooms": func(c *client, _ chat.UserID, i int) answerTo {
			return c.call(http.MethodPost, "/rooms", wire.NewRoom{Name: fmt.Sprint("room ", i)})
		},
		"pages": func(c *client, _ chat.UserID, _ int) answerTo { return c.call(http.MethodGet, room+"/messages", nil) },
		"lists": func(c *client, _ chat.UserID, _ int) answerTo { return c.call(http.MethodGet, "/users", nil) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, tight)
			anna, bert := s.member(t, "anna"), s.member(t, "bert") // anna may do everything
			for i := range 5 {
				if a := change(anna, bert.me.ID, i); a.status >= 400 {
					t.Fatalf("change %d: got %d %s, want it allowed", i, a.status, a.body)
				}
			}
			a := change(anna, bert.me.ID, 5)
			wantError(t, a, http.StatusTooManyRequests, chat.CodeRateLimited, "")
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After, want when to come back")
			}
			want[wire.MessageAnswer](anna, http.MethodPost, room+"/messages", wire.NewMessage{ClientID: uuid.NewString(), Body: "sends have a limit of their own"}, http.StatusCreated)
			if a := anna.call(http.MethodDelete, "/session", nil); a.status != http.StatusNoContent {
				t.Errorf("log-out: got %d, want it always possible", a.status)
			}
		})
	}
}

// slow delays pages of messages.
type slow struct {
	chat.Store
	began, end chan struct{}
}

func (s *slow) Messages(ctx context.Context, room chat.RoomID, page chat.MessagePage) (chat.Page, error) {
	s.began <- struct{}{}
	<-s.end
	return s.Store.Messages(ctx, room, page)
}

func TestConcurrentReadsOfOneUserAreLimited(t *testing.T) {
	const many, fit = 20, 4
	store := &slow{began: make(chan struct{}, many), end: make(chan struct{})}
	s := newServer(t, func(s *setup) {
		s.budget = ratelimit.NewBudget(ratelimit.BudgetOptions{PageBytes: 1000, BytesAtOnce: fit * 1000})
		s.store = func(inner chat.Store) chat.Store {
			store.Store = inner
			return store
		}
	})
	anna := s.member(t, "anna")
	answers := make(chan answerTo, many)
	for range many {
		go func() {
			answers <- anna.call(http.MethodGet, fmt.Sprintf("/rooms/%d/messages", chat.MainRoom), nil)
		}()
	}
	for range many - fit {
		wantError(t, <-answers, http.StatusTooManyRequests, chat.CodeRateLimited, "")
	}
	if n := len(store.began); n > fit {
		t.Errorf("%d pages were read at once, want at most %d", n, fit)
	}
	close(store.end)
	for range fit {
		if a := <-answers; a.status != http.StatusOK {
			t.Errorf("a page that fitted: got %d %s, want it", a.status, a.body)
		}
	}
	if a := anna.call(http.MethodGet, fmt.Sprintf("/rooms/%d/messages", chat.MainRoom), nil); a.status != http.StatusOK {
		t.Errorf("when all are done: got %d %s, want a page", a.status, a.body)
	}
}
