package chat_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"partychat/internal/chat"
)

func TestSigningUp(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, err := w.Users.SignUp(t.Context(), chat.SignUpInput{Username: "Ann", Password: "password of ann", Local: true})
	want(t, "error", err, nil)
	want(t, "the first user", ann,
		chat.User{ID: ann.ID, Username: "Ann", Kind: chat.KindMember, Role: chat.RoleAdmin, CreatedAt: now})
	want(t, "events", w.events.take(), []chat.Event{
		chat.MemberPut{Rev: 1, Room: chat.MainRoom, Member: chat.Member{User: ann, Role: chat.RoleMember}},
	})
	want(t, "role of the second", w.user(t, "bob").Role, chat.RoleMember)
	subs, err := w.Rooms.Subscriptions(t.Context(), ann.ID)
	want(t, "error of Subscriptions", err, nil)
	if len(subs) != 1 || subs[0].ID != chat.MainRoom {
		t.Errorf("rooms after sign-up: got %+v, want the main room", subs)
	}
	got, err := w.Users.Get(t.Context(), ann, ann.ID)
	want(t, "error of Get", err, nil)
	want(t, "as read", got, ann)
	_, err = w.Users.Get(t.Context(), ann, 99)
	wantCode(t, "an unknown user", err, chat.CodeNotFound, "user")
}

func TestSigningUpWithBadInput(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "ann")
	for _, test := range []struct {
		name, username, password string
		code                     chat.Code
		field                    string
	}{
		{"a taken name in another case", "ANN", "long enough", chat.CodeTaken, "username"},
		{"no name", "", "long enough", chat.CodeInvalid, "username"},
		{"a long name", strings.Repeat("a", 33), "long enough", chat.CodeTooLarge, "username"},
		{"a short password", "bob", "short", chat.CodeInvalid, "password"},
		{"a long password", "bob", strings.Repeat("x", 257), chat.CodeTooLarge, "password"},
	} {
		_, err := w.Users.SignUp(t.Context(), chat.SignUpInput{Username: test.username, Password: test.password, Local: true})
		wantCode(t, test.name, err, test.code, test.field)
	}
	want(t, "events", len(w.events.take()), 0)
	w.hasher.err = errors.New("out of memory")
	_, err := w.Users.SignUp(t.Context(), chat.SignUpInput{Username: "bob", Password: "long enough", Local: true})
	wantCode(t, "a hasher that fails", err, chat.CodeInternal, "")
}

func TestLoggingIn(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "Ann")
	for _, name := range []string{"Ann", "ann", "ANN"} {
		got, err := w.Users.LogIn(t.Context(), name, "password of Ann")
		want(t, "error", err, nil)
		want(t, "user", got, ann)
	}
	var messages []string
	for _, test := range []struct{ name, username, password string }{
		{"a wrong password", "ann", "password of bob"},
		{"an unknown name", "bob", "password of bob"},
		{"an invalid name", "a b", "password of bob"},
		{"an invalid password", "ann", strings.Repeat("x", 300)},
		{"an empty password", "bob", ""},
	} {
		if test.password == "" {
			test.password = " "
		}
		w.hasher.verified = nil
		_, err := w.Users.LogIn(t.Context(), test.username, test.password)
		wantCode(t, test.name, err, chat.CodeUnauthenticated, "")
		messages = append(messages, chat.ErrorFrom(err).Message)
		if len(w.hasher.verified) != 1 {
			t.Errorf("%s: got %d passwords verified, want 1 so that it takes the same time", test.name, len(w.hasher.verified))
		}
	}
	for _, message := range messages {
		want(t, "sentence", message, messages[0])
	}
	_, err := w.Users.LogIn(t.Context(), "", "x")
	wantCode(t, "no name", err, chat.CodeInvalid, "username")
	_, err = w.Users.LogIn(t.Context(), "ann", "")
	wantCode(t, "no password", err, chat.CodeInvalid, "password")
}

func TestAFailureDuringLoginIsNotAWrongPassword(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "ann")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.Users.LogIn(ctx, "ann", "password of ann")
	wantCode(t, "a caller that has gone", err, chat.CodeUnavailable, "")
	w.hasher.err = errors.New("out of memory")
	_, err = w.Users.LogIn(t.Context(), "ann", "password of ann")
	wantCode(t, "a hasher that fails", err, chat.CodeInternal, "")
}
