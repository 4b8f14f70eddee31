// Package storetest holds the contracts of chat.Store as tests. Every store
// runs them, on the real database.
package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"partychat/internal/chat"
)

// Run runs the whole suite. open gives an empty store, whose logs keep LogMax
// rows, and closes it with the test.
func Run(t *testing.T, open func(t *testing.T) chat.Store) {
	groups := []struct {
		name  string
		tests []contract
	}{
		{"users", userContracts},
		{"accounts", accountContracts},
		{"profiles", profileContracts},
		{"sessions", sessionsOfStore()},
		{"rooms", roomContracts},
		{"archived rooms", archiveContracts},
		{"deleted rooms", deletionContracts},
		{"room admins", appointContracts},
		{"search", searchContracts},
		{"search for messages", messageSearchContracts},
		{"search in languages", languageContracts},
		{"random searches", randomSearchContracts},
		{"looks", lookContracts},
		{"memberships", membershipContracts},
		{"conversations", conversationContracts},
		{"invitations", invitationContracts},
		{"bans", banContracts},
		{"banned", bannedContracts},
		{"messages", messageContracts},
		{"changes", changesContracts},
		{"bytes", byteContracts},
		{"edits", editContracts},
		{"reactions", reactionContracts},
		{"pins", pinContracts},
		{"bookmarks", bookmarkContracts},
		{"answers", answerContracts},
		{"threads", threadContracts},
		{"follows", followContracts},
		{"files", fileContracts},
		{"concurrency", concurrencyContracts},
		{"bans at once", banConcurrencyContracts},
		{"access", accessContracts},
		{"streams", streamContracts},
		{"mentions", mentionContracts},
		{"settings", settingsContracts},
		{"jobs", jobContracts},
		{"pushes", pushContracts},
		{"model", modelContracts},
		{"closing", closingContracts},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, contract := range group.tests {
				t.Run(contract.name, func(t *testing.T) {
					t.Parallel()
					contract.test(t, &fixture{shorter{open(t)}})
				})
			}
		})
	}
}

// contract is one sentence of a contract.
type contract struct {
	name string
	test func(t *testing.T, f *fixture)
}

// fixture is a store with helpers that fail the test when they fail.
type fixture struct{ shorter }

// now is a time that every store keeps exactly.
var now = time.Date(2026, 3, 1, 12, 30, 0, 123e6, time.UTC)

var lastID atomic.Int64

// nextID counts from above MainRoom.
func nextID() int64 { return lastID.Add(1) + 1000 }

func fold(name string) string { return strings.ToLower(name) }

func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func newUser(name string) chat.NewUser {
	return chat.NewUser{
		User: chat.User{
			ID: chat.UserID(nextID()), Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: now,
		},
		FoldedName:   fold(name),
		PasswordHash: "hash of " + name,
		FirstIsAdmin: true,
		Rooms:        []chat.RoomID{chat.MainRoom},
	}
}

func newRoom(by chat.User, kind chat.RoomKind, name string) chat.NewRoom {
	return chat.NewRoom{
		ID: chat.RoomID(nextID()), Kind: kind, Name: name, FoldedName: fold(name),
		Topic: "about " + name, CreatedAt: now, CreatedBy: by.ID,
	}
}

func (f *fixture) user(t *testing.T, name string) chat.User {
	t.Helper()
	user, err := f.CreateUser(t.Context(), newUser(name))
	if err != nil {
		t.Fatalf("CreateUser(%q): %v", name, err)
	}
	return user
}

func (f *fixture) room(t *testing.T, by chat.User, kind chat.RoomKind, name string) chat.Room {
	t.Helper()
	sub, err := f.CreateRoom(t.Context(), nil, newRoom(by, kind, name))
	if err != nil {
		t.Fatalf("CreateRoom(%q): %v", name, err)
	}
	return sub.Room
}

func (f *fixture) send(t *testing.T, room chat.RoomID, by chat.User, body string) chat.Message {
	t.Helper()
	message, created, err := f.AppendMessage(t.Context(), newMessage(room, by, body))
	if err != nil || !created {
		t.Fatalf("AppendMessage(%q): created %v, %v; want a new message", body, created, err)
	}
	return message
}

func (f *fixture) sendMany(t *testing.T, room chat.RoomID, by chat.User, n int) []chat.Message {
	t.Helper()
	messages := make([]chat.Message, n)
	for i := range messages {
		messages[i] = f.send(t, room, by, fmt.Sprintf("message %d", i+1))
	}
	return messages
}

func newMessage(room chat.RoomID, by chat.User, body string) chat.NewMessage {
	return chat.NewMessage{
		Room: room, ClientID: newUUID(), Author: by.ID, Kind: chat.MessageText, Body: body, CreatedAt: now,
	}
}

// subscribe makes the user a member, as RoleMember.
func (f *fixture) subscribe(t *testing.T, room chat.RoomID, user chat.User) chat.Subscription {
	t.Helper()
	sub, created, err := f.Subscribe(t.Context(), nil, room, user.ID, chat.RoleMember, now)
	if err != nil || !created {
		t.Fatalf("Subscribe: created %v, %v; want a new membership", created, err)
	}
	return sub
}

func (f *fixture) roomNow(t *testing.T, id chat.RoomID) chat.Room {
	t.Helper()
	room, err := f.RoomByID(t.Context(), id)
	if err != nil {
		t.Fatalf("RoomByID: %v", err)
	}
	return room
}

// wantCode fails the test unless err is an Error of that code and field.
func wantCode(t *testing.T, what string, err error, code chat.Code, field string) {
	t.Helper()
	if got := chat.CodeOf(err); got != code {
		t.Errorf("%s: got code %q (%v), want %q", what, got, err, code)
	} else if got := chat.ErrorFrom(err).Field; field != "" && got != field {
		t.Errorf("%s: got field %q, want %q", what, got, field)
	}
}

// want fails the test unless got equals want.
func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatalf("got error %v, want none", err)
		}
		return value
	}
}

func authorOf(user chat.User) chat.Author {
	return chat.Author{ID: user.ID, Username: user.Username, Kind: user.Kind}
}

func seqs(messages []chat.Message) []int64 {
	list := make([]int64, len(messages))
	for i, m := range messages {
		list[i] = m.Seq
	}
	return list
}

// cancelled is a context that has ended.
func cancelled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
