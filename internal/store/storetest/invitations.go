package storetest

import (
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

func newInvitation(by chat.User, room chat.RoomID) chat.NewInvitation {
	id := chat.InvitationID(nextID())
	return chat.NewInvitation{
		Invitation: chat.Invitation{ID: id, Room: room, By: authorOf(by), CreatedAt: now},
		TokenHash:  newUUID(),
	}
}

func (f *fixture) invite(t *testing.T, i chat.NewInvitation) chat.NewInvitation {
	t.Helper()
	made, err := f.CreateInvitation(t.Context(), nil, i)
	if err != nil {
		t.Fatalf("CreateInvitation: %v", err)
	}
	i.Invitation = made
	return i
}

func redemption(i chat.NewInvitation, at time.Time) chat.Redemption {
	return chat.Redemption{TokenHash: i.TokenHash, Room: chat.RoomID(nextID()), At: at}
}

var invitationContracts = []contract{
	{"an invitation is stored with all its fields", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		until := now.Add(time.Hour)
		input := newInvitation(ann, den.ID)
		input.ForUser, input.Guests, input.MaxUses, input.ExpiresAt = bob.ID, true, 3, &until
		made := must[chat.Invitation](t)(f.CreateInvitation(t.Context(), nil, input))
		input.Rev = 2 // of bob's stream
		want(t, "as made", made, input.Invitation)
		want(t, "by token", must[chat.Invitation](t)(f.InvitationByToken(t.Context(), input.TokenHash, now)), made)
		want(t, "by id", must[chat.Invitation](t)(f.InvitationByID(t.Context(), made.ID, now)), made)
		want(t, "of the room", must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, now)), []chat.Invitation{made})
		want(t, "to ann", must[[]chat.Invitation](t)(f.InvitationsToUser(t.Context(), ann.ID, now)), []chat.Invitation{})
	}},
	{"pending invitations are those for the user alone, unused, into rooms that the user is not in", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		den, pub, lab := f.room(t, ann, chat.RoomPrivate, "den"), f.room(t, ann, chat.RoomPublic, "pub"), f.room(t, ann, chat.RoomPublic, "lab")
		f.invite(t, newInvitation(ann, den.ID)) // for whoever has the link
		invite := func(user chat.User, room chat.RoomID, age time.Duration) chat.NewInvitation {
			i := newInvitation(ann, room)
			i.ForUser, i.MaxUses, i.CreatedAt = user.ID, 1, now.Add(-age)
			return f.invite(t, i)
		}
		toDen, toTalk, toPub := invite(bob, den.ID, 3*time.Hour), invite(bob, 0, 2*time.Hour), invite(bob, pub.ID, time.Hour)
		invite(bob, lab.ID, 0)
		invite(cid, den.ID, 0)
		until := now.Add(time.Minute)
		over := newInvitation(ann, chat.MainRoom)
		over.ForUser, over.ExpiresAt = cid.ID, &until
		f.invite(t, over)
		if _, _, _, err := f.Ban(t.Context(), nil, chat.NewBan{Room: lab.ID, User: bob.ID, By: ann.ID, At: now}); err != nil {
			t.Fatal(err)
		}
		pending := func(limit int) []chat.Invitation {
			t.Helper()
			return must[[]chat.Invitation](t)(f.PendingInvitations(t.Context(), bob.ID, now, limit))
		}
		want(t, "all, newest first", pending(10), []chat.Invitation{toPub.Invitation, toTalk.Invitation, toDen.Invitation})
		want(t, "two", pending(2), []chat.Invitation{toPub.Invitation, toTalk.Invitation})

		_, _, err := f.Redeem(t.Context(), nil, cid.ID, chat.Redemption{ID: toDen.ID, At: now})
		wantCode(t, "redeem by another user", err, chat.CodeNotFound, "invitation")
		sub, created, err := f.Redeem(t.Context(), nil, bob.ID, chat.Redemption{ID: toDen.ID, At: now})
		if err != nil || !created || sub.ID != den.ID {
			t.Errorf("redeem by id: got %+v, %v, %v; want the den", sub, created, err)
		}
		if _, _, err := f.Subscribe(t.Context(), nil, pub.ID, bob.ID, chat.RoleMember, now); err != nil {
			t.Fatal(err)
		}
		want(t, "what is left", pending(10), []chat.Invitation{toTalk.Invitation})
	}},
	{"invitations are listed newest first, by room or user", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		first := f.invite(t, newInvitation(ann, chat.MainRoom))
		later := newInvitation(ann, chat.MainRoom)
		later.CreatedAt = now.Add(time.Minute)
		second := f.invite(t, later)
		talk := f.invite(t, newInvitation(ann, 0))
		want(t, "of the room", must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), chat.MainRoom, now)),
			[]chat.Invitation{second.Invitation, first.Invitation})
		want(t, "to ann", must[[]chat.Invitation](t)(f.InvitationsToUser(t.Context(), ann.ID, now)), []chat.Invitation{talk.Invitation})
	}},
	{"an invitation into an unknown room, or by or for an unknown user, is not stored", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		for _, input := range []chat.NewInvitation{newInvitation(ann, 99), newInvitation(chat.User{ID: 99}, chat.MainRoom)} {
			_, err := f.CreateInvitation(t.Context(), nil, input)
			wantCode(t, "CreateInvitation", err, chat.CodeNotFound, "invitation")
		}
	}},
	{"a user who redeems an invitation is a member and has taken a use", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		f.send(t, den.ID, ann, "hello")
		i := f.invite(t, newInvitation(ann, den.ID))
		sub, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, now))
		if err != nil || !created || sub.ID != den.ID || sub.Members != 2 || sub.Membership.Role != chat.RoleMember || sub.Unread != 0 {
			t.Errorf("Redeem: got %+v, created %v, %v, want a new member who has read all", sub, created, err)
		}
		again, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, now))
		if err != nil || created || again.ID != den.ID {
			t.Errorf("Redeem again: got room %d, created %v, %v, want the same membership", again.ID, created, err)
		}
		want(t, "uses", must[chat.Invitation](t)(f.InvitationByID(t.Context(), i.ID, now)).Uses, 1)
	}},
	{"an invitation that has expired, was deleted or never existed is not found", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		until := now.Add(time.Hour)
		brief := newInvitation(ann, den.ID)
		brief.ExpiresAt = &until
		brief = f.invite(t, brief)
		gone := f.invite(t, newInvitation(ann, den.ID))
		if err := f.DeleteInvitation(t.Context(), nil, gone.ID); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "deleting it again", f.DeleteInvitation(t.Context(), nil, gone.ID), "", "")
		for name, i := range map[string]chat.NewInvitation{"expired": brief, "deleted": gone, "none": newInvitation(ann, den.ID)} {
			_, _, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, until))
			wantCode(t, name+": Redeem", err, chat.CodeNotFound, "invitation")
			_, err = f.InvitationByToken(t.Context(), i.TokenHash, until)
			wantCode(t, name+": InvitationByToken", err, chat.CodeNotFound, "invitation")
			_, err = f.InvitationByID(t.Context(), i.ID, until)
			wantCode(t, name+": InvitationByID", err, chat.CodeNotFound, "invitation")
		}
		want(t, "listed", must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, until)), []chat.Invitation{})
		_, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(brief, until.Add(-time.Second)))
		if err != nil || !created {
			t.Errorf("just before it expires: got created %v, %v, want a new member", created, err)
		}
	}},
	{"an invitation for one user is for nobody else", func(t *testing.T, f *fixture) {
		ann, bob, cid := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cid")
		input := newInvitation(ann, f.room(t, ann, chat.RoomPrivate, "den").ID)
		input.ForUser = bob.ID
		i := f.invite(t, input)
		_, _, err := f.Redeem(t.Context(), nil, cid.ID, redemption(i, now))
		wantCode(t, "another", err, chat.CodeNotFound, "invitation")
		_, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, now))
		want(t, "created", created, true)
		wantCode(t, "the user", err, "", "")
	}},
	{"the last use is taken by one user, however many try", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		input := newInvitation(ann, f.room(t, ann, chat.RoomPrivate, "den").ID)
		input.MaxUses = 2
		i := f.invite(t, input)
		users := make([]chat.User, 10)
		for n := range users {
			users[n] = f.user(t, string(rune('b'+n))+"ob")
		}
		var group sync.WaitGroup
		var mu sync.Mutex
		joined := 0
		for _, user := range users {
			group.Go(func() {
				_, created, err := f.Redeem(t.Context(), nil, user.ID, redemption(i, now))
				mu.Lock()
				defer mu.Unlock()
				if created {
					joined++
				} else {
					wantCode(t, "one who came too late", err, chat.CodeNotFound, "invitation")
				}
			})
		}
		group.Wait()
		want(t, "joined", joined, 2)
		want(t, "uses", must[chat.Invitation](t)(f.InvitationByToken(t.Context(), i.TokenHash, now)).Uses, 2)
		want(t, "members", f.roomNow(t, i.Room).Members, 3)
	}},
	{"an invitation without a room leads into the conversation with its maker, in the lists of both", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		i := f.invite(t, newInvitation(ann, 0))
		sub, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, now))
		if err != nil || !created || sub.Peer == nil || sub.Peer.ID != ann.ID {
			t.Fatalf("Redeem: got %+v, created %v, %v, want a conversation with ann", sub, created, err)
		}
		want(t, "list of ann", f.listed(t, ann), []chat.RoomID{sub.ID})
		want(t, "list of bob", f.listed(t, bob), []chat.RoomID{sub.ID})
		again, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(i, now))
		if err != nil || created || again.ID != sub.ID {
			t.Errorf("again: got room %d, created %v, %v, want the same conversation", again.ID, created, err)
		}
		_, _, err = f.Redeem(t.Context(), nil, ann.ID, redemption(i, now))
		wantCode(t, "its maker", err, chat.CodeNotFound, "invitation")
	}},
	{"a second invitation of a user by the same maker replaces the first", func(t *testing.T, f *fixture) {
		ann, bob, cleo := f.user(t, "ann"), f.user(t, "bob"), f.user(t, "cleo")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		f.subscribe(t, den.ID, cleo)
		for _, room := range []chat.RoomID{den.ID, 0} {
			list := func() (ids []chat.InvitationID) {
				t.Helper()
				all, err := f.InvitationsToUser(t.Context(), ann.ID, now)
				if room != 0 {
					all, err = f.InvitationsOfRoom(t.Context(), room, now)
				}
				wantCode(t, "list", err, "", "")
				for _, i := range all {
					if i.By.ID == ann.ID && i.ForUser == bob.ID {
						ids = append(ids, i.ID)
					}
				}
				return ids
			}
			invite := func(by chat.User) chat.NewInvitation {
				t.Helper()
				input := newInvitation(by, room)
				input.ForUser, input.MaxUses = bob.ID, 1
				return f.invite(t, input)
			}
			first := invite(ann)
			open := f.invite(t, newInvitation(ann, room))
			other := invite(cleo)
			last := invite(ann)
			want(t, "live ones", list(), []chat.InvitationID{last.ID})
			_, err := f.InvitationByID(t.Context(), first.ID, now)
			wantCode(t, "the first", err, chat.CodeNotFound, "")
			for _, i := range []chat.NewInvitation{open, other} {
				_, err := f.InvitationByID(t.Context(), i.ID, now)
				wantCode(t, "one for everybody, and one by somebody else", err, "", "")
			}
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					input := newInvitation(ann, room)
					input.ForUser, input.MaxUses = bob.ID, 1
					if _, err := f.CreateInvitation(t.Context(), nil, input); err != nil {
						t.Errorf("CreateInvitation at once: %v", err)
					}
				})
			}
			wg.Wait()
			want(t, "live ones after eight at once", len(list()), 1)
		}
	}},
	{"a user is created and let in by a link together, or not at all", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		input := newInvitation(ann, f.room(t, ann, chat.RoomPrivate, "den").ID)
		input.MaxUses = 1
		i := f.invite(t, input)
		guest := func(name string) chat.NewUser {
			user, redeems := newUser(name), redemption(i, now)
			user.Kind, user.PasswordHash, user.Rooms, user.Redeems = chat.KindGuest, "", nil, &redeems
			return user
		}
		taken := guest("ANN")
		_, err := f.CreateUser(t.Context(), taken)
		wantCode(t, "a name that is taken", err, chat.CodeTaken, "username")
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), guest("gwen")))
		want(t, "rooms of the guest", f.listed(t, gwen), []chat.RoomID{i.Room})
		late := guest("late")
		_, err = f.CreateUser(t.Context(), late)
		wantCode(t, "one who came too late", err, chat.CodeNotFound, "invitation")
		_, err = f.UserByID(t.Context(), late.ID)
		wantCode(t, "the user who came too late", err, chat.CodeNotFound, "")
	}},
	{"a guest becomes a member and keeps everything", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPrivate, "den")
		input := newUser("Gwen")
		input.Kind, input.PasswordHash, input.Rooms = chat.KindGuest, "", []chat.RoomID{den.ID}
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		f.send(t, den.ID, gwen, "hello")
		member, sub, err := f.PromoteGuest(t.Context(), gwen.ID, "hash", chat.MainRoom, now)
		if err != nil {
			t.Fatal(err)
		}
		gwen.Kind = chat.KindMember
		want(t, "user", member, gwen)
		want(t, "subscription", sub.ID, chat.MainRoom)
		got, hash, err := f.Credentials(t.Context(), "gwen")
		wantCode(t, "Credentials", err, "", "")
		want(t, "user as read", got, gwen)
		want(t, "hash", hash, "hash")
		want(t, "rooms", f.listed(t, gwen), []chat.RoomID{den.ID})
		_, _, err = f.PromoteGuest(t.Context(), gwen.ID, "other", chat.MainRoom, now)
		wantCode(t, "a second time", err, chat.CodeNotFound, "user")
	}},
}
