package storetest

import (
	"testing"

	"partychat/internal/chat"
)

// BeforeBans tests a store whose database is from before there were bans: ann and
// Bob, users 100 and 101, are alone in room 100, Den, where ann has said hello,
// which Bob has not read, and whereto Bob has made a link.
func BeforeBans(t *testing.T, store chat.Store) {
	t.Helper()
	f := &fixture{Store: store}
	sub := must[chat.Subscription](t)(f.Subscription(t.Context(), 100, 101))
	if sub.Name != "Den" || sub.Members != 2 || sub.Unread != 1 || sub.Last == nil || sub.Last.Body != "hello" {
		t.Errorf("subscription: got %+v, want a room of two with an unread hello", sub)
	}
	ann, bob := sub.Last.Author, must[chat.User](t)(f.UserByID(t.Context(), 101))
	want(t, "links", len(must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), 100, now))), 1)
	want(t, "bans", f.bans(t, 100, "", 9), []string{})
	want(t, "banned from the server", bob.Banned, false)

	ban := f.ban(t, 100, bob, chat.User{ID: ann.ID})
	want(t, "ban", ban, chat.Ban{User: bob, By: ann, At: now})
	f.wantMember(t, 100, bob, false)
	want(t, "members", f.roomNow(t, 100).Members, 1)
	want(t, "links", must[[]chat.Invitation](t)(f.InvitationsOfRoom(t.Context(), 100, now)), []chat.Invitation{})
	_, _, err := f.Subscribe(t.Context(), nil, 100, bob.ID, chat.RoleMember, now)
	wantCode(t, "Subscribe", err, chat.CodeForbidden, "room")
	want(t, "next message", f.send(t, 100, chat.User{ID: ann.ID}, "next").Seq, 2)
}
