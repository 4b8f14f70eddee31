package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"partychat/internal/chat"
)

// banConcurrencyContracts are what bans must keep up when all comes at once.
var banConcurrencyContracts = []contract{
	{"a user who joins and is banned concurrently is never both a member and banned", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		link := f.invite(t, newInvitation(ann, den.ID))
		var uses atomic.Int64
		calls := map[string]func() error{
			"Ban": func() error {
				ban, _, _, err := f.Ban(t.Context(), nil, newBan(den.ID, bob, ann))
				if err == nil && (ban.User.ID != bob.ID || ban.By != authorOf(ann)) {
					err = fmt.Errorf("got the ban %+v", ban)
				}
				return err
			},
			"Unban": func() error {
				_, err := f.Unban(t.Context(), nil, den.ID, bob.ID)
				return err
			},
			"Subscribe": func() error {
				sub, _, err := f.Subscribe(t.Context(), nil, den.ID, bob.ID, chat.RoleMember, now)
				return comingIn(den.ID, sub, err)
			},
			"Redeem": func() error {
				sub, created, err := f.Redeem(t.Context(), nil, bob.ID, redemption(link, now))
				if created {
					uses.Add(1)
				}
				return comingIn(den.ID, sub, err)
			},
			"Unsubscribe": func() error {
				_, err := f.Unsubscribe(t.Context(), nil, den.ID, bob.ID)
				return err
			},
			"RemoveMember": func() error {
				_, err := f.RemoveMember(t.Context(), nil, den.ID, bob.ID)
				return err
			},
		}
		rounds := [][]string{
			{"Ban", "Subscribe"},
			{"Unban", "Ban", "Redeem", "Redeem"},
			{"Unban", "Subscribe", "Subscribe", "Ban", "Ban"},
			{"Unban", "Unban", "Subscribe", "Redeem", "Unsubscribe", "RemoveMember", "Ban", "Ban"},
		}
		for round := range 20 {
			names := rounds[round%len(rounds)]
			together(len(names), func(i int) {
				if err := calls[names[i]](); err != nil {
					t.Errorf("%s: %v", names[i], err)
				}
			})
			banned := must[bool](t)(f.IsBanned(t.Context(), den.ID, bob.ID))
			members := must[[]chat.Member](t)(f.Members(t.Context(), den.ID, chat.MemberPage{Limit: 9}))
			if banned && len(members) == 2 {
				t.Errorf("after %q: bob is banned, and a member", names)
			}
			f.wantMember(t, den.ID, bob, len(members) == 2)
			want(t, "members counted", f.roomNow(t, den.ID).Members, len(members))
		}
		want(t, "uses", must[chat.Invitation](t)(f.InvitationByID(t.Context(), link.ID, now)).Uses, int(uses.Load()))
	}},
	{"of twenty concurrent bans of a user, one is stored and returned to all", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		for _, room := range []chat.RoomID{chat.MainRoom, 0} {
			bans := make([]chat.Ban, 20)
			var made, ended atomic.Int64
			together(len(bans), func(i int) {
				by := []chat.User{ann, bob}[i%2]
				ban, created, removed, err := f.Ban(t.Context(), nil, newBan(room, bob, by))
				if err != nil {
					t.Errorf("Ban: %v", err)
				}
				if created {
					made.Add(1)
				}
				if removed {
					ended.Add(1)
				}
				bans[i] = ban
			})
			want(t, "made", made.Load(), 1)
			want(t, "memberships ended", ended.Load(), map[bool]int64{true: 1}[room != 0])
			for _, ban := range bans {
				want(t, "ban", ban, bans[0])
			}
		}
	}},
	{"a ban from the server that is lifted concurrently is there or not, without an error", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		var balance atomic.Int64
		together(12, func(i int) {
			for range 5 {
				if i%2 == 0 {
					_, created, _, err := f.Ban(t.Context(), nil, newBan(0, bob, ann))
					if err != nil {
						t.Errorf("Ban: %v", err)
					}
					if created {
						balance.Add(1)
					}
					continue
				}
				lifted, err := f.Unban(t.Context(), nil, 0, bob.ID)
				if err != nil {
					t.Errorf("Unban: %v", err)
				}
				if lifted {
					balance.Add(-1)
				}
			}
		})
		want(t, "banned", must[chat.User](t)(f.UserByID(t.Context(), bob.ID)).Banned, balance.Load() == 1)
	}},
	{"a user who makes links and is removed concurrently leaves none behind", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		den := f.room(t, ann, chat.RoomPublic, "den")
		f.subscribe(t, den.ID, bob)
		for round := range 30 {
			putOut := []struct {
				name string
				from chat.RoomID
				call func() error
			}{
				{"RemoveMember", den.ID, func() error {
					_, err := f.RemoveMember(t.Context(), nil, den.ID, bob.ID)
					return err
				}},
				{"Ban from the room", den.ID, func() error {
					_, _, _, err := f.Ban(t.Context(), nil, newBan(den.ID, bob, ann))
					return err
				}},
				{"Ban from the server", 0, func() error {
					_, _, _, err := f.Ban(t.Context(), nil, newBan(0, bob, ann))
					return err
				}},
			}[round%3]
			together(9, func(i int) {
				if i == 4 {
					want(t, "error of "+putOut.name, putOut.call(), nil)
					return
				}
				_, err := f.CreateInvitation(t.Context(), nil, newInvitation(bob, []chat.RoomID{den.ID, putOut.from}[i%2]))
				if err != nil {
					wantCode(t, "CreateInvitation", err, chat.CodeForbidden, "")
				}
			})
			left := must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, now))
			left = append(left, must[[]chat.Invitation](t)(f.InvitationsToUser(t.Context(), bob.ID, now))...)
			want(t, "links left by "+putOut.name, left, []chat.Invitation{})
			must[bool](t)(f.Unban(t.Context(), nil, putOut.from, bob.ID))
			if putOut.from != 0 {
				f.subscribe(t, den.ID, bob)
			}
		}
	}},
	{"links are used while their makers are removed", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		den := f.room(t, ann, chat.RoomPublic, "den")
		makers, followers := make([]chat.User, 4), make([]chat.User, 8)
		invitations := make([]chat.NewInvitation, len(followers))
		for i := range makers {
			makers[i] = f.user(t, fmt.Sprintf("maker%d", i))
			f.subscribe(t, den.ID, makers[i])
		}
		for i := range followers {
			followers[i] = f.user(t, fmt.Sprintf("follower%d", i))
			invitations[i] = f.invite(t, newInvitation(makers[i%len(makers)], den.ID))
		}
		var followed atomic.Int64
		together(len(followers)+2*len(makers), func(i int) {
			var err error
			if i < len(followers) {
				var created bool
				if _, created, err = f.Redeem(t.Context(), nil, followers[i].ID, redemption(invitations[i], now)); created {
					followed.Add(1)
				}
				if chat.CodeOf(err) == chat.CodeNotFound {
					err = nil // the link had gone
				}
			} else if maker := makers[i%len(makers)]; i < len(followers)+len(makers) {
				from := []chat.RoomID{den.ID, 0}[i%2]
				_, _, _, err = f.Ban(t.Context(), nil, newBan(from, maker, ann))
			} else {
				_, err = f.RemoveMember(t.Context(), nil, den.ID, maker.ID)
			}
			if err != nil {
				t.Errorf("call %d: %v", i, err)
			}
		})
		want(t, "links left", must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), den.ID, now)), []chat.Invitation{})
		members := must[[]chat.Member](t)(f.Members(t.Context(), den.ID, chat.MemberPage{Limit: 20}))
		want(t, "members", len(members), 1+int(followed.Load()))
		want(t, "members counted", f.roomNow(t, den.ID).Members, len(members))
	}},
}

// comingIn gives the error of a call that lets into the room, unless it is that
// of a ban.
func comingIn(room chat.RoomID, sub chat.Subscription, err error) error {
	if e := chat.ErrorFrom(err); err != nil && e.Code == chat.CodeForbidden && e.Field == "room" {
		return nil
	}
	if err == nil && sub.ID != room {
		return fmt.Errorf("got a subscription to room %d", sub.ID)
	}
	return err
}
