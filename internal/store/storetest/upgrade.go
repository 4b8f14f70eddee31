package storetest

import (
	"testing"
	"time"

	"partychat/internal/chat"
)

// BeforeBans tests a store whose database is from before there were bans: ann and
// Bob, users 100 and 101, are alone in room 100, Den, where ann has said hello,
// which Bob has not read, and whereto Bob has made a link.
func BeforeBans(t *testing.T, store chat.Store) {
	t.Helper()
	f := &fixture{shorter{store}}
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

// RowsBeforeLooks is what BeforeLooks looks for, in SQL that both databases understand.
// Users 100 and 101, and public rooms 100 and 101, look the same; room 102 has an
// accent, room 103 an invisible character, and user 102 too many marks.
func RowsBeforeLooks() []string {
	return []string{
		"INSERT INTO users (id, username, folded_name, kind, role, password_hash, created_at) VALUES " +
			"(100, 'Peacock', 'peacock', 'member', 'admin', 'hash of a', 1), " +
			"(101, 'pe\u0430cock', 'pe\u0430cock', 'member', 'member', 'hash of b', 2), " +
			"(102, 'z\u0301\u0301\u0301\u0301\u0301\u0301', 'z\u0301\u0301\u0301\u0301\u0301\u0301', 'member', 'member', 'hash of c', 3)",
		"INSERT INTO rooms (id, kind, name, folded_name, topic, created_at) VALUES " +
			"(100, 'public', 'Photography', 'photography', '', 3), " +
			"(101, 'public', 'Ph\u043etography', 'ph\u043etography', '', 4), " +
			"(102, 'public', 'Café d’accord', 'café d’accord', '', 5), " +
			"(103, 'public', 'ha\u200bll', 'ha\u200bll', '', 6), " +
			"(104, 'private', 'Secret graph', 'secret graph', '', 7)",
	}
}

// BeforeLooks tests a store whose database is from before names were compared by
// their looks, with RowsBeforeLooks.
func BeforeLooks(t *testing.T, store chat.Store) {
	t.Helper()
	f := &fixture{shorter{store}}
	for name, id := range map[string]chat.UserID{"peacock": 100, "pe\u0430cock": 101, "z\u0301\u0301\u0301\u0301\u0301\u0301": 102} {
		user, hash, err := f.Credentials(t.Context(), name)
		if err != nil || user.ID != id || hash == "" {
			t.Errorf("log-in of %+q: got %+v, %q, %v; want user %d", name, user, hash, err, id)
		}
	}
	want(t, "part of names", allRoomNames(t, f, "graph", 10), []string{"Photography", "Ph\u043etography"})
	want(t, "without accents", allRoomNames(t, f, "cafe d'a", 10), []string{"Café d’accord"})
	want(t, "without what nobody sees", allRoomNames(t, f, "hall", 10), []string{"ha\u200bll"})
	want(t, "all", len(allRoomNames(t, f, "", 2)), 5)
	want(t, "users", userNames(t, f, "cock", "", 10), []string{"Peacock", "pe\u0430cock"})

	for _, name := range []string{"Ph\u03bftography", "hall"} {
		_, err := f.CreateRoom(t.Context(), nil, newRoom(chat.User{ID: 100}, chat.RoomPublic, name))
		wantCode(t, "a new room "+name, err, chat.CodeTaken, "name")
	}
	_, err := f.CreateUser(t.Context(), newUser("peac\u03bfck"))
	wantCode(t, "a new user", err, chat.CodeTaken, "username")
	// Those that look alike may keep their looks.
	if err := f.rename(t, 101, "PH\u041eTOGRAPHY"); err != nil {
		t.Errorf("another case: %v", err)
	}
	if err := f.rename(t, 100, "Photos"); err != nil {
		t.Errorf("another name: %v", err)
	}
	wantCode(t, "back to what looks like the other one", f.rename(t, 100, "Photography"), chat.CodeTaken, "name")
	want(t, "found", allRoomNames(t, f, "ph", 10), []string{"Photos", "PH\u041eTOGRAPHY"})
}

// BeforeAccounts tests a store whose database is from before it was noted what
// began a session: ann, user 100, has the session "s" until a minute after one
// o'clock, and gwen, user 101, is a guest.
func BeforeAccounts(t *testing.T, store chat.Store) {
	t.Helper()
	f := &fixture{shorter{store}}
	session := must[chat.Session](t)(f.SessionByID(t.Context(), "s", now))
	want(t, "session", session, chat.Session{
		ID: "s", User: 100, Data: []byte("data"), CreatedAt: now, ExpiresAt: now.Add(time.Minute),
	})
	want(t, "touching it", f.TouchSessions(t.Context(), []string{"s"}, now, now.Add(time.Second), now.Add(time.Hour)), nil)
	session = must[chat.Session](t)(f.SessionByID(t.Context(), "s", now))
	want(t, "last activity", session.SeenAt, now.Add(time.Second))
	want(t, "device of a guest", must[string](t)(f.GuestDevice(t.Context(), 101)), "")
}
