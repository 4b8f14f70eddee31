package storetest

import (
	"context"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

// archiveRoom archives the room, or unarchives it.
func archiveRoom(t *testing.T, f *fixture, room chat.RoomID, on bool) chat.Room {
	t.Helper()
	var at time.Time
	if on {
		at = now
	}
	archived, _, err := f.Store.ChangeRoom(t.Context(), nil, room, chat.RoomChange{ArchivedAt: &at})
	if err != nil {
		t.Fatalf("ChangeRoom: %v", err)
	}
	return archived
}

// postAs is a message of a member, who needs what the service asks for.
func postAs(room chat.RoomID, by chat.User, body string) chat.NewMessage {
	m := newMessage(room, by, body)
	m.Act = &chat.Act{By: by.ID, Needs: chat.Standing{Member: true, Unbanned: true, Open: true}}
	return m
}

func appendError(ctx context.Context, f *fixture, m chat.NewMessage) error {
	_, _, err := f.AppendMessage(ctx, m)
	return err
}

var archiveContracts = []contract{
	{"archiving takes a rev of the room, and twice changes nothing", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		at := now
		room, changed, err := f.Store.ChangeRoom(t.Context(), nil, den.ID, chat.RoomChange{ArchivedAt: &at})
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		den.ArchivedAt, den.Rev = now, den.Rev+1
		want(t, "room", room, den)
		want(t, "as read", f.roomNow(t, den.ID), den)
		later := now.Add(time.Hour)
		room, changed, err = f.Store.ChangeRoom(t.Context(), nil, den.ID, chat.RoomChange{ArchivedAt: &later})
		want(t, "error", err, nil)
		want(t, "changed again", changed, false)
		want(t, "room", room, den)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, den.Rev-1, 10, 0))
		want(t, "changes", changes.Room, &den)
		den.ArchivedAt, den.Rev = time.Time{}, den.Rev+1
		want(t, "unarchived", archiveRoom(t, f, den.ID, false), den)
	}},
	{"nobody writes in an archived room, and everything can be read", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		first := postAs(den.ID, ann, "before")
		want(t, "error", appendError(t.Context(), f, first), nil)
		archiveRoom(t, f, den.ID, true)
		wantCode(t, "a message", appendError(t.Context(), f, postAs(den.ID, ann, "late")), chat.CodeForbidden, "")
		answer := postAs(den.ID, ann, "late answer")
		answer.ReplyTo = 1
		wantCode(t, "an answer", appendError(t.Context(), f, answer), chat.CodeForbidden, "")
		want(t, "a retry of what was sent before", appendError(t.Context(), f, first), nil)
		want(t, "head", f.roomNow(t, den.ID).Seq, int64(1))
		archiveRoom(t, f, den.ID, false)
		want(t, "after unarchiving", appendError(t.Context(), f, postAs(den.ID, ann, "again")), nil)
	}},
	{"nobody joins an archived room", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		archiveRoom(t, f, den.ID, true)
		_, _, err := f.Subscribe(t.Context(), nil, den.ID, bob.ID, chat.RoleMember, now)
		wantCode(t, "Subscribe", err, chat.CodeForbidden, "room")
		_, created, err := f.Subscribe(t.Context(), nil, den.ID, ann.ID, chat.RoleMember, now)
		want(t, "error of a member", err, nil)
		want(t, "created", created, false)
	}},
	{"no send is acknowledged that began after the archive's answer", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		sendsEnd(t, f, den.ID, ann, func() { archiveRoom(t, f, den.ID, true) })
	}},
}

// sendsEnd sends in the room from many goroutines while end runs, and fails if a send is
// stored that began after the answer of end.
func sendsEnd(t *testing.T, f *fixture, room chat.RoomID, by chat.User, end func()) {
	t.Helper()
	var ended atomic.Bool
	together(8, func(i int) {
		if i == 0 {
			end()
			ended.Store(true)
			return
		}
		for range 40 {
			late := ended.Load()
			err := appendError(t.Context(), f, postAs(room, by, "message"))
			if err == nil && late {
				t.Error("a message was stored that was sent after the end")
			}
		}
	})
	if err := appendError(t.Context(), f, postAs(room, by, "last")); err == nil {
		t.Error("a message was stored after the end")
	}
}

func purgeOf(room chat.RoomID) chat.NewJob {
	return chat.NewJob{
		Kind: chat.KindPurge, Key: strconv.FormatInt(int64(room), 10), DueAt: now, CreatedAt: now, ExpiresAt: now.Add(time.Hour),
	}
}

var deletionContracts = []contract{
	{"a deleted room leaves all lists with the reason, and is not there any more", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		sub := f.subscribe(t, den.ID, bob)
		f.send(t, den.ID, bob, "hello")
		deletion := must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		want(t, "deleted", deletion.Deleted, true)
		want(t, "members told", len(deletion.Members), 2)
		_, err := f.RoomByID(t.Context(), den.ID)
		wantCode(t, "RoomByID", err, chat.CodeNotFound, "")
		_, err = f.Subscription(t.Context(), den.ID, bob.ID)
		wantCode(t, "Subscription", err, chat.CodeNotFound, "")
		changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), bob.ID, sub.Membership.Rev, 10, 0))
		want(t, "events of bob", changes.Events, []chat.Event{
			chat.SubscriptionGone{User: bob.ID, Rev: sub.Membership.Rev + 1, Room: den.ID, Reason: chat.GoneDeleted},
		})
		room := must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, deletion.Rev-1, 10, 0))
		want(t, "kind", room.Room.Kind, chat.RoomDeleted)
		_, err = f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID))
		wantCode(t, "a second time", err, chat.CodeNotFound, "")
		f.room(t, ann, chat.RoomPublic, "den") // the name is free again
	}},
	{"nothing reaches a deleted room", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		sent := postAs(den.ID, ann, "before")
		want(t, "error", appendError(t.Context(), f, sent), nil)
		must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		if err := appendError(t.Context(), f, sent); err == nil {
			t.Error("a retry was acknowledged")
		}
		wantCode(t, "a notice", appendError(t.Context(), f, newMessage(den.ID, ann, "notice")), chat.CodeNotFound, "")
		answer := newMessage(den.ID, ann, "answer")
		answer.ReplyTo = 1
		wantCode(t, "an answer", appendError(t.Context(), f, answer), chat.CodeNotFound, "")
		_, _, err := f.Subscribe(t.Context(), nil, den.ID, bob.ID, chat.RoleMember, now)
		wantCode(t, "Subscribe", err, chat.CodeNotFound, "")
		_, err = f.ChangeRoom(t.Context(), nil, den.ID, chat.RoomChange{Topic: new(string)})
		wantCode(t, "ChangeRoom", err, chat.CodeNotFound, "")
	}},
	{"invitations into a deleted room end", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		made := must[chat.Invitation](t)(f.CreateInvitation(t.Context(), nil, chat.NewInvitation{
			Invitation: chat.Invitation{ID: chat.InvitationID(nextID()), Room: den.ID, By: authorOf(ann), ForUser: bob.ID, MaxUses: 1, CreatedAt: now},
			TokenHash:  "hash",
		}))
		deletion := must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		want(t, "withdrawn", len(deletion.Withdrawn), 1)
		want(t, "invitation", deletion.Withdrawn[0].ID, made.ID)
		_, err := f.InvitationByToken(t.Context(), "hash", now)
		wantCode(t, "InvitationByToken", err, chat.CodeNotFound, "")
	}},
	{"what a deleted room has left is removed in batches, and only once it is deleted", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.sendMany(t, den.ID, ann, 5)
		must[bool](t)(f.PurgeRoom(t.Context(), den.ID, 10))
		want(t, "messages", f.roomNow(t, den.ID).Seq, int64(5))
		must[chat.Message](t)(f.Message(t.Context(), den.ID, 1))
		must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		want(t, "more", must[bool](t)(f.PurgeRoom(t.Context(), den.ID, 3)), true)
		want(t, "no more", must[bool](t)(f.PurgeRoom(t.Context(), den.ID, 3)), false)
		for seq := int64(1); seq <= 5; seq++ {
			_, err := f.Message(t.Context(), den.ID, seq)
			wantCode(t, "Message", err, chat.CodeNotFound, "")
		}
	}},
	{"the files, marks and threads of a deleted room go with its messages", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.sendMany(t, den.ID, ann, 2)
		reply := newMessage(den.ID, ann, "reply")
		reply.Thread = 1
		want(t, "error", appendError(t.Context(), f, reply), nil)
		_, _, err := f.ChangeMessage(t.Context(), nil, den.ID, 2, chat.MessagePin{On: true, By: authorOf(ann), At: now, Max: 10})
		want(t, "error", err, nil)
		file := readyFile(t, f, ann, "content")
		sendFiles(t, f, den.ID, ann, file.ID)
		unused(t, f, now)
		must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		must[bool](t)(f.PurgeRoom(t.Context(), den.ID, 100))
		_, err = f.File(t.Context(), file.ID)
		wantCode(t, "File", err, chat.CodeNotFound, "")
		want(t, "blobs for the sweeper", unused(t, f, now), sorted("content", "content-small"))
	}},
	{"no send is acknowledged that began after the deletion's answer", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		sendsEnd(t, f, den.ID, ann, func() {
			must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
		})
	}},
	{"people who join, invite and leave while a room is deleted are in no room afterwards", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		people := make([]chat.User, 8)
		for i := range people {
			people[i] = f.user(t, "user"+strconv.Itoa(i))
		}
		together(len(people), func(i int) {
			if i == 0 {
				must[chat.RoomDeletion](t)(f.DeleteRoom(t.Context(), nil, den.ID, purgeOf(den.ID)))
				return
			}
			for range 5 {
				_, _, _ = f.Subscribe(t.Context(), nil, den.ID, people[i].ID, chat.RoleMember, now)
				_, _ = f.CreateInvitation(t.Context(), nil, chat.NewInvitation{
					Invitation: chat.Invitation{ID: chat.InvitationID(nextID()), Room: den.ID, By: authorOf(people[i]), CreatedAt: now}, TokenHash: newUUID(),
				})
				_, _ = f.Unsubscribe(t.Context(), nil, den.ID, people[i].ID)
			}
		})
		for _, user := range people {
			_, err := f.Membership(t.Context(), den.ID, user.ID)
			wantCode(t, "Membership", err, chat.CodeNotFound, "")
		}
		want(t, "invitations", len(must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, now))), 0)
	}},
}

var appointContracts = []contract{
	{"a new role is on both streams", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		before := f.subscribe(t, den.ID, bob)
		done, changed, err := f.SetMemberRole(t.Context(), nil, den.ID, bob.ID, chat.RoleAdmin)
		want(t, "error", err, nil)
		want(t, "changed", changed, true)
		want(t, "member", done.Member, chat.Member{User: bob, Role: chat.RoleAdmin})
		want(t, "rev of the user", done.Subscription.Membership.Rev, before.Membership.Rev+1)
		want(t, "rev of the room", done.Subscription.Membership.RoomRev, before.Membership.RoomRev+1)
		changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, before.Membership.RoomRev, 10, 0))
		want(t, "on the room's stream", changes.Members, []chat.MemberChange{
			{Rev: before.Membership.RoomRev + 1, User: bob.ID, Member: &done.Member},
		})
		_, changed, err = f.SetMemberRole(t.Context(), nil, den.ID, bob.ID, chat.RoleAdmin)
		want(t, "error", err, nil)
		want(t, "changed again", changed, false)
		_, changed, err = f.SetMemberRole(t.Context(), nil, den.ID, ann.ID, chat.RoleMember)
		want(t, "error of giving it up", err, nil)
		want(t, "changed", changed, true)
	}},
	{"the last admin keeps the role, and nobody else gets one who is not there", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		_, _, err := f.SetMemberRole(t.Context(), nil, den.ID, ann.ID, chat.RoleMember)
		wantCode(t, "the last admin", err, chat.CodeInvalid, "role")
		_, _, err = f.SetMemberRole(t.Context(), nil, den.ID, bob.ID, chat.RoleAdmin)
		wantCode(t, "no member", err, chat.CodeNotFound, "user")
	}},
	{"when the last admin leaves, the longest-standing member becomes admin", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		var bob chat.User
		for i, name := range []string{"cleo", "bob", "dan"} {
			user := f.user(t, name)
			at := now.Add(time.Hour)
			if name == "bob" {
				bob, at = user, now.Add(time.Minute)
			}
			_, _, err := f.Subscribe(t.Context(), nil, den.ID, user.ID, chat.RoleMember, at.Add(time.Duration(i)))
			want(t, "error", err, nil)
		}
		gone := must[chat.Gone](t)(f.Store.Unsubscribe(t.Context(), nil, den.ID, ann.ID))
		if gone.Heir == nil {
			t.Fatal("nobody became admin")
		}
		want(t, "heir", gone.Heir.Member, chat.Member{User: bob, Role: chat.RoleAdmin})
		want(t, "as read", must[chat.Membership](t)(f.Membership(t.Context(), den.ID, bob.ID)).Role, chat.RoleAdmin)
		gone = must[chat.Gone](t)(f.Store.RemoveMember(t.Context(), nil, den.ID, bob.ID))
		want(t, "after a removal", gone.Heir != nil, true)
	}},
	{"nobody becomes admin when another admin stays, nor in the main room", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		cleo := f.user(t, "cleo")
		f.subscribe(t, den.ID, cleo)
		_, _, err := f.SetMemberRole(t.Context(), nil, den.ID, bob.ID, chat.RoleAdmin)
		want(t, "error", err, nil)
		gone := must[chat.Gone](t)(f.Store.Unsubscribe(t.Context(), nil, den.ID, ann.ID))
		want(t, "heir", gone.Heir, nil)
		_, _, err = f.SetMemberRole(t.Context(), nil, chat.MainRoom, ann.ID, chat.RoleAdmin)
		want(t, "error", err, nil)
		gone = must[chat.Gone](t)(f.Store.Unsubscribe(t.Context(), nil, chat.MainRoom, ann.ID))
		want(t, "heir of main", gone.Heir, nil)
	}},
	{"of two admins who leave and give up the role together, an admin remains", func(t *testing.T, f *fixture) {
		ann, bob, cleo := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cleo")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		f.subscribe(t, den.ID, cleo)
		_, _, err := f.SetMemberRole(t.Context(), nil, den.ID, bob.ID, chat.RoleAdmin)
		want(t, "error", err, nil)
		together(2, func(i int) {
			if i == 0 {
				_, _, _ = f.SetMemberRole(t.Context(), nil, den.ID, ann.ID, chat.RoleMember)
			} else {
				_, _ = f.Unsubscribe(t.Context(), nil, den.ID, bob.ID)
			}
		})
		admins := 0
		for _, m := range must[[]chat.Member](t)(f.Members(t.Context(), den.ID, chat.MemberPage{Limit: 10})) {
			if m.Role == chat.RoleAdmin {
				admins++
			}
		}
		want(t, "an admin is there", admins > 0, true)
	}},
}
