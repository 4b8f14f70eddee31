package chat_test

import (
	"testing"

	"partychat/internal/chat"
)

func TestBanningFromTheServer(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	root, ann, bob := w.user(t, "root"), w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob)

	ban, created, err := w.Users.Ban(t.Context(), root, bob.ID)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	banned := bob
	banned.Banned = true
	want(t, "ban", ban, chat.Ban{User: banned, By: root.Author(), At: now})
	want(t, "events", w.events.take(), []chat.Event{chat.UserBanned{User: bob.ID, Rev: 3}})
	again, created, err := w.Users.Ban(t.Context(), root, bob.ID)
	want(t, "error of banning again", err, nil)
	want(t, "created again", created, false)
	want(t, "the same ban", again, ban)
	want(t, "published again, in case the first event was lost", w.events.take(), []chat.Event{chat.UserBanned{User: bob.ID, Rev: 3}})

	bans, next, err := w.Users.Bans(t.Context(), root, "", 0)
	want(t, "error of the list", err, nil)
	want(t, "list", bans, []chat.Ban{ban})
	want(t, "end of the list", next, "")
	members, _, err := w.Rooms.Members(t.Context(), ann, den.ID, "", 0)
	want(t, "error of the members", err, nil)
	want(t, "members, including the banned user", len(members), 2)

	_, err = w.Users.LogIn(t.Context(), "bob", "password of bob")
	wantCode(t, "logging in", err, chat.CodeForbidden, "")
	wantSentence(t, "logging in", err, "You are banned from this server. Its admins can let you back in.")
	_, err = w.Users.LogIn(t.Context(), "bob", "a guess")
	wantCode(t, "logging in with a wrong password", err, chat.CodeUnauthenticated, "")
	wantSentence(t, "logging in with a wrong password", err, "Wrong username or password.")
	_, err = w.Classic.Now(t.Context(), bob.ID)
	wantCode(t, "user of the classic client", err, chat.CodeForbidden, "")

	for range 2 {
		want(t, "error of lifting", w.Users.Unban(t.Context(), root, bob.ID), nil)
	}
	got, err := w.Users.LogIn(t.Context(), "bob", "password of bob")
	want(t, "error of logging in once it is lifted", err, nil)
	want(t, "user", got, bob)
	got, err = w.Classic.Now(t.Context(), bob.ID)
	want(t, "error", err, nil)
	want(t, "user of the classic client", got, bob)
}

func TestForbiddenServerBansReturnTheReason(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	root, ann, bob := w.user(t, "root"), w.user(t, "ann"), w.user(t, "bob")
	other := w.admin(t, "other")
	const admins = "Only the server's admins may do that."
	for _, test := range []struct {
		name     string
		by       chat.User
		user     chat.UserID
		code     chat.Code
		field    string
		sentence string
	}{
		{"by a member", ann, bob.ID, chat.CodeForbidden, "", admins},
		{"by a member, of an unknown user", ann, 99, chat.CodeForbidden, "", admins},
		{"of oneself", root, root.ID, chat.CodeInvalid, "user", "You cannot ban yourself."},
		{"of another admin", root, other.ID, chat.CodeForbidden, "", "An admin of the server cannot be banned."},
		{"of an unknown user", root, 99, chat.CodeNotFound, "user", "There is no such user."},
	} {
		_, _, err := w.Users.Ban(t.Context(), test.by, test.user)
		wantCode(t, "a ban "+test.name, err, test.code, test.field)
		wantSentence(t, "a ban "+test.name, err, test.sentence)
	}
	wantCode(t, "lifting by a member", w.Users.Unban(t.Context(), ann, bob.ID), chat.CodeForbidden, "")
	_, _, err := w.Users.Bans(t.Context(), ann, "", 0)
	wantCode(t, "the list for a member", err, chat.CodeForbidden, "")
	_, _, err = w.Users.Bans(t.Context(), root, "", -1)
	wantCode(t, "a negative limit", err, chat.CodeInvalid, "limit")
	want(t, "events", len(w.events.take()), 0)
}

// admin makes a user one more admin of the server.
func (w *world) admin(t *testing.T, name string) chat.User {
	t.Helper()
	user, err := w.store.CreateUser(t.Context(), chat.NewUser{
		User: chat.User{ID: 1000, Username: name, Kind: chat.KindMember, Role: chat.RoleAdmin, CreatedAt: now}, FoldedName: fold(name),
	})
	if err != nil {
		t.Fatal(err)
	}
	return user
}

func TestGuestsAreRemovedAndBannedLikeMembers(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	root := w.user(t, "root")
	ann := w.user(t, "ann")
	w.Chat = chat.New(chat.Deps{
		Store: w.store, Broker: w.events, Hasher: w.hasher, Fold: fold, Policy: chat.Policy{Guests: true, JoinPage: true},
	})
	den := w.room(t, ann, chat.RoomPublic, "den")
	guest, _, err := w.Invitations.Enter(t.Context(), chat.GuestInput{Username: "gus", Room: den.ID})
	want(t, "error", err, nil)
	w.ban(t, ann, den.ID, guest)
	_, _, err = w.Rooms.Get(t.Context(), guest, den.ID)
	wantCode(t, "the only room, for the banned guest", err, chat.CodeNotFound, "room")
	w.ban(t, root, chat.MainRoom, guest)
	member, err := w.Users.SetPassword(t.Context(), guest, "long enough")
	want(t, "error of setting a password", err, nil)
	want(t, "a member now", member.Kind, chat.KindMember)
	want(t, "events, without main, from which the guest was banned", w.events.take(), []chat.Event{chat.UserPut{User: member, Rev: 4}})
	subs, err := w.Rooms.Subscriptions(t.Context(), member.ID)
	want(t, "error", err, nil)
	want(t, "rooms", len(subs), 0)
}
