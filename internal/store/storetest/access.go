package storetest

import (
	"errors"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// author is the act of an author who must be a member and not banned.
func author(by chat.User) *chat.Act {
	return &chat.Act{By: by.ID, Needs: chat.Standing{Member: true, Unbanned: true}}
}

// post is a message whose author needs permission.
func post(room chat.RoomID, by chat.User, body string) chat.NewMessage {
	m := newMessage(room, by, body)
	m.Act = author(by)
	return m
}

// endings are the ways in which a user's permission to write in a room ends.
func endings(t *testing.T, f *fixture, room chat.RoomID, user, by chat.User) map[string]func() error {
	return map[string]func() error{
		"leaving": func() error {
			_, err := f.Unsubscribe(t.Context(), nil, room, user.ID)
			return err
		},
		"a removal": func() error {
			_, err := f.RemoveMember(t.Context(), nil, room, user.ID)
			return err
		},
		"a ban from the room": func() error {
			_, _, _, err := f.Ban(t.Context(), nil, newBan(room, user, by))
			return err
		},
		"a ban from the server": func() error {
			_, _, _, err := f.Ban(t.Context(), nil, newBan(0, user, by))
			return err
		},
	}
}

// letBack undoes every ending.
func letBack(t *testing.T, f *fixture, room chat.RoomID, user chat.User) {
	t.Helper()
	for _, from := range []chat.RoomID{room, 0} {
		must[bool](t)(f.Unban(t.Context(), nil, from, user.ID))
	}
	_, _, err := f.Subscribe(t.Context(), nil, room, user.ID, chat.RoleMember, now)
	want(t, "error of Subscribe", err, nil)
}

var accessContracts = []contract{
	{"a message needs its author's standing, but a retry of a stored message does not", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		_, _, err := f.AppendMessage(t.Context(), post(den, bob, "outside"))
		want(t, "error outside", err, error(chat.ErrNoStanding()))
		f.subscribe(t, den, bob)
		for name, end := range endings(t, f, den, bob, ann) {
			first := post(den, bob, name)
			original, created, err := f.AppendMessage(t.Context(), first)
			want(t, name+": error before", err, nil)
			want(t, name+": created before", created, true)
			want(t, name+": error of it", end(), nil)
			again, created, err := f.AppendMessage(t.Context(), first)
			want(t, name+": error of a retry", err, nil)
			want(t, name+": created by it", created, false)
			want(t, name+": its answer", again, original)
			_, _, err = f.AppendMessage(t.Context(), post(den, bob, "afterwards"))
			want(t, name+": error afterwards", err, error(chat.ErrNoStanding()))
			letBack(t, f, den, bob)
		}
		want(t, "head", f.roomNow(t, den).Seq, 4)
		_, created, err := f.AppendMessage(t.Context(), newMessage(den, f.user(t, "eve"), "by the server"))
		want(t, "error of a message that asks for nothing", err, nil)
		want(t, "created", created, true)
	}},
	{"of messages in one batch, those whose authors may not write are refused", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		together(40, func(i int) {
			by := []chat.User{ann, bob}[i%2]
			_, created, err := f.AppendMessage(t.Context(), post(den, by, "hello"))
			if created != (i%2 == 0) || created != (err == nil) {
				t.Errorf("message of %s: created %v, %v", by.Username, created, err)
			}
		})
		want(t, "head", f.roomNow(t, den).Seq, 20)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den, 0, 100, 0))
		for i, message := range changes.Messages {
			want(t, "author, seq", []int64{int64(message.Author.ID), message.Seq}, []int64{int64(ann.ID), int64(i + 1)})
		}
	}},
	{"no message is stored after the answer to what ends its author's permission", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		for name, end := range endings(t, f, den, bob, ann) {
			for range 6 {
				endsAll(t, f, name, den, bob, end, func() error {
					_, _, err := f.AppendMessage(t.Context(), post(den, bob, "still there"))
					return err
				})
			}
		}
	}},
	{"nothing is edited after the answer to what ends its author's permission", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den").ID
		f.subscribe(t, den, bob)
		f.send(t, den, bob, "hello")
		refused := errors.New("refused")
		edits := func(a chat.Access) error {
			if a.Membership == nil || a.By.Banned {
				return refused
			}
			return nil
		}
		for name, end := range endings(t, f, den, bob, ann) {
			endsAll(t, f, name, den, bob, end, func() error {
				_, _, err := f.EditMessage(t.Context(), &chat.Act{By: bob.ID, May: edits}, den, 1, newUUID(), now)
				return err
			})
		}
	}},
	{"an act is decided on the stored state, and changes nothing if it is refused", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		sub := f.subscribe(t, den.ID, bob)
		message := f.send(t, den.ID, bob, "hello")
		link := f.invite(t, newInvitation(ann, den.ID))
		topic := "another"
		anns := must[chat.Membership](t)(f.Membership(t.Context(), den.ID, ann.ID))
		sub.Membership.ReadSeq = 1
		in := f.roomNow(t, den.ID)
		for name, test := range map[string]struct {
			run  func(act *chat.Act) error
			sees chat.Access
		}{
			"ChangeRoom": {func(act *chat.Act) error {
				_, err := f.ChangeRoom(t.Context(), act, den.ID, chat.RoomChange{Topic: &topic})
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns}},
			"EditMessage": {func(act *chat.Act) error {
				_, _, err := f.EditMessage(t.Context(), act, den.ID, 1, "x", now)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns, Message: &message}},
			"DeleteMessage": {func(act *chat.Act) error {
				_, _, err := f.DeleteMessage(t.Context(), act, den.ID, 1)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns, Message: &message}},
			"RemoveMember": {func(act *chat.Act) error {
				_, err := f.RemoveMember(t.Context(), act, den.ID, bob.ID)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns, Target: bob, Targets: &sub.Membership}},
			"Ban": {func(act *chat.Act) error {
				_, _, _, err := f.Ban(t.Context(), act, newBan(den.ID, bob, ann))
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns, Target: bob, Targets: &sub.Membership}},
			"Ban from the server": {func(act *chat.Act) error {
				_, _, _, err := f.Ban(t.Context(), act, newBan(0, bob, ann))
				return err
			}, chat.Access{By: ann, Target: bob}},
			"Unban": {func(act *chat.Act) error {
				_, err := f.Unban(t.Context(), act, den.ID, bob.ID)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns, Target: bob, Targets: &sub.Membership}},
			"Subscribe": {func(act *chat.Act) error {
				_, _, err := f.Subscribe(t.Context(), act, den.ID, ann.ID, chat.RoleMember, now)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns}},
			"CreateRoom": {func(act *chat.Act) error {
				_, err := f.CreateRoom(t.Context(), act, newRoom(ann, chat.RoomPublic, "attic"))
				return err
			}, chat.Access{By: ann}},
			"OpenConversation": {func(act *chat.Act) error {
				_, _, err := f.OpenConversation(t.Context(), act, chat.NewConversation{Room: 77, By: ann.ID, With: bob.ID, CreatedAt: now})
				return err
			}, chat.Access{By: ann, Target: bob}},
			"DeleteInvitation": {func(act *chat.Act) error {
				return f.DeleteInvitation(t.Context(), act, link.ID)
			}, chat.Access{By: ann, Room: in, Membership: &anns, Invitation: &chat.Invitation{
				ID: link.ID, Room: den.ID, By: authorOf(ann), CreatedAt: now,
			}}},
			"ChangeRoom of no room": {func(act *chat.Act) error {
				_, err := f.ChangeRoom(t.Context(), act, 99, chat.RoomChange{Topic: &topic})
				return err
			}, chat.Access{By: ann}},
			"RemoveMember of nobody": {func(act *chat.Act) error {
				_, err := f.RemoveMember(t.Context(), act, den.ID, 99)
				return err
			}, chat.Access{By: ann, Room: in, Membership: &anns}},
		} {
			refused := errors.New("refused")
			var seen chat.Access
			err := test.run(&chat.Act{By: ann.ID, May: func(a chat.Access) error {
				seen = a
				return refused
			}})
			if !errors.Is(err, refused) {
				t.Errorf("%s: got %v, want the error of May", name, err)
			}
			if seen.Invitation != nil {
				seen.Invitation.ExpiresAt, seen.Invitation.MaxUses, seen.Invitation.Guests = nil, 0, false
			}
			want(t, name, seen, test.sees)
		}
		want(t, "room", f.roomNow(t, den.ID), in)
		want(t, "message", must[chat.Message](t)(f.Message(t.Context(), den.ID, 1)), message)
		want(t, "rooms of ann", f.listed(t, ann), []chat.RoomID{den.ID})
		must[chat.Invitation](t)(f.InvitationByID(t.Context(), link.ID, now))
		f.wantMember(t, den.ID, bob, true)
		f.wantBanned(t, den.ID, bob, false)
		want(t, "banned from the server", must[chat.User](t)(f.UserByID(t.Context(), bob.ID)).Banned, false)
	}},
}

// endsAll repeats several actions until they are refused, while it ends their
// permission. It fails the test if the room changes after that end was answered.
func endsAll(t *testing.T, f *fixture, name string, room chat.RoomID, user chat.User, end, do func() error) {
	t.Helper()
	var work sync.WaitGroup
	begun := make(chan struct{}, 8)
	for range cap(begun) {
		work.Go(func() {
			for err := do(); err == nil; err = do() {
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range cap(begun) {
		<-begun
	}
	want(t, name+": error", end(), nil)
	done := must[chat.Page](t)(f.Messages(t.Context(), room, chat.MessagePage{Limit: 1}))
	work.Wait()
	after := must[chat.Page](t)(f.Messages(t.Context(), room, chat.MessagePage{Limit: 1}))
	want(t, name+": what is done after the answer to it", after.Messages, done.Messages)
	letBack(t, f, room, user)
}
