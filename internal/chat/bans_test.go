package chat_test

import (
	"context"
	"testing"

	"partychat/internal/chat"
)

// joined makes users members of a room.
func (w *world) joined(t *testing.T, room chat.RoomID, users ...chat.User) {
	t.Helper()
	for _, user := range users {
		if _, _, err := w.Rooms.Subscribe(t.Context(), user, room); err != nil {
			t.Fatalf("%s subscribing: %v", user.Username, err)
		}
	}
	w.events.take()
}

// ban bans a user from a room, or from the server if room is 0.
func (w *world) ban(t *testing.T, by chat.User, room chat.RoomID, user chat.User) {
	t.Helper()
	var err error
	if room == 0 {
		_, _, err = w.Users.Ban(t.Context(), by, user.ID)
	} else {
		_, _, err = w.Rooms.Ban(t.Context(), by, room, user.ID)
	}
	if err != nil {
		t.Fatalf("banning %s: %v", user.Username, err)
	}
	w.events.take()
}

func wantSentence(t *testing.T, what string, err error, sentence string) {
	t.Helper()
	if err == nil || chat.ErrorFrom(err).Message != sentence {
		t.Errorf("%s: got %v, want %q", what, err, sentence)
	}
}

func TestRemovingAMember(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "root")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob)

	want(t, "error", w.Rooms.Remove(t.Context(), ann, den.ID, bob.ID), nil)
	notice := w.last(t, ann, den.ID)
	want(t, "notice", notice.Notice, &chat.Notice{Kind: chat.NoticeRemoved, User: bob.Author()})
	want(t, "events", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneRemoved},
		chat.MemberGone{Rev: 3, Room: den.ID, User: bob.ID, Reason: chat.GoneRemoved},
		chat.MessagePut{Message: &notice},
	})
	want(t, "error of removing again", w.Rooms.Remove(t.Context(), ann, den.ID, bob.ID), nil)
	want(t, "published again, in case the first event was lost", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneRemoved},
		chat.MemberGone{Rev: 3, Room: den.ID, User: bob.ID, Reason: chat.GoneRemoved},
	})
	want(t, "last message after removing again", w.last(t, ann, den.ID), notice)

	w.joined(t, den.ID, bob) // a removed user who isn't banned may come back
	_, sub, err := w.Rooms.Get(t.Context(), bob, den.ID)
	want(t, "error", err, nil)
	want(t, "back", sub != nil, true)
}

func TestBanningFromARoom(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "root")
	ann, bob, eve := w.user(t, "ann"), w.user(t, "bob"), w.user(t, "eve")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob)

	ban, created, err := w.Rooms.Ban(t.Context(), ann, den.ID, bob.ID)
	want(t, "error", err, nil)
	want(t, "created", created, true)
	want(t, "ban", ban, chat.Ban{User: bob, By: ann.Author(), At: now})
	notice := w.last(t, ann, den.ID)
	want(t, "notice", notice.Notice, &chat.Notice{Kind: chat.NoticeRemoved, User: bob.Author()})
	want(t, "events", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneBanned},
		chat.MemberGone{Rev: 3, Room: den.ID, User: bob.ID, Reason: chat.GoneBanned},
		chat.MessagePut{Message: &notice},
	})

	again, created, err := w.Rooms.Ban(t.Context(), ann, den.ID, bob.ID)
	want(t, "error of banning again", err, nil)
	want(t, "created again", created, false)
	want(t, "the same ban", again, ban)
	want(t, "published again, in case the first event was lost", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneBanned},
		chat.MemberGone{Rev: 3, Room: den.ID, User: bob.ID, Reason: chat.GoneBanned},
	})

	_, created, err = w.Rooms.Ban(t.Context(), ann, den.ID, eve.ID)
	want(t, "error of banning a non-member", err, nil)
	want(t, "created for a non-member", created, true)
	want(t, "events of banning a non-member, who may watch the room", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: eve.ID, Rev: 2, Room: den.ID, Reason: chat.GoneBanned},
		chat.MemberGone{Rev: 5, Room: den.ID, User: eve.ID, Reason: chat.GoneBanned},
	})
	want(t, "last message; there is no notice about a non-member", w.last(t, ann, den.ID), notice)

	bans, next, err := w.Rooms.Bans(t.Context(), ann, den.ID, "", 1)
	want(t, "error of the list", err, nil)
	want(t, "first page", bans, []chat.Ban{ban})
	bans, next, err = w.Rooms.Bans(t.Context(), ann, den.ID, next, 1)
	want(t, "error of the list", err, nil)
	want(t, "second page", bans, []chat.Ban{{User: eve, By: ann.Author(), At: now}})
	want(t, "end of the list", next, "")

	for range 2 {
		want(t, "error of lifting", w.Rooms.Unban(t.Context(), ann, den.ID, bob.ID), nil)
	}
	want(t, "events of lifting", len(w.events.take()), 0)
	w.joined(t, den.ID, bob)
}

func TestALargeRoomGetsNoNoticeOfARemoval(t *testing.T) {
	w := newWorld(t, chat.Limits{NoticeMembers: 1})
	ann, bob, cid := w.user(t, "ann"), w.user(t, "bob"), w.user(t, "cid")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob, cid)
	want(t, "error", w.Rooms.Remove(t.Context(), ann, den.ID, bob.ID), nil)
	want(t, "events", w.events.take(), []chat.Event{
		chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: den.ID, Reason: chat.GoneRemoved},
		chat.MemberGone{Rev: 3, Room: den.ID, User: bob.ID, Reason: chat.GoneRemoved},
	})
}

// spent is a limiter that allows one user nothing.
type spent struct{ user chat.UserID }

func (s spent) Take(user chat.UserID) error {
	if user == s.user {
		return chat.Errorf(chat.CodeRateLimited, "Wait.")
	}
	return nil
}

func (spent) GiveBack(chat.UserID) {}

func TestRemovingARateLimitedMemberIsAnnounced(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob)
	services := chat.New(chat.Deps{Store: w.store, Broker: w.events, Hasher: w.hasher, Fold: fold, Sends: spent{bob.ID}})
	want(t, "error", services.Rooms.Remove(t.Context(), ann, den.ID, bob.ID), nil)
	want(t, "notice", w.last(t, ann, den.ID).Notice, &chat.Notice{Kind: chat.NoticeRemoved, User: bob.Author()})
}

func TestForbiddenRemovalsReturnTheReason(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	root, ann, bob, cid := w.user(t, "root"), w.user(t, "ann"), w.user(t, "bob"), w.user(t, "cid")
	den, secret := w.room(t, ann, chat.RoomPublic, "den"), w.room(t, ann, chat.RoomPrivate, "secret")
	w.joined(t, den.ID, bob, cid, root)
	talk, _, err := w.Rooms.Converse(t.Context(), ann, bob.ID)
	want(t, "error", err, nil)
	w.events.take()
	const admins = "Only the room's admins may do that."
	for _, test := range []struct {
		name     string
		by       chat.User
		room     chat.RoomID
		user     chat.UserID
		code     chat.Code
		field    string
		sentence string
	}{
		{"a member", bob, den.ID, cid.ID, chat.CodeForbidden, "", admins},
		{"oneself", ann, den.ID, ann.ID, chat.CodeInvalid, "user", "You cannot remove yourself. Leave the room instead."},
		{
			"the server's admin", ann, den.ID, root.ID, chat.CodeForbidden, "",
			"Only the server's admins can remove an admin of the room, and nobody can remove an admin of the server.",
		},
		{"an unknown user", ann, den.ID, 99, chat.CodeNotFound, "user", "There is no such user."},
		{"an unknown room", ann, 99, bob.ID, chat.CodeNotFound, "room", "There is no such room."},
		{"a private room, by an outsider", bob, secret.ID, ann.ID, chat.CodeNotFound, "room", "There is no such room."},
		{"a private room, by the server's admin", root, secret.ID, ann.ID, chat.CodeNotFound, "room", "There is no such room."},
		{"a conversation", ann, talk.ID, bob.ID, chat.CodeForbidden, "", admins},
	} {
		_, _, ban := w.Rooms.Ban(t.Context(), test.by, test.room, test.user)
		for does, err := range map[string]error{"Remove": w.Rooms.Remove(t.Context(), test.by, test.room, test.user), "Ban": ban} {
			wantCode(t, does+" "+test.name, err, test.code, test.field)
			wantSentence(t, does+" "+test.name, err, test.sentence)
		}
	}
	for does, err := range map[string]error{
		"lifting a ban": w.Rooms.Unban(t.Context(), bob, den.ID, cid.ID),
		"the list of bans": func() error {
			_, _, err := w.Rooms.Bans(t.Context(), bob, den.ID, "", 0)
			return err
		}(),
	} {
		wantCode(t, does+" by a member", err, chat.CodeForbidden, "")
	}
	_, _, err = w.Rooms.Bans(t.Context(), ann, den.ID, "", -1)
	wantCode(t, "a negative limit", err, chat.CodeInvalid, "limit")
	want(t, "events", len(w.events.take()), 0)
}

func TestEveryCallOfAUserBannedFromAPublicRoomReturnsTheBan(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "root")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	w.joined(t, den.ID, bob)
	own := w.send(t, bob, den.ID, "own")
	link, err := w.Invitations.Make(t.Context(), ann, chat.InviteInput{Room: den.ID})
	want(t, "error", err, nil)
	w.ban(t, ann, den.ID, bob)

	for name, ask := range map[string]func() error{
		"Get":          func() error { _, _, err := w.Rooms.Get(t.Context(), bob, den.ID); return err },
		"Subscribe":    func() error { _, _, err := w.Rooms.Subscribe(t.Context(), bob, den.ID); return err },
		"Unsubscribe":  func() error { return w.Rooms.Unsubscribe(t.Context(), bob, den.ID) },
		"Members":      func() error { _, _, err := w.Rooms.Members(t.Context(), bob, den.ID, "", 0); return err },
		"MarkRead":     func() error { _, err := w.Rooms.MarkRead(t.Context(), bob, den.ID, 1, chat.AnyMark); return err },
		"Send":         func() error { _, _, err := w.Messages.Send(t.Context(), bob, input(den.ID, "x")); return err },
		"Typing":       func() error { return w.Messages.Typing(t.Context(), bob, den.ID, 0) },
		"Page":         func() error { _, err := w.Messages.Page(t.Context(), bob, den.ID, chat.MessagePage{}); return err },
		"ChangesSince": func() error { _, err := w.Messages.ChangesSince(t.Context(), bob, den.ID, 0); return err },
		"Edit":         func() error { _, err := w.Messages.Edit(t.Context(), bob, den.ID, own.Seq, "x"); return err },
		"Delete":       func() error { _, err := w.Messages.Delete(t.Context(), bob, den.ID, own.Seq); return err },
		"Look":         func() error { _, err := w.Invitations.Look(t.Context(), &bob, link.Token); return err },
		"Accept":       func() error { _, _, err := w.Invitations.Accept(t.Context(), bob, link.Token); return err },
		"Invite": func() error {
			_, err := w.Invitations.Make(t.Context(), bob, chat.InviteInput{Room: den.ID})
			return err
		},
		"List of links": func() error {
			_, err := w.Invitations.List(t.Context(), bob, den.ID)
			return err
		},
		"Join by name": func() error { _, err := w.Classic.Join(t.Context(), bob, "den"); return err },
	} {
		wantCode(t, name, ask(), chat.CodeForbidden, "room")
		wantSentence(t, name, ask(), "You are banned from this room. Its admins can let you back in.")
	}
	wantCode(t, "revoking another user's invitation", w.Invitations.Revoke(t.Context(), bob, link.Invitation.ID), chat.CodeNotFound, "invitation")
	rooms, _, err := w.Rooms.Search(t.Context(), bob, "den", "", 0)
	want(t, "error", err, nil)
	if len(rooms) != 1 || rooms[0].ID != den.ID {
		t.Errorf("Search: got %+v, want the den, which is public", rooms)
	}
	_, err = w.Invitations.Make(t.Context(), ann, chat.InviteInput{Room: den.ID, User: bob.ID})
	wantCode(t, "inviting a banned user", err, chat.CodeForbidden, "user")
	wantSentence(t, "inviting a banned user", err, "This user is banned from the room.")
	want(t, "events", len(w.events.take()), 0)
	if _, err := w.Invitations.Look(t.Context(), nil, link.Token); err != nil {
		t.Errorf("the invitation for others: got %v, want it still valid", err)
	}
	list, err := w.Invitations.List(t.Context(), ann, den.ID)
	want(t, "error", err, nil)
	want(t, "uses by the banned user", list[0].Uses, 0)
}

func TestAPrivateRoomIsHiddenFromAUserBannedFromIt(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	w.user(t, "root")
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	secret := w.room(t, ann, chat.RoomPrivate, "secret")
	link, err := w.Invitations.Make(t.Context(), ann, chat.InviteInput{Room: secret.ID})
	want(t, "error", err, nil)
	if _, _, err := w.Invitations.Accept(t.Context(), bob, link.Token); err != nil {
		t.Fatal(err)
	}
	own, err := w.Invitations.Make(t.Context(), bob, chat.InviteInput{Room: secret.ID})
	want(t, "error", err, nil)
	w.ban(t, ann, secret.ID, bob)
	_, _, err = w.Rooms.Get(t.Context(), bob, secret.ID)
	wantCode(t, "Get", err, chat.CodeNotFound, "room")
	_, err = w.Messages.Page(t.Context(), bob, secret.ID, chat.MessagePage{})
	wantCode(t, "Page", err, chat.CodeNotFound, "room")
	_, _, err = w.Invitations.Accept(t.Context(), bob, link.Token)
	wantCode(t, "coming back through another user's invitation", err, chat.CodeForbidden, "room")
	_, err = w.Invitations.Look(t.Context(), &ann, own.Token)
	wantCode(t, "the banned user's own invitation", err, chat.CodeNotFound, "invitation")
	rooms, _, err := w.Rooms.Search(t.Context(), bob, "secret", "", 0)
	want(t, "error", err, nil)
	want(t, "rooms found", len(rooms), 0)
}

// bannedStore fails to look up bans.
type bannedStore struct{ chat.Store }

func (bannedStore) IsBanned(context.Context, chat.RoomID, chat.UserID) (bool, error) {
	return false, chat.Errorf(chat.CodeUnavailable, "The store is away.")
}

func TestNobodyCanJoinWhileTheStoreCannotLookUpBans(t *testing.T) {
	w := newWorld(t, chat.Limits{})
	ann, bob := w.user(t, "ann"), w.user(t, "bob")
	den := w.room(t, ann, chat.RoomPublic, "den")
	services := chat.New(chat.Deps{Store: bannedStore{w.store}, Broker: w.events, Hasher: w.hasher, Fold: fold})
	room, _, err := services.Rooms.Get(t.Context(), bob, den.ID)
	wantCode(t, "Get", err, chat.CodeUnavailable, "")
	want(t, "room", room, chat.Room{})
	_, err = services.Messages.Page(t.Context(), bob, den.ID, chat.MessagePage{})
	wantCode(t, "Page", err, chat.CodeUnavailable, "")
}
