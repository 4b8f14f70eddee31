package chat_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"partychat/internal/broker/local"
	"partychat/internal/chat"
	"partychat/internal/naming"
	"partychat/internal/store/sqlitetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 3, 1, 12, 30, 0, 0, time.UTC)

// fold replaces the real folding, which covers all of Unicode.
func fold(name string) string { return strings.ToLower(name) }

// hasher is fast, and records its calls, because their number is what determines
// how long a login takes.
type hasher struct {
	verified []string // the hashes that passwords were checked against
	err      error
}

func (h *hasher) Hash(_ context.Context, password string) (string, error) {
	return "hash of " + password, h.err
}

func (h *hasher) Verify(_ context.Context, password, hash string) (bool, error) {
	h.verified = append(h.verified, hash)
	return hash == "hash of "+password, h.err
}

// world has the services with a real store and a real broker.
type world struct {
	*chat.Chat
	store  chat.Store
	hasher *hasher
	events *recorder
	log    *bytes.Buffer
}

// recorder passes events to a real broker and records them. It fails if err is set.
type recorder struct {
	chat.Broker
	mu     sync.Mutex
	events []chat.Event
	err    error
}

func (r *recorder) Publish(ctx context.Context, event chat.Event) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	r.events = append(r.events, event)
	return r.Broker.Publish(ctx, event)
}

// take returns the events recorded since the last call.
func (r *recorder) take() []chat.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	events := r.events
	r.events = nil
	return events
}

func newWorld(t *testing.T, limits chat.Limits) *world {
	t.Helper()
	store := sqlitetest.Open(t)
	broker := local.New()
	t.Cleanup(func() {
		if err := errors.Join(broker.Close(), store.Close()); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	w := &world{store: store, hasher: &hasher{}, events: &recorder{Broker: broker}, log: &bytes.Buffer{}}
	w.Chat = chat.New(chat.Deps{
		Store: store, Broker: w.events, Hasher: w.hasher, Fold: fold, Key: naming.SearchKey, Presence: local.NewPresence(), Limits: limits,
		Now: func() time.Time { return now },
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	return w
}

func (w *world) user(t *testing.T, name string) chat.User {
	t.Helper()
	user, err := w.Users.SignUp(t.Context(), chat.SignUpInput{Username: name, Password: "password of " + name, Local: true})
	if err != nil {
		t.Fatalf("SignUp(%q): %v", name, err)
	}
	w.events.take()
	return user
}

// guest creates a guest who is in no room.
func (w *world) guest(t *testing.T, name string) chat.User {
	t.Helper()
	user, err := w.store.CreateUser(t.Context(), chat.NewUser{
		User:       chat.User{ID: chat.UserID(9000 + len(name)), Username: name, Kind: chat.KindGuest, Role: chat.RoleMember, CreatedAt: now},
		FoldedName: fold(name),
	})
	if err != nil {
		t.Fatalf("CreateUser(%q): %v", name, err)
	}
	return user
}

func (w *world) room(t *testing.T, by chat.User, kind chat.RoomKind, name string) chat.Subscription {
	t.Helper()
	sub, err := w.Rooms.Create(t.Context(), by, chat.NewRoomInput{Name: name, Kind: kind})
	if err != nil {
		t.Fatalf("Create(%q): %v", name, err)
	}
	w.events.take()
	return sub
}

func (w *world) send(t *testing.T, by chat.User, room chat.RoomID, body string) chat.Message {
	t.Helper()
	message, _, err := w.Messages.Send(t.Context(), by, input(room, body))
	if err != nil {
		t.Fatalf("Send(%q): %v", body, err)
	}
	w.events.take()
	return *message
}

var sends int

// input returns the input of a new message.
func input(room chat.RoomID, body string) chat.SendInput {
	sends++
	return chat.SendInput{Room: room, ClientID: fmt.Sprintf("00000000-0000-4000-8000-%012d", sends), Body: body}
}

func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func wantCode(t *testing.T, what string, err error, code chat.Code, field string) {
	t.Helper()
	if got := chat.CodeOf(err); got != code {
		t.Errorf("%s: got code %q (%v), want %q", what, got, err, code)
	} else if err != nil && chat.ErrorFrom(err).Field != field {
		t.Errorf("%s: got field %q, want %q", what, chat.ErrorFrom(err).Field, field)
	}
}

func TestCallsSucceedWhileTheBrokerFails(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	w.events.err = errors.New("the broker is away")
	for range 3 {
		if _, created, err := w.Messages.Send(t.Context(), ann, input(chat.MainRoom, "hi")); err != nil || !created {
			t.Errorf("Send: got created %v, %v; want a message", created, err)
		}
	}
	w.events.err = nil
	w.send(t, ann, chat.MainRoom, "hi")
	w.send(t, ann, chat.MainRoom, "hi")
	lines := strings.Split(strings.TrimSpace(w.log.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], "the broker is away") {
		t.Errorf("log: got %q, want one line when the broker fails and one when it is back", lines)
	}
}

func TestAnEventIsPublishedEvenIfItsCallerHasGone(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	ctx, cancel := context.WithCancel(t.Context())
	leaving := chat.New(chat.Deps{
		Store: leavingStore{w.store, cancel}, Broker: w.events, Hasher: w.hasher, Fold: fold,
	})
	message, _, err := leaving.Messages.Send(ctx, ann, input(chat.MainRoom, "hi"))
	want(t, "error", err, nil)
	want(t, "events", w.events.take(), []chat.Event{chat.MessagePut{Message: message}})
	_, _, err = leaving.Rooms.Search(ctx, ann, "", "", 0)
	wantCode(t, "a call with the caller's ended context", err, chat.CodeUnavailable, "")
}

// leavingStore is a store that ends the caller's context as soon as a message is
// durable.
type leavingStore struct {
	chat.Store
	leave func()
}

func (s leavingStore) AppendMessage(ctx context.Context, m *chat.NewMessage) (*chat.Message, bool, error) {
	message, created, err := s.Store.AppendMessage(ctx, m)
	s.leave()
	return message, created, err
}

func TestErrors(t *testing.T) {
	cause := errors.New("cause")
	e := &chat.Error{Code: chat.CodeInvalid, Message: "No.", Field: "name", Err: cause}
	want(t, "text", e.Error(), "invalid: No. (name): cause")
	want(t, "wraps its cause", errors.Is(e, cause), true)
	want(t, "code of a wrapped error", chat.CodeOf(fmt.Errorf("doing: %w", e)), chat.CodeInvalid)
	want(t, "code of nil", chat.CodeOf(nil), "")
	fault := chat.ErrorFrom(cause)
	want(t, "code of an unexpected error", fault.Code, chat.CodeInternal)
	if strings.Contains(fault.Message, "cause") {
		t.Errorf("message of an unexpected error: got %q, want no internals", fault.Message)
	}
	want(t, "with arguments", chat.Errorf(chat.CodeTaken, "%d.", 3).Message, "3.")
}
