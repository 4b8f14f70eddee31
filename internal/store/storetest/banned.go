package storetest

import (
	"testing"

	"partychat/internal/chat"
)

// bannedContracts are what bans mean to the rest of the store.
var bannedContracts = []contract{
	{"a user who is banned from a room can neither join nor use a link, and takes no use", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den")
		input := newInvitation(ann, den.ID)
		input.MaxUses = 1
		link := f.invite(t, input)
		f.ban(t, den.ID, bob, ann)
		_, created, err := f.Subscribe(t.Context(), nil, den.ID, bob.ID, chat.RoleMember, now)
		wantCode(t, "Subscribe", err, chat.CodeForbidden, "room")
		want(t, "created", created, false)
		_, created, err = f.Redeem(t.Context(), nil, bob.ID, redemption(link, now))
		wantCode(t, "Redeem", err, chat.CodeForbidden, "room")
		want(t, "created by the link", created, false)
		f.wantMember(t, den.ID, bob, false)
		want(t, "members", f.roomNow(t, den.ID).Members, 1)
		want(t, "uses", must[chat.Invitation](t)(f.InvitationByID(t.Context(), link.ID, now)).Uses, 0)
		_, created, err = f.Redeem(t.Context(), nil, cid.ID, redemption(link, now))
		want(t, "error of another who takes the one use", err, nil)
		want(t, "created for another", created, true)
	}},
	{"a removed user cannot make links until the user joins again", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		attic := f.room(t, bob, chat.RoomPrivate, "attic")
		f.subscribe(t, den.ID, bob)
		invite := func(when string, room chat.RoomID, code chat.Code) {
			t.Helper()
			input := newInvitation(bob, room)
			_, err := f.CreateInvitation(t.Context(), nil, input)
			wantCode(t, when, err, code, "")
			_, err = f.InvitationByID(t.Context(), input.ID, now)
			want(t, when+": there", err == nil, code == "")
		}
		invite("a member", den.ID, "")
		must[bool](t)(f.RemoveMember(t.Context(), nil, den.ID, bob.ID))
		invite("removed from the room", den.ID, chat.CodeForbidden)
		f.ban(t, den.ID, bob, ann)
		invite("banned from the room", den.ID, chat.CodeForbidden)
		invite("into another room", attic.ID, "")
		invite("into a conversation", 0, "")
		f.ban(t, 0, bob, ann)
		_, err := f.CreateInvitation(t.Context(), nil, newInvitation(bob, 0))
		want(t, "error for who is banned from the server", chat.ErrorFrom(err), chat.ErrBannedFromServer())
		invite("banned from the server, into a room", attic.ID, chat.CodeForbidden)
		must[bool](t)(f.Unban(t.Context(), nil, 0, bob.ID))
		invite("let in again", attic.ID, "")
		invite("let in again, into a conversation", 0, "")
		must[bool](t)(f.Unban(t.Context(), nil, den.ID, bob.ID))
		invite("who may come back, but has not", den.ID, chat.CodeForbidden)
		f.subscribe(t, den.ID, bob)
		invite("who has come back", den.ID, "")
	}},
	{"a ban from one room does not keep the user out of other rooms", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den, attic := f.room(t, ann, chat.RoomPublic, "den"), f.room(t, ann, chat.RoomPrivate, "attic")
		f.ban(t, chat.MainRoom, bob, ann)
		f.subscribe(t, den.ID, bob)
		_, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(f.invite(t, newInvitation(ann, attic.ID)), now))
		want(t, "error of Redeem", err, nil)
		want(t, "created", created, true)
		talk := f.invite(t, newInvitation(ann, 0))
		_, created, err = f.Redeem(t.Context(), nil, bob.ID, redemption(talk, now))
		want(t, "error of a link into a conversation", err, nil)
		want(t, "created a conversation", created, true)
	}},
	{"a ban from the server does not end or prevent memberships by itself", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.ban(t, 0, bob, ann)
		f.subscribe(t, f.room(t, ann, chat.RoomPublic, "den").ID, bob)
	}},
	{"a new user joins rooms that other users are banned from", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		link := f.invite(t, newInvitation(ann, den.ID))
		f.ban(t, den.ID, bob, ann)
		f.ban(t, chat.MainRoom, bob, ann)
		f.ban(t, 0, bob, ann)
		input, redeems := newUser("gwen"), redemption(link, now)
		input.Redeems = &redeems
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		want(t, "user", gwen, input.User)
		want(t, "rooms", f.listed(t, gwen), []chat.RoomID{den.ID})
		f.wantMember(t, chat.MainRoom, gwen, true)
	}},
	{"a guest who is banned from the room becomes a member without it", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		input := newUser("gwen")
		input.Kind, input.PasswordHash, input.Rooms = chat.KindGuest, "", []chat.RoomID{den.ID}
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		f.ban(t, chat.MainRoom, gwen, ann)
		member, sub, err := f.PromoteGuest(t.Context(), gwen.ID, "hash", chat.MainRoom, now)
		want(t, "error", err, nil)
		gwen.Kind = chat.KindMember
		want(t, "user", member, gwen)
		want(t, "subscription", sub, nil)
		f.wantMember(t, chat.MainRoom, gwen, false)
		want(t, "members", f.roomNow(t, chat.MainRoom).Members, 1)
		got, hash, err := f.Credentials(t.Context(), "gwen")
		want(t, "error of Credentials", err, nil)
		want(t, "user as read", got, gwen)
		want(t, "hash", hash, "hash")
		want(t, "rooms", f.listed(t, gwen), []chat.RoomID{den.ID})
	}},
	{"a guest who is banned from the server stays banned as a member", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		input := newUser("gwen")
		input.Kind, input.PasswordHash, input.Rooms = chat.KindGuest, "", nil
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		f.ban(t, 0, gwen, ann)
		member, sub, err := f.PromoteGuest(t.Context(), gwen.ID, "hash", chat.MainRoom, now)
		want(t, "error", err, nil)
		want(t, "banned", member.Banned, true)
		if sub == nil || sub.ID != chat.MainRoom {
			t.Errorf("subscription: got %+v, want the one to main", sub)
		}
	}},
	{"a user who is banned from the server is marked wherever the user appears", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "Bob-by")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		f.subscribe(t, den.ID, bob)
		talk := f.converse(t, ann, bob).ID
		check := func(when string, banned bool) {
			t.Helper()
			bob.Banned = banned
			want(t, when+", by id", must[chat.User](t)(f.UserByID(t.Context(), bob.ID)), bob)
			user, _, err := f.Credentials(t.Context(), "bob-by")
			want(t, when+", error of Credentials", err, nil)
			want(t, when+", by name", user, bob)
			ids := []chat.UserID{ann.ID, bob.ID}
			want(t, when+", among others", must[[]chat.User](t)(f.UsersByID(t.Context(), ids)), []chat.User{ann, bob})
			for _, text := range []string{"", "bo", "by"} { // which are found each by a query of its own
				found := must[[]chat.FoundUser](t)(f.SearchUsers(t.Context(), chat.UserSearch{Text: text, Limit: 9}))
				want(t, when+", found by "+text, found[len(found)-1].User, bob)
			}
			members := must[[]chat.Member](t)(f.Members(t.Context(), den.ID, chat.MemberPage{Limit: 9}))
			want(t, when+", as members", members, []chat.Member{{User: ann, Role: chat.RoleAdmin}, {User: bob, Role: chat.RoleMember}})
			want(t, when+", as a peer", must[chat.Subscription](t)(f.Subscription(t.Context(), talk, ann.ID)).Peer, &bob)
			for _, sub := range must[[]chat.Subscription](t)(f.Subscriptions(t.Context(), ann.ID)) {
				if sub.ID == talk {
					want(t, when+", as a peer in the list", sub.Peer, &bob)
				}
			}
			want(t, when+", as the other's peer", must[chat.Subscription](t)(f.Subscription(t.Context(), talk, bob.ID)).Peer, &ann)
		}
		check("before", false)
		f.ban(t, chat.MainRoom, bob, ann)
		check("banned from a room", false)
		f.ban(t, 0, bob, ann)
		check("banned from the server", true)
		want(t, "in the list of the room", must[[]chat.Ban](t)(f.Bans(t.Context(), chat.MainRoom, chat.BanPage{Limit: 9}))[0].User, bob)
		must[bool](t)(f.Unban(t.Context(), nil, 0, bob.ID))
		check("lifted", false)
	}},
	{"a ban leaves messages and the read positions of others as they are", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		f.subscribe(t, den.ID, cid)
		f.sendMany(t, den.ID, bob, 4)
		_, _, err := f.MoveRead(t.Context(), nil, den.ID, cid.ID, 1, chat.AnyMark)
		want(t, "error of MoveRead", err, nil)
		before := must[chat.Subscription](t)(f.Subscription(t.Context(), den.ID, cid.ID))
		page := f.page(t, den.ID, chat.MessagePage{Limit: 9})
		f.ban(t, den.ID, bob, ann)
		before.Members, before.Rev, page.Rev = 2, before.Rev+1, page.Rev+1
		want(t, "subscription of cid", must[chat.Subscription](t)(f.Subscription(t.Context(), den.ID, cid.ID)), before)
		want(t, "messages", f.page(t, den.ID, chat.MessagePage{Limit: 9}), page)
		_, _, err = f.MoveRead(t.Context(), nil, den.ID, bob.ID, 4, chat.AnyMark)
		wantCode(t, "MoveRead of bob", err, chat.CodeNotFound, "")
	}},
	{"a cached membership ends with the ban", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, end := range []struct {
			name string
			call func(bob chat.User) error
		}{
			{"Ban", func(bob chat.User) error {
				_, _, _, err := f.Ban(t.Context(), nil, newBan(chat.MainRoom, bob, ann))
				return err
			}},
			{"RemoveMember", func(bob chat.User) error {
				_, err := f.RemoveMember(t.Context(), nil, chat.MainRoom, bob.ID)
				return err
			}},
		} {
			bob := f.user(t, "bob, whom "+end.name+" ends")
			for range 3 { // the later ones may be remembered
				f.wantMember(t, chat.MainRoom, bob, true)
			}
			want(t, "error of "+end.name, end.call(bob), nil)
			f.wantMember(t, chat.MainRoom, bob, false)
		}
	}},
}
