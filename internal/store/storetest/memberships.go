package storetest

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

var membershipContracts = []contract{
	{"a new member has read up to the head", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		last := f.sendMany(t, room.ID, ann, 3)[2]
		at := now.Add(time.Minute)
		sub, created, err := f.Subscribe(t.Context(), nil, room.ID, bob.ID, chat.RoleMember, at)
		want(t, "error", err, nil)
		want(t, "created", created, true)
		room.Members, room.Seq, room.Rev = 2, 3, 4
		want(t, "subscription", sub, chat.Subscription{
			Room:       room,
			Membership: chat.Membership{Room: room.ID, User: bob.ID, Role: chat.RoleMember, ReadSeq: 3, JoinedAt: at, Rev: 2, RoomRev: 4},
			Last:       &last,
		})
		want(t, "as read", must[chat.Subscription](t)(f.Subscription(t.Context(), room.ID, bob.ID)), sub)
	}},
	{"subscribing twice changes nothing", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		room := f.room(t, ann, chat.RoomPublic, "den")
		f.send(t, room.ID, ann, "hello")
		before := must[chat.Subscription](t)(f.Subscription(t.Context(), room.ID, ann.ID))
		sub, created, err := f.Subscribe(t.Context(), nil, room.ID, ann.ID, chat.RoleMember, now.Add(time.Hour))
		want(t, "error", err, nil)
		want(t, "created", created, false)
		want(t, "subscription", sub, before)
	}},
	{"subscribing to an unknown room fails", func(t *testing.T, f *fixture) {
		_, _, err := f.Subscribe(t.Context(), nil, 99, f.user(t, "ann").ID, chat.RoleMember, now)
		wantCode(t, "Subscribe", err, chat.CodeNotFound, "")
		_, _, err = f.Subscribe(t.Context(), nil, chat.MainRoom, 99, chat.RoleMember, now)
		wantCode(t, "an unknown user", err, chat.CodeNotFound, "")
	}},
	{"unsubscribing ends the membership, once", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		removed, err := f.Unsubscribe(t.Context(), nil, chat.MainRoom, ann.ID)
		want(t, "error", err, nil)
		want(t, "removed", removed, true)
		_, err = f.Membership(t.Context(), chat.MainRoom, ann.ID)
		wantCode(t, "Membership", err, chat.CodeNotFound, "")
		_, err = f.Subscription(t.Context(), chat.MainRoom, ann.ID)
		wantCode(t, "Subscription", err, chat.CodeNotFound, "")
		want(t, "subscriptions", must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), ann.ID)), []chat.Subscription{})
		want(t, "members", f.roomNow(t, chat.MainRoom).Members, 1)
		removed, err = f.Unsubscribe(t.Context(), nil, chat.MainRoom, ann.ID)
		want(t, "error of the second", err, nil)
		want(t, "removed by the second", removed, false)
		removed, err = f.Unsubscribe(t.Context(), nil, 99, bob.ID)
		want(t, "error in an unknown room", err, nil)
		want(t, "removed in an unknown room", removed, false)
		want(t, "members at the end", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"subscriptions are listed by folded name, with head, unread count and latest message", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		second := f.room(t, ann, chat.RoomPrivate, "Beta")
		first := f.room(t, ann, chat.RoomPublic, "alpha")
		f.room(t, bob, chat.RoomPublic, "not hers")
		f.subscribe(t, first.ID, bob)
		f.send(t, first.ID, bob, "one")
		last := f.send(t, first.ID, bob, "two")

		subs := must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), ann.ID))
		names := []string{}
		for _, sub := range subs {
			names = append(names, sub.Name)
			single := must[chat.Subscription](t)(f.Subscription(t.Context(), sub.ID, ann.ID))
			want(t, "the same one by itself", single, sub)
		}
		want(t, "order", names, []string{"alpha", "Beta", "main"})
		want(t, "unread", subs[0].Unread, 2)
		want(t, "head", subs[0].Seq, 2)
		want(t, "latest", subs[0].Last, &last)
		want(t, "author of the latest", subs[0].Last.Author, authorOf(bob))
		want(t, "role", subs[1].Membership.Role, chat.RoleAdmin)
		want(t, "id", subs[1].ID, second.ID)
		if subs[1].Last != nil {
			t.Errorf("latest message of an empty room: got %v, want none", subs[1].Last)
		}
	}},
	{"members are paged by folded name", func(t *testing.T, f *fixture) {
		dora := f.user(t, "dora")
		room := f.room(t, dora, chat.RoomPublic, "den")
		for _, name := range []string{"Carl", "ann", "Bob"} {
			f.subscribe(t, room.ID, f.user(t, name))
		}
		f.user(t, "not a member")
		page := func(after string, limit int) (names []string) {
			t.Helper()
			members := must[[]chat.Member](t)(
				f.Members(t.Context(), room.ID, chat.MemberPage{After: after, Limit: limit}))
			names = []string{}
			for _, member := range members {
				names = append(names, member.User.Username+" "+string(member.Role))
			}
			return names
		}
		want(t, "all", page("", 10), []string{"ann member", "Bob member", "Carl member", "dora admin"})
		want(t, "first page", page("", 2), []string{"ann member", "Bob member"})
		want(t, "second page", page("bob", 2), []string{"Carl member", "dora admin"})
		want(t, "behind the last", page("dora", 2), []string{})
		members := must[[]chat.Member](t)(f.Members(t.Context(), room.ID, chat.MemberPage{After: "carl", Limit: 1}))
		want(t, "the user", members[0].User, dora)
		members = must[[]chat.Member](t)(f.Members(t.Context(), 99, chat.MemberPage{Limit: 1}))
		want(t, "of an unknown room", members, []chat.Member{})
	}},
	{"the read position moves forward only, and at most to the head", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, room.ID, bob)
		f.sendMany(t, room.ID, ann, 5)
		rev := int64(2) // that of coming in
		for _, step := range []struct {
			to, want int64
			moved    bool
		}{{3, 3, true}, {3, 3, false}, {1, 3, false}, {0, 3, false}, {-7, 3, false}, {4, 4, true}, {99, 5, true}, {99, 5, false}} {
			m, moved, err := f.MoveRead(t.Context(), nil, room.ID, bob.ID, step.to, chat.AnyMark)
			want(t, "error", err, nil)
			if step.moved {
				rev++
			}
			want(t, "membership", m, chat.Membership{
				Room: room.ID, User: bob.ID, Role: chat.RoleMember, ReadSeq: step.want, JoinedAt: now, Rev: rev, RoomRev: 1,
			})
			want(t, "moved", moved, step.moved)
			want(t, "as read", must[chat.Membership](t)(f.Membership(t.Context(), room.ID, bob.ID)), m)
		}
	}},
	{"marking as unread moves the read position back, and reads from before it change nothing", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, room.ID, bob)
		f.sendMany(t, room.ID, ann, 5)
		_, _, err := f.MoveRead(t.Context(), nil, room.ID, bob.ID, 4, 0)
		want(t, "error of reading", err, nil)
		for rev, step := range []struct{ from, want int64 }{{3, 2}, {9, 2}, {2, 1}, {1, 0}, {1, 0}} {
			m := must[chat.Membership](t)(f.MarkUnread(t.Context(), nil, room.ID, bob.ID, step.from))
			want(t, "membership", m, chat.Membership{
				Room: room.ID, User: bob.ID, Role: chat.RoleMember, ReadSeq: step.want, JoinedAt: now, Rev: int64(rev) + 4, RoomRev: 1, Marked: int64(rev) + 4,
			})
			want(t, "as read", must[chat.Membership](t)(f.Membership(t.Context(), room.ID, bob.ID)), m)
			old, moved, err := f.MoveRead(t.Context(), nil, room.ID, bob.ID, 5, m.Marked-1)
			want(t, "error of a read from before", err, nil)
			want(t, "moved by a read from before", moved, false)
			want(t, "membership after a read from before", old, m)
		}
		want(t, "unread", must[chat.Subscription](t)(f.Subscription(t.Context(), room.ID, bob.ID)).Unread, 5)
		m, moved, err := f.MoveRead(t.Context(), nil, room.ID, bob.ID, 3, 8)
		want(t, "error of reading again", err, nil)
		want(t, "moved by reading again", moved, true)
		want(t, "position", m.ReadSeq, 3)
		f.send(t, room.ID, bob, "mine")
		want(t, "position after writing", must[chat.Membership](t)(f.Membership(t.Context(), room.ID, bob.ID)).ReadSeq, 6)
		_, err = f.MarkUnread(t.Context(), nil, room.ID, f.user(t, "cid").ID, 1)
		wantCode(t, "no member", err, chat.CodeNotFound, "")
	}},
	{"only a member has a read position", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		bob := f.user(t, "bob")
		room := f.room(t, ann, chat.RoomPublic, "den")
		_, _, err := f.MoveRead(t.Context(), nil, room.ID, bob.ID, 1, chat.AnyMark)
		wantCode(t, "no member", err, chat.CodeNotFound, "")
		_, _, err = f.MoveRead(t.Context(), nil, 99, bob.ID, 1, chat.AnyMark)
		wantCode(t, "no room", err, chat.CodeNotFound, "")
	}},
}
