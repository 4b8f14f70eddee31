package auth

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

// unanswered is a store that carries out every call, but loses its first answer.
type unanswered struct {
	*counted
	deletes int
}

func (u *unanswered) DeleteSession(ctx context.Context, id string) error {
	if err := u.counted.DeleteSession(ctx, id); err != nil {
		return err
	}
	if u.deletes++; u.deletes == 1 {
		return errDown
	}
	return nil
}

func TestLogOutIsPublishedEvenIfTheStoresAnswerIsLost(t *testing.T) {
	f := newFixture(t, SessionOptions{})
	f.Sessions = NewSessions(&unanswered{counted: f.store}, f.store, f.broker, SessionOptions{Now: f.clock.Now})
	_, token := f.start(request(""), f.anna, true)
	id := f.sessionID(token)
	f.visit(withToken(token), func(ctx context.Context) {
		given, up := context.WithCancel(ctx)
		up() // the caller has gone
		if err := f.End(given); err != nil {
			t.Fatal(err)
		}
	})
	want := []chat.Event{chat.SessionEnded{User: f.anna.ID, Rev: 1, Session: id, Reason: chat.EndLogOut}}
	if diff := cmp.Diff(want, f.broker.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
