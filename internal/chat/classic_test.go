package chat_test

import (
	"testing"

	"partychat/internal/chat"
)

func TestNamesLeadGuestsNowhereWithoutTheOption(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "ann")
	guest := chat.User{ID: 99, Username: "gus", Kind: chat.KindGuest, Role: chat.RoleMember}
	if w.Classic.Admits(&guest) || w.Classic.Admits(nil) {
		t.Error("the classic events admit guests and strangers, want neither")
	}
	_, err := w.Classic.Find(t.Context(), guest, "main")
	wantCode(t, "find", err, chat.CodeForbidden, "")
	_, err = w.Classic.Join(t.Context(), guest, "main")
	wantCode(t, "join", err, chat.CodeForbidden, "")
	for _, name := range []string{"ann", "nobody"} { // whether there is such a user is not told
		_, err = w.Classic.Converse(t.Context(), guest, name)
		wantCode(t, "converse with "+name, err, chat.CodeForbidden, "")
	}
}
