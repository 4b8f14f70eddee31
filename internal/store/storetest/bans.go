package storetest

import (
	"fmt"
	"testing"
	"time"

	"partychat/internal/chat"
)

func newBan(room chat.RoomID, user, by chat.User) chat.NewBan {
	return chat.NewBan{Room: room, User: user.ID, By: by.ID, At: now}
}

// ban bans the user from the room, or from the server for 0.
func (f *fixture) ban(t *testing.T, room chat.RoomID, user, by chat.User) chat.Ban {
	t.Helper()
	ban, created, _, err := f.Ban(t.Context(), nil, newBan(room, user, by))
	if err != nil || !created {
		t.Fatalf("Ban: created %v, %v; want a new ban", created, err)
	}
	return ban
}

func (f *fixture) wantBanned(t *testing.T, room chat.RoomID, user chat.User, banned bool) {
	t.Helper()
	want(t, user.Username+" is banned", must[bool](t)(f.IsBanned(t.Context(), room, user.ID)), banned)
}

func (f *fixture) wantMember(t *testing.T, room chat.RoomID, user chat.User, member bool) {
	t.Helper()
	_, err := f.Membership(t.Context(), room, user.ID)
	wantCode(t, "Membership of "+user.Username, err, map[bool]chat.Code{false: chat.CodeNotFound}[member], "")
}

// bans gives who is banned, as names.
func (f *fixture) bans(t *testing.T, room chat.RoomID, after string, limit int) []string {
	t.Helper()
	names := []string{}
	for _, ban := range must[[]chat.Ban](t)(f.Bans(t.Context(), room, chat.BanPage{After: after, Limit: limit})) {
		names = append(names, ban.User.Username)
	}
	return names
}

// links are invitations by one user into two rooms and into a conversation, and
// one by another user into the first room.
type links struct{ first, second, talk, others chat.NewInvitation }

func newLinks(t *testing.T, f *fixture, by, other chat.User, first, second chat.RoomID) links {
	t.Helper()
	return links{
		first: f.invite(t, newInvitation(by, first)), second: f.invite(t, newInvitation(by, second)),
		talk: f.invite(t, newInvitation(by, 0)), others: f.invite(t, newInvitation(other, first)),
	}
}

// want fails the test unless exactly the named links are there.
func (l links) want(t *testing.T, f *fixture, named ...string) {
	t.Helper()
	there := []string{}
	for _, link := range []struct {
		name string
		id   chat.InvitationID
	}{{"first", l.first.ID}, {"second", l.second.ID}, {"talk", l.talk.ID}, {"others", l.others.ID}} {
		if _, err := f.InvitationByID(t.Context(), link.id, now); err == nil {
			there = append(there, link.name)
		} else {
			wantCode(t, link.name, err, chat.CodeNotFound, "invitation")
		}
	}
	want(t, "links", there, named)
}

var banContracts = []contract{
	{"removing a member ends the membership and the links into that room, once", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, attic := f.room(t, ann, chat.RoomPrivate, "den"), f.room(t, bob, chat.RoomPrivate, "attic")
		f.subscribe(t, den.ID, bob)
		l := newLinks(t, f, bob, ann, den.ID, attic.ID)
		f.wantMember(t, den.ID, bob, true) // and so may be remembered
		for i, removes := range []bool{true, false} {
			removed, err := f.RemoveMember(t.Context(), nil, den.ID, bob.ID)
			want(t, "error", err, nil)
			want(t, fmt.Sprintf("removed by call %d", i+1), removed, removes)
			f.wantMember(t, den.ID, bob, false)
			want(t, "members", f.roomNow(t, den.ID).Members, 1)
		}
		l.want(t, f, "second", "talk", "others")
		want(t, "rooms of bob", f.listed(t, bob), []chat.RoomID{attic.ID})
		f.wantBanned(t, den.ID, bob, false)
	}},
	{"a link into a room ends with the membership of its maker, for whatever reason; the room's name stays", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, attic := f.room(t, ann, chat.RoomPrivate, "den"), f.room(t, bob, chat.RoomPrivate, "attic")
		f.subscribe(t, den.ID, bob)
		for name, end := range endings(t, f, den.ID, bob, ann) {
			if name == "a ban from the server" {
				continue // it ends no membership, and all links
			}
			l := newLinks(t, f, bob, ann, den.ID, attic.ID)
			byName := newInvitation(bob, den.ID)
			byName.Named = true
			f.invite(t, byName)
			want(t, name, end(), nil)
			l.want(t, f, "second", "talk", "others")
			must[chat.Invitation](t)(f.InvitationByID(t.Context(), byName.ID, now))
			letBack(t, f, den.ID, bob)
			l.want(t, f, "second", "talk", "others")
		}
	}},
	{"a removed user may join again", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		link := f.invite(t, newInvitation(ann, den.ID))
		f.subscribe(t, den.ID, bob)
		must[bool](t)(f.RemoveMember(t.Context(), nil, den.ID, bob.ID))
		f.subscribe(t, den.ID, bob)
		must[bool](t)(f.RemoveMember(t.Context(), nil, den.ID, bob.ID))
		_, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(link, now))
		want(t, "error of Redeem", err, nil)
		want(t, "created", created, true)
		want(t, "members", f.roomNow(t, den.ID).Members, 2)
	}},
	{"removing a non-member changes nothing", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, at := range []struct {
			room chat.RoomID
			user chat.UserID
		}{{99, ann.ID}, {chat.MainRoom, 99}, {0, ann.ID}} {
			removed, err := f.RemoveMember(t.Context(), nil, at.room, at.user)
			want(t, "error", err, nil)
			want(t, "removed", removed, false)
		}
		want(t, "members", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"a ban is stored with all its fields", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "Ann"), f.user(t, "Bob")
		input := newBan(chat.MainRoom, bob, ann)
		input.At = now.Add(456789) // kept to the millisecond
		for _, room := range []chat.RoomID{chat.MainRoom, 0} {
			input.Room = room
			banned := bob
			banned.Banned = room == 0
			stored, created, _, err := f.Ban(t.Context(), nil, input)
			want(t, "error", err, nil)
			want(t, "created", created, true)
			want(t, "stored", stored, chat.Ban{User: banned, By: authorOf(ann), At: now})
			want(t, "listed", must[[]chat.Ban](t)(f.Bans(t.Context(), room, chat.BanPage{Limit: 9})), []chat.Ban{stored})
		}
	}},
	{"a ban from a room removes a member, and keeps out a non-member", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		for _, step := range []struct {
			name             string
			user             chat.User
			created, removed bool
		}{
			{"a member", bob, true, true},
			{"who is banned", bob, false, false},
			{"who was never a member", cid, true, false},
			{"the last member", ann, true, true},
		} {
			_, created, removed, err := f.Ban(t.Context(), nil, newBan(den.ID, step.user, ann))
			want(t, step.name+": error", err, nil)
			want(t, step.name+": created", created, step.created)
			want(t, step.name+": removed", removed, step.removed)
			f.wantMember(t, den.ID, step.user, false)
			f.wantBanned(t, den.ID, step.user, true)
		}
		want(t, "members", f.roomNow(t, den.ID).Members, 0)
		want(t, "as listed", must[[]chat.Member](t)(f.Members(t.Context(), den.ID, chat.MemberPage{Limit: 9})), []chat.Member{})
		want(t, "members elsewhere", f.roomNow(t, chat.MainRoom).Members, 3)
	}},
	{"a ban from a room ends the links into that room that the user made", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, attic := f.room(t, ann, chat.RoomPrivate, "den"), f.room(t, bob, chat.RoomPrivate, "attic")
		f.subscribe(t, den.ID, bob)
		l := newLinks(t, f, bob, ann, den.ID, attic.ID)
		f.ban(t, den.ID, bob, ann)
		l.want(t, f, "second", "talk", "others")
	}},
	{"a ban ends the links of a user who left the room earlier", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		l := newLinks(t, f, bob, ann, chat.MainRoom, f.room(t, bob, chat.RoomPrivate, "attic").ID)
		must[bool](t)(f.Unsubscribe(t.Context(), nil, chat.MainRoom, bob.ID))
		f.ban(t, chat.MainRoom, bob, ann)
		l.want(t, f, "second", "talk", "others")
	}},
	{"a ban from the server ends all links that the user made, but no membership", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		attic := f.room(t, bob, chat.RoomPrivate, "attic")
		talk := f.converse(t, bob, ann).ID
		l := newLinks(t, f, bob, ann, chat.MainRoom, attic.ID)
		before := must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), bob.ID))
		_, created, removed, err := f.Ban(t.Context(), nil, newBan(0, bob, ann))
		want(t, "error", err, nil)
		want(t, "created", created, true)
		want(t, "removed", removed, false)
		l.want(t, f, "others")
		want(t, "rooms of bob", must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), bob.ID)), before)
		for room, members := range map[chat.RoomID]int{chat.MainRoom: 2, attic.ID: 1, talk: 2} {
			f.wantMember(t, room, bob, true)
			want(t, "members", f.roomNow(t, room).Members, members)
		}
	}},
	{"an existing ban stays as it is", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		for _, room := range []chat.RoomID{chat.MainRoom, 0} {
			first := f.ban(t, room, bob, ann)
			again := newBan(room, bob, cid)
			again.At = now.Add(time.Hour)
			got, created, removed, err := f.Ban(t.Context(), nil, again)
			want(t, "error", err, nil)
			want(t, "created", created, false)
			want(t, "removed", removed, false)
			first.User.Banned = room == 0
			want(t, "ban", got, first)
		}
	}},
	{"a ban of or from something unknown fails with not_found and changes nothing", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		l := newLinks(t, f, bob, ann, chat.MainRoom, chat.MainRoom)
		nobody := chat.User{ID: 99}
		for _, test := range []struct {
			name  string
			input chat.NewBan
			field string
		}{
			{"no room", newBan(99, bob, ann), "room"},
			{"no user", newBan(chat.MainRoom, nobody, ann), "user"},
			{"neither", newBan(99, nobody, ann), "room"},
			{"no user of the server", newBan(0, nobody, ann), "user"},
			{"by nobody", newBan(chat.MainRoom, bob, nobody), "user"},
			{"from the server by nobody", newBan(0, bob, nobody), "user"},
		} {
			got, created, removed, err := f.Ban(t.Context(), nil, test.input)
			wantCode(t, test.name, err, chat.CodeNotFound, test.field)
			want(t, test.name+": ban", got, chat.Ban{})
			want(t, test.name+": created or removed", created || removed, false)
		}
		f.wantMember(t, chat.MainRoom, bob, true)
		l.want(t, f, "first", "second", "talk", "others")
		for _, room := range []chat.RoomID{chat.MainRoom, 99, 0} {
			want(t, "bans", f.bans(t, room, "", 9), []string{})
		}
	}},
	{"a ban is lifted once, and no other ban with it", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den")
		places := []chat.RoomID{den.ID, chat.MainRoom, 0}
		for _, room := range places {
			f.ban(t, room, bob, ann)
			f.ban(t, room, cid, ann)
		}
		for i, room := range places {
			for _, lifts := range []bool{true, false} {
				lifted, err := f.Unban(t.Context(), nil, room, bob.ID)
				want(t, "error", err, nil)
				want(t, "lifted", lifted, lifts)
			}
			for j, other := range places {
				banned := []string{"bob", "cid"}
				if j <= i {
					banned = banned[1:]
				}
				want(t, "banned", f.bans(t, other, "", 9), banned)
			}
		}
		for _, at := range []struct {
			room chat.RoomID
			user chat.UserID
		}{{99, bob.ID}, {chat.MainRoom, 99}, {0, 99}} {
			lifted, err := f.Unban(t.Context(), nil, at.room, at.user)
			want(t, "error for what is not there", err, nil)
			want(t, "lifted of what is not there", lifted, false)
		}
	}},
	{"after the ban is lifted, the user may join again, but does not by itself", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.ban(t, chat.MainRoom, bob, ann)
		must[bool](t)(f.Unban(t.Context(), nil, chat.MainRoom, bob.ID))
		f.wantMember(t, chat.MainRoom, bob, false)
		f.subscribe(t, chat.MainRoom, bob)
		want(t, "members", f.roomNow(t, chat.MainRoom).Members, 2)
		ban, created, removed, err := f.Ban(t.Context(), nil, newBan(chat.MainRoom, ann, bob))
		want(t, "error", err, nil)
		want(t, "a new ban of a member", created && removed, true)
		want(t, "by", ban.By, authorOf(bob))
	}},
	{"a ban from the server is no ban from a room", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.ban(t, den.ID, bob, ann)
		f.ban(t, 0, cid, ann)
		for _, test := range []struct {
			room   chat.RoomID
			user   chat.User
			banned bool
		}{
			{den.ID, bob, true},
			{chat.MainRoom, bob, false},
			{0, bob, false},
			{den.ID, cid, false},
			{0, cid, false},
			{den.ID, ann, false},
			{99, bob, false},
			{den.ID, chat.User{ID: 99, Username: "nobody"}, false},
		} {
			f.wantBanned(t, test.room, test.user, test.banned)
		}
	}},
	{"bans are paged by folded name", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		for _, name := range []string{"delta", "Alpha", "élan", "charlie", "Bravo"} {
			user := f.user(t, name)
			f.ban(t, den.ID, user, ann)
			f.ban(t, 0, user, ann)
		}
		f.ban(t, chat.MainRoom, ann, ann)
		for _, room := range []chat.RoomID{den.ID, 0} {
			want(t, "all", f.bans(t, room, "", 9), []string{"Alpha", "Bravo", "charlie", "delta", "élan"})
			want(t, "first page", f.bans(t, room, "", 2), []string{"Alpha", "Bravo"})
			want(t, "second page", f.bans(t, room, "bravo", 2), []string{"charlie", "delta"})
			want(t, "from between two", f.bans(t, room, "bz", 1), []string{"charlie"})
			want(t, "behind the last", f.bans(t, room, "élan", 2), []string{})
		}
		want(t, "of an unknown room", must[[]chat.Ban](t)(f.Bans(t.Context(), 99, chat.BanPage{Limit: 9})), []chat.Ban{})
	}},
}
