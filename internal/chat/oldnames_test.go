package chat_test

import (
	"strings"
	"testing"

	"partychat/internal/chat"
)

// Databases may hold names from before the current rules, which would refuse them.
func TestNamesOlderThanTheRulesStayValid(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	name := "z" + strings.Repeat("\u0301", 10)
	hash, err := w.hasher.Hash(t.Context(), "correct horse")
	want(t, "error of Hash", err, nil)
	old, err := w.store.CreateUser(t.Context(), chat.NewUser{
		User:       chat.User{ID: 1000, Username: name, Kind: chat.KindMember, Role: chat.RoleMember, CreatedAt: now},
		FoldedName: fold(name), PasswordHash: hash,
	})
	want(t, "error of CreateUser", err, nil)
	user, err := w.Users.LogIn(t.Context(), name, "correct horse")
	want(t, "error of LogIn", err, nil)
	want(t, "user", user, old)
	_, err = w.Users.SignUp(t.Context(), chat.SignUpInput{Username: name + "x", Password: "correct horse", Local: true})
	wantCode(t, "a new name of that form", err, chat.CodeInvalid, "username")

	sub, err := w.store.CreateRoom(t.Context(), nil, chat.NewRoom{
		ID: 1001, Kind: chat.RoomPublic, Name: "ha\u200bll", FoldedName: "ha\u200bll", Topic: "\u202eback", CreatedAt: now, CreatedBy: old.ID,
	})
	want(t, "error of CreateRoom", err, nil)
	change := func(name, topic string) error {
		_, err := w.Rooms.Change(t.Context(), old, sub.ID, &name, &topic)
		return err
	}
	want(t, "error with the same name", change("ha\u200bll", "about"), nil)
	want(t, "error with the same topic", change("hall", "about"), nil)
	wantCode(t, "the old name, after a change", change("ha\u200bll", "about"), chat.CodeInvalid, "name")
}
