package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"partychat/internal/chat"
)

// LogMax is how many ends the logs of the stores that run the suite keep.
const LogMax = 40

// head gives the head of a user's stream, by both ways to read it.
func (f *fixture) head(t *testing.T, user chat.User) int64 {
	t.Helper()
	list := must[chat.UserHead](t)(f.ListHeads(t.Context(), user.ID))
	rev := int64(0)
	for _, r := range must[[]chat.UserRev](t)(f.UserRevs(t.Context(), []chat.UserID{user.ID, 99})) {
		want(t, "user of the head", r.User, user.ID)
		rev = r.Rev
	}
	want(t, "head in the list", list.Rev, rev)
	return rev
}

// since gives what has changed on a user's stream.
func (f *fixture) since(t *testing.T, user chat.User, rev int64) []chat.Event {
	t.Helper()
	changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), user.ID, rev, 100, 0))
	want(t, "rev, more, start over", fmt.Sprint(changes.Rev, changes.More, changes.StartOver), fmt.Sprint(f.head(t, user), false, false))
	return changes.Events
}

func (f *fixture) sub(t *testing.T, room chat.RoomID, user chat.User) chat.SubscriptionPut {
	t.Helper()
	sub := must[chat.Subscription](t)(f.Subscription(t.Context(), room, user.ID))
	return chat.SubscriptionPut{User: user.ID, Rev: sub.Membership.Rev, Subscription: sub}
}

var streamContracts = []contract{
	{"each end of a membership has its reason and a rev of both streams, and coming back replaces it", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		ends := map[chat.GoneReason]func() chat.Gone{
			chat.GoneLeft: func() chat.Gone {
				return must[chat.Gone](t)(f.Store.Unsubscribe(t.Context(), nil, den.ID, bob.ID))
			},
			chat.GoneRemoved: func() chat.Gone {
				return must[chat.Gone](t)(f.Store.RemoveMember(t.Context(), nil, den.ID, bob.ID))
			},
			chat.GoneBanned: func() chat.Gone {
				_, _, gone, err := f.Store.Ban(t.Context(), nil, newBan(den.ID, bob, ann))
				want(t, "error of the ban", err, nil)
				return gone
			},
		}
		for _, reason := range []chat.GoneReason{chat.GoneLeft, chat.GoneRemoved, chat.GoneBanned} {
			before, roomBefore := f.head(t, bob), f.roomNow(t, den.ID).Rev
			f.subscribe(t, den.ID, bob)
			want(t, "come", f.since(t, bob, before), []chat.Event{f.sub(t, den.ID, bob)})
			gone := ends[reason]()
			want(t, "gone", gone, chat.Gone{Removed: true, Rev: before + 2, RoomRev: roomBefore + 2, Reason: reason})
			want(t, "on bob's stream", f.since(t, bob, before), []chat.Event{
				chat.SubscriptionGone{User: bob.ID, Rev: before + 2, Room: den.ID, Reason: reason},
			})
			changes := must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, roomBefore, 10, 0))
			want(t, "on the room's", changes.Members, []chat.MemberChange{{Rev: roomBefore + 2, User: bob.ID, Reason: reason}})
			again := ends[reason]()
			gone.Removed = false
			want(t, "once more", again, gone)
			want(t, "heads after once more", []int64{f.head(t, bob), f.roomNow(t, den.ID).Rev}, []int64{before + 2, roomBefore + 2})
		}
	}},
	{"a ban of a non-member is on both streams, its end on neither", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		_, _, gone, err := f.Store.Ban(t.Context(), nil, newBan(den.ID, bob, ann))
		want(t, "error", err, nil)
		want(t, "gone", gone, chat.Gone{Rev: 2, RoomRev: 1, Reason: chat.GoneBanned})
		_, rev, err := f.Store.Unban(t.Context(), nil, den.ID, bob.ID)
		want(t, "error of lifting", err, nil)
		want(t, "revs", []int64{rev, f.head(t, bob), f.roomNow(t, den.ID).Rev}, []int64{0, 2, 1})
	}},
	{"changes of a room have the rev of its last rename, whatever has changed since", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.send(t, den.ID, ann, "before")
		since := f.roomNow(t, den.ID).Rev
		topic := "tea"
		changed, err := f.ChangeRoom(t.Context(), nil, den.ID, chat.RoomChange{Topic: &topic})
		want(t, "error of the change", err, nil)
		f.subscribe(t, den.ID, bob)
		f.send(t, den.ID, ann, "after")
		got := must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, since, 10, 0))
		now := f.roomNow(t, den.ID)
		want(t, "room", got.Room, &now)
		want(t, "its rev and that of the changes", []int64{got.RoomRev, got.Rev}, []int64{changed.Rev, now.Rev})
		got = must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, changed.Rev, 10, 0))
		want(t, "room and rev since then", fmt.Sprint(got.Room, got.RoomRev), fmt.Sprint((*chat.Room)(nil), 0))
	}},
	{"an account takes a rev when it changes", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		_, _, gone, err := f.Store.Ban(t.Context(), nil, newBan(0, bob, ann))
		want(t, "error", err, nil)
		want(t, "banned", f.since(t, bob, 1), []chat.Event{chat.UserBanned{User: bob.ID, Rev: gone.Rev}})
		_, created, again, err := f.Store.Ban(t.Context(), nil, newBan(0, bob, ann))
		want(t, "banned again", fmt.Sprint(created, again.Rev, err), fmt.Sprint(false, gone.Rev, nil))
		_, rev, err := f.Store.Unban(t.Context(), nil, 0, bob.ID)
		want(t, "error of lifting", err, nil)
		want(t, "lifted", f.since(t, bob, 1), []chat.Event{chat.UserPut{User: bob, Rev: rev}})
		admin, _, err := f.SetRole(t.Context(), bob.ID, chat.RoleAdmin)
		want(t, "error of SetRole", err, nil)
		want(t, "promoted", f.since(t, bob, rev), []chat.Event{chat.UserPut{User: admin, Rev: rev + 1}})
		noted := must[[]chat.AccountChange](t)(f.AccountChanges(t.Context()))
		want(t, "rev for the servers", noted[0].Rev, rev+1)
		_, _, err = f.SetRole(t.Context(), bob.ID, chat.RoleAdmin)
		want(t, "error of the same role", err, nil)
		want(t, "head after the same role", f.head(t, bob), rev+1)
	}},
	{"a guest who becomes a member takes a rev for the room and one for the account", func(t *testing.T, f *fixture) {
		input := newUser("gwen")
		input.Kind, input.PasswordHash, input.Rooms = chat.KindGuest, "", nil
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		user, rev, sub, err := f.Store.PromoteGuest(t.Context(), gwen.ID, "hash", chat.MainRoom, now)
		want(t, "error", err, nil)
		want(t, "revs", []int64{sub.Membership.Rev, rev}, []int64{1, 2})
		want(t, "changes", f.since(t, gwen, 0), []chat.Event{f.sub(t, chat.MainRoom, gwen), chat.UserPut{User: user, Rev: 2}})
	}},
	{"an invitation for one user is on that user's stream until it is used or withdrawn", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		attic := f.room(t, ann, chat.RoomPrivate, "attic")
		make := func(room chat.RoomID) (chat.Invitation, []chat.InvitationGone) {
			t.Helper()
			input := newInvitation(ann, room)
			input.ForUser, input.MaxUses = bob.ID, 1
			made, replaced, err := f.Store.CreateInvitation(t.Context(), nil, input)
			want(t, "error", err, nil)
			return made, replaced
		}
		first, replaced := make(den.ID)
		want(t, "rev, replaced", fmt.Sprint(first.Rev, len(replaced)), "2 0")
		want(t, "invited", f.since(t, bob, 1), []chat.Event{
			chat.Invited{User: bob.ID, Rev: 2, ID: first.ID, By: authorOf(ann), Room: chat.NewJoinRoom(f.roomNow(t, den.ID)), ExpiresAt: first.ExpiresAt},
		})
		second, replaced := make(den.ID)
		want(t, "replaced", replaced, []chat.InvitationGone{{User: bob.ID, Rev: 3, ID: first.ID}})
		want(t, "rev of the second", second.Rev, 4)
		sub, created, used, err := f.Store.Redeem(t.Context(), nil, bob.ID, chat.Redemption{ID: second.ID, At: now})
		want(t, "used", fmt.Sprint(created, err), "true <nil>")
		want(t, "revs of using it", []int64{sub.Membership.Rev, used[0].Rev}, []int64{5, 6})
		third, _ := make(attic.ID)
		gone, err := f.Store.DeleteInvitation(t.Context(), nil, third.ID)
		want(t, "error of the deletion", err, nil)
		want(t, "deleted", gone, []chat.InvitationGone{{User: bob.ID, Rev: 8, ID: third.ID}})
		fourth, _ := make(attic.ID)
		left := must[chat.Gone](t)(f.Store.RemoveMember(t.Context(), nil, attic.ID, ann.ID))
		want(t, "ended with its maker", left.Withdrawn, []chat.InvitationGone{{User: bob.ID, Rev: 10, ID: fourth.ID}})
		fifth, _ := make(0)
		_, _, banned, err := f.Store.Ban(t.Context(), nil, newBan(0, ann, bob))
		want(t, "error of the ban", err, nil)
		want(t, "ended with a ban", banned.Withdrawn, []chat.InvitationGone{{User: bob.ID, Rev: 12, ID: fifth.ID}})
		want(t, "all of it", f.since(t, bob, 1), []chat.Event{
			chat.InvitationGone{User: bob.ID, Rev: 3, ID: first.ID},
			f.sub(t, den.ID, bob),
			chat.InvitationGone{User: bob.ID, Rev: 6, ID: second.ID},
			chat.InvitationGone{User: bob.ID, Rev: 8, ID: third.ID},
			chat.InvitationGone{User: bob.ID, Rev: 10, ID: fourth.ID},
			chat.InvitationGone{User: bob.ID, Rev: 12, ID: fifth.ID},
		})
	}},
	{"a conversation takes a rev when it enters a list and when it leaves it", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		talk := f.converse(t, ann, bob).ID
		want(t, "heads when it was opened", []int64{f.head(t, ann), f.head(t, bob)}, []int64{2, 1})
		f.converse(t, ann, bob)
		f.send(t, talk, ann, "hello")
		want(t, "heads after a message", []int64{f.head(t, ann), f.head(t, bob)}, []int64{2, 2})
		want(t, "for bob", f.since(t, bob, 1), []chat.Event{f.sub(t, talk, bob)})
		f.send(t, talk, ann, "again")
		for range 2 {
			f.HideConversation(t.Context(), nil, talk, bob.ID)
		}
		want(t, "hidden by bob", f.since(t, bob, 1), []chat.Event{
			chat.SubscriptionGone{User: bob.ID, Rev: 3, Room: talk, Reason: chat.GoneLeft},
		})
		want(t, "heads of the list", len(must[chat.UserHead](t)(f.ListHeads(t.Context(), bob.ID)).Rooms), 1)
		f.send(t, talk, bob, "I am here")
		want(t, "shown by one's own", f.since(t, bob, 3), []chat.Event{f.sub(t, talk, bob)})
		f.HideConversation(t.Context(), nil, talk, bob.ID)
		f.converse(t, bob, ann)
		want(t, "opened again", f.since(t, bob, 4), []chat.Event{f.sub(t, talk, bob)})
		want(t, "head of bob", f.head(t, bob), 6)
		want(t, "revs of the room, which has only messages", f.roomNow(t, talk).Rev, 3)
	}},
	{"the end of a session is recorded once, and the session finds no user afterwards", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		session := chat.Session{ID: "s", User: ann.ID, Data: []byte{}, CreatedAt: now, ExpiresAt: now.Add(1)}
		want(t, "error", f.PutSession(t.Context(), session), nil)
		of := func(session string) chat.UserHead {
			t.Helper()
			user, rev, err := f.UserOfSession(t.Context(), ann.ID, session)
			want(t, "error", err, nil)
			return chat.UserHead{User: user, Rev: rev}
		}
		want(t, "user", of("s"), chat.UserHead{User: ann, Rev: 1})
		together(8, func(int) {
			if rev, err := f.EndSession(t.Context(), ann.ID, "s", chat.EndRevoked); rev != 2 || err != nil {
				t.Errorf("EndSession: got rev %d, %v; want 2", rev, err)
			}
		})
		_, _, err := f.UserOfSession(t.Context(), ann.ID, "s")
		wantCode(t, "of the ended session", err, chat.CodeNotFound, "")
		want(t, "of another", of("other"), chat.UserHead{User: ann, Rev: 2})
		want(t, "sessions", len(must[[]chat.Session](t)(f.StoredSessions(t.Context(), []string{"s"}))), 0)
		want(t, "reason", must[chat.EndReason](t)(f.SessionEnd(t.Context(), "s")), chat.EndRevoked)
		want(t, "reason of one that goes on", must[chat.EndReason](t)(f.SessionEnd(t.Context(), "other")), "")
		want(t, "changes", f.since(t, ann, 1), []chat.Event{chat.SessionEnded{User: ann.ID, Rev: 2, Session: "s", Reason: chat.EndRevoked}})
		_, err = f.EndSession(t.Context(), 99, "s", chat.EndRevoked)
		wantCode(t, "of nobody", err, chat.CodeNotFound, "")
	}},
	{"a full log forgets its oldest rows, and a reader from before them starts over", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i := range LogMax + 3 {
			must[int64](t)(f.EndSession(t.Context(), ann.ID, fmt.Sprint(i), chat.EndLogOut))
		}
		head := must[chat.UserHead](t)(f.ListHeads(t.Context(), ann.ID))
		want(t, "head, floor", []int64{head.Rev, head.Floor}, []int64{LogMax + 4, 4})
		want(t, "what is left", len(f.since(t, ann, 4)), LogMax)
		for _, since := range []int64{0, 3, LogMax + 5} {
			changes := must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, since, 10, 0))
			want(t, fmt.Sprintf("from %d", since), changes, chat.UserChanges{Events: []chat.Event{}, Rev: LogMax + 4, StartOver: true})
		}
		den := f.room(t, ann, chat.RoomPublic, "den")
		for i := range LogMax + 2 {
			f.ban(t, den.ID, f.user(t, fmt.Sprintf("user%d", i)), ann)
		}
		want(t, "in a room", must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, 1, 10, 0)),
			chat.Changes{Messages: []chat.Message{}, Rev: LogMax + 2, StartOver: true})
		want(t, "behind its floor", len(must[chat.Changes](t)(f.ChangesSince(t.Context(), den.ID, 2, 100, 0)).Members), LogMax)
	}},
	{"changes are paged in the order of rev, by number and by bytes", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for i := range 9 {
			f.room(t, ann, chat.RoomPublic, fmt.Sprintf("room%d", i))
		}
		for _, size := range []struct{ limit, bytes int }{{4, 0}, {100, 1500}, {1, 1}} {
			var revs []int64
			for since, more := int64(0), true; more; {
				page := must[chat.UserChanges](t)(f.UserChanges(t.Context(), ann.ID, since, size.limit, size.bytes))
				if len(page.Events) == 0 || len(page.Events) > size.limit || size.bytes > 0 && len(page.Events) > 3 {
					t.Fatalf("a page of %+v has %d events", size, len(page.Events))
				}
				for _, event := range page.Events {
					revs = append(revs, revOf(event))
				}
				since, more = page.Rev, page.More
			}
			want(t, "revs", revs, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
		}
		_, err := f.UserChanges(t.Context(), 99, 0, 10, 0)
		wantCode(t, "of nobody", err, chat.CodeNotFound, "")
		_, err = f.ListHeads(t.Context(), 99)
		wantCode(t, "list of nobody", err, chat.CodeNotFound, "")
	}},
	{"concurrent changes take a rev each, of both streams", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		talk := f.converse(t, ann, bob).ID
		f.sendMany(t, den.ID, ann, 30)
		before, roomBefore := f.head(t, bob), f.roomNow(t, den.ID).Rev
		var mu sync.Mutex
		var revs, roomRevs []int64
		note := func(rev, roomRev int64) {
			mu.Lock()
			defer mu.Unlock()
			if rev != 0 {
				revs = append(revs, rev)
			}
			if roomRev != 0 {
				roomRevs = append(roomRevs, roomRev)
			}
		}
		together(12, func(i int) {
			for j := range 6 {
				switch i % 4 {
				case 0:
					m, moved, err := f.MoveRead(t.Context(), nil, den.ID, bob.ID, int64(6*j+i/4+1), chat.AnyMark)
					if chat.CodeOf(err) == chat.CodeNotFound {
						err = nil // bob is out just now
					}
					if err != nil {
						t.Errorf("MoveRead: %v", err)
					}
					_, _ = m, moved // its rev may be that of a later move
				case 1:
					gone, err := f.Store.RemoveMember(t.Context(), nil, den.ID, bob.ID)
					if err != nil {
						t.Errorf("RemoveMember: %v", err)
					}
					if gone.Removed {
						note(gone.Rev, gone.RoomRev)
					}
				case 2:
					sub, created, err := f.Subscribe(t.Context(), nil, den.ID, bob.ID, chat.RoleMember, now)
					if err != nil {
						t.Errorf("Subscribe: %v", err)
					}
					if created {
						note(sub.Membership.Rev, sub.Membership.RoomRev)
					}
				case 3:
					rev, err := f.EndSession(t.Context(), bob.ID, fmt.Sprint(i, j), chat.EndLogOut)
					if err != nil {
						t.Errorf("EndSession: %v", err)
					}
					note(rev, 0)
					if _, _, err := f.AppendMessage(t.Context(), newMessage(talk, ann, "x")); err != nil {
						t.Errorf("AppendMessage: %v", err)
					}
					if _, err := f.HideConversation(t.Context(), nil, talk, bob.ID); err != nil {
						t.Errorf("HideConversation: %v", err)
					}
				}
			}
		})
		slices.Sort(revs)
		slices.Sort(roomRevs)
		want(t, "revs that were given twice", len(slices.Compact(revs)), len(revs))
		want(t, "room revs that were given twice", len(slices.Compact(roomRevs)), len(roomRevs))
		if revs[0] <= before || revs[len(revs)-1] > f.head(t, bob) || roomRevs[0] <= roomBefore || roomRevs[len(roomRevs)-1] != f.roomNow(t, den.ID).Rev {
			t.Errorf("revs %d and %d are not between the heads", revs, roomRevs)
		}
	}},
}
