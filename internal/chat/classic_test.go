package chat_test

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/ratelimit"
)

func TestClassicNamesAdmitNobodyWithoutTheOption(t *testing.T) {
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
	for _, name := range []string{"ann", "nobody"} { // the answer doesn't reveal whether the user exists
		_, err = w.Classic.Peer(t.Context(), guest, 0, name)
		wantCode(t, "look for "+name, err, chat.CodeForbidden, "")
	}
	ann, err := w.Classic.User(t.Context(), "ann")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Classic.Converse(t.Context(), guest, ann.ID)
	wantCode(t, "converse", err, chat.CodeForbidden, "")
	for _, user := range []chat.User{guest, {}} {
		_, err = w.Classic.Main(t.Context(), user, 10)
		wantCode(t, "history of main", err, chat.CodeForbidden, "")
	}
}

func TestCreatingRoomsByNameIsRateLimited(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann := w.user(t, "ann")
	services := chat.New(chat.Deps{
		Store: w.store, Broker: w.events, Hasher: w.hasher, Fold: fold,
		Makes: ratelimit.New(ratelimit.Options{PerSecond: 1e-6, Burst: 2}),
	})
	for _, name := range []string{"den", "attic", "den", "attic"} { // existing rooms don't count against the limit
		if _, err := services.Classic.Join(t.Context(), ann, name); err != nil {
			t.Fatalf("join %s: %v", name, err)
		}
	}
	_, err := services.Classic.Join(t.Context(), ann, "cellar")
	wantCode(t, "one more", err, chat.CodeRateLimited, "")
	bob := w.user(t, "bob")
	if _, err := services.Classic.Join(t.Context(), bob, "cellar"); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}
