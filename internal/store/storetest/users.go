package storetest

import (
	"testing"

	"partychat/internal/chat"
	"partychat/internal/naming"
)

var userContracts = []contract{
	{"a user is found as it was stored", func(t *testing.T, f *fixture) {
		input := newUser("Zoë")
		created := must[chat.User](t)(f.CreateUser(t.Context(), input))
		input.Role = chat.RoleAdmin // the first one
		want(t, "created", created, input.User)
		want(t, "by id", must[chat.User](t)(f.UserByID(t.Context(), input.ID)), created)
		user, hash, err := f.Credentials(t.Context(), fold("Zoë"))
		want(t, "error of Credentials", err, nil)
		want(t, "by name", user, created)
		want(t, "hash", hash, "hash of Zoë")
	}},
	{"the first user with FirstIsAdmin becomes admin, even after other sign-ups", func(t *testing.T, f *fixture) {
		input := newUser("guest")
		input.Kind, input.FirstIsAdmin = chat.KindGuest, false
		guest := must[chat.User](t)(f.CreateUser(t.Context(), input))
		want(t, "role without FirstIsAdmin", guest.Role, chat.RoleMember)
		want(t, "role of the first to sign up", f.user(t, "first").Role, chat.RoleAdmin)
		want(t, "role of the second", f.user(t, "second").Role, chat.RoleMember)
		input = newUser("chosen")
		input.Role = chat.RoleAdmin
		chosen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		want(t, "role asked for", chosen.Role, chat.RoleAdmin)
	}},
	{"times are kept to the millisecond, in UTC", func(t *testing.T, f *fixture) {
		input := newUser("precise")
		input.CreatedAt = now.Add(456789)
		created := must[chat.User](t)(f.CreateUser(t.Context(), input))
		want(t, "as stored", created.CreatedAt, now)
		want(t, "as read", must[chat.User](t)(f.UserByID(t.Context(), input.ID)).CreatedAt, now)
	}},
	{"a folded name that another user has is taken", func(t *testing.T, f *fixture) {
		f.user(t, "Ann")
		_, err := f.CreateUser(t.Context(), newUser("ANN"))
		wantCode(t, "second sign-up", err, chat.CodeTaken, "username")
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"a new user joins rooms in the same transaction", func(t *testing.T, f *fixture) {
		user := f.user(t, "ann")
		membership := must[chat.Membership](t)(f.Membership(t.Context(), chat.MainRoom, user.ID))
		want(t, "membership", membership,
			chat.Membership{Room: chat.MainRoom, User: user.ID, Role: chat.RoleMember, JoinedAt: now, Rev: 1, RoomRev: 1})
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"a user who would join an unknown room is not stored", func(t *testing.T, f *fixture) {
		input := newUser("ann")
		input.Rooms = []chat.RoomID{chat.MainRoom, 77}
		_, err := f.CreateUser(t.Context(), input)
		wantCode(t, "CreateUser", err, chat.CodeNotFound, "room")
		_, err = f.UserByID(t.Context(), input.ID)
		wantCode(t, "UserByID", err, chat.CodeNotFound, "")
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 0)
		want(t, "role of the first that is stored", f.user(t, "ann").Role, chat.RoleAdmin)
	}},
	{"an id is never used twice", func(t *testing.T, f *fixture) {
		user := f.user(t, "ann")
		input := newUser("bob")
		input.ID = user.ID
		if _, err := f.CreateUser(t.Context(), input); err == nil {
			t.Error("the second use of an id was accepted")
		}
		want(t, "the first", must[chat.User](t)(f.UserByID(t.Context(), user.ID)), user)
	}},
	{"an unknown user is not found", func(t *testing.T, f *fixture) {
		_, err := f.UserByID(t.Context(), 99)
		wantCode(t, "UserByID", err, chat.CodeNotFound, "")
		_, _, err = f.Credentials(t.Context(), "nobody")
		wantCode(t, "Credentials", err, chat.CodeNotFound, "")
	}},
	{"a guest's device is known until it is forgotten or the guest becomes a member", func(t *testing.T, f *fixture) {
		input := newUser("gwen")
		input.Kind, input.PasswordHash, input.DeviceHash, input.FirstIsAdmin = chat.KindGuest, "", "first", false
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		device := func(id chat.UserID) string { return must[string](t)(f.GuestDevice(t.Context(), id)) }
		want(t, "of a new guest", device(gwen.ID), "first")
		want(t, "setting another", f.SetGuestDevice(t.Context(), gwen.ID, "second"), nil)
		want(t, "afterwards", device(gwen.ID), "second")
		_, _, err := f.PromoteGuest(t.Context(), gwen.ID, "hash", chat.MainRoom, now)
		want(t, "error of PromoteGuest", err, nil)
		want(t, "of a member", device(gwen.ID), "")
		want(t, "setting it for a member", f.SetGuestDevice(t.Context(), gwen.ID, "third"), nil)
		want(t, "of a member afterwards", device(gwen.ID), "")
		_, err = f.GuestDevice(t.Context(), 99)
		wantCode(t, "of nobody", err, chat.CodeNotFound, "")
	}},
	{"users are paged by name", func(t *testing.T, f *fixture) {
		for _, name := range []string{"delta", "Alpha", "charlie", "Bravo", "élan"} {
			f.user(t, name)
		}
		list := func(after string, limit int) []string { return userNames(t, f, "", after, limit) }
		want(t, "all", list("", 10), []string{"Alpha", "Bravo", "charlie", "delta", "élan"}) // an accent makes no difference
		want(t, "first page", list("", 2), []string{"Alpha", "Bravo"})
		want(t, "second page", list("bravo", 2), []string{"charlie", "delta"})
		want(t, "behind the last", list("élan", 2), []string{})
	}},
	{"users are found by any part of their names, best matches first", func(t *testing.T, f *fixture) {
		for _, name := range []string{"Ann", "anna", "bob.ann", "ann-ann", "zoe_anton", "bob", "an", "a_n", "aznn", "élan", "élite"} {
			f.user(t, name)
		}
		find := func(text, after string, limit int) []string { return userNames(t, f, text, after, limit) }
		want(t, "an", find("an", "", 20), []string{"an", "Ann", "ann-ann", "anna", "bob.ann", "zoe_anton", "élan"})
		want(t, "an, first page", find("an", "", 2), []string{"an", "Ann"})
		want(t, "an, continued", find("an", "ann", 3), []string{"ann-ann", "anna", "bob.ann"})
		want(t, "an, continued among later words", find("an", "bob.ann", 3), []string{"zoe_anton", "élan"})
		want(t, "behind the last", find("an", "élan", 3), []string{})
		want(t, "a text of several bytes", find("él", "", 9), []string{"élan", "élite"})
		want(t, "the same without its accent", find("EL", "", 9), []string{"élan", "élite"})
		want(t, "within a word", find("oe", "", 9), []string{"zoe_anton"})
		want(t, "over the end of a word", find("bob.a", "", 9), []string{"bob.ann"})
		want(t, "a_ is no pattern", find("a_", "", 9), []string{"a_n"})
		want(t, "% is no pattern", find("%", "", 9), []string{})
		want(t, "a quote is no end", find("an'n", "", 9), []string{"Ann", "ann-ann", "anna", "bob.ann"})
		_, err := f.SearchUsers(t.Context(), chat.UserSearch{After: "nowhere", Limit: 1})
		wantCode(t, "a cursor that is none", err, chat.CodeInvalid, "after")
	}},
	{"users are returned by id, without unknown ones, by folded name", func(t *testing.T, f *fixture) {
		bob, ann := f.user(t, "bob"), f.user(t, "Ann")
		want(t, "users", must[[]chat.User](t)(f.UsersByID(t.Context(), []chat.UserID{bob.ID, 99, ann.ID})), []chat.User{ann, bob})
		want(t, "none", must[[]chat.User](t)(f.UsersByID(t.Context(), nil)), []chat.User{})
	}},
	{"two users share a room if both are members of one", func(t *testing.T, f *fixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		input := newUser("cid")
		input.Rooms = nil
		cid := must[chat.User](t)(f.CreateUser(t.Context(), input))
		den := f.room(t, ann, chat.RoomPrivate, "den")
		shares := func(a, b chat.User) bool { return must[bool](t)(f.SharesRoom(t.Context(), a.ID, b.ID)) }
		want(t, "both in main", shares(ann, bob), true)
		want(t, "oneself", shares(cid, cid), true)
		want(t, "in no room", shares(ann, cid), false)
		f.subscribe(t, den.ID, cid)
		want(t, "in a private room", shares(cid, ann), true)
		want(t, "through somebody else", shares(cid, bob), false)
	}},
}

// userNames gives the names found; after is the folded name of the one to
// continue behind.
func userNames(t *testing.T, f *fixture, text, after string, limit int) []string {
	t.Helper()
	cursor := ""
	if after != "" {
		all := must[[]chat.FoundUser](t)(f.SearchUsers(t.Context(), chat.UserSearch{Text: naming.SearchKey(text), Limit: 100}))
		for _, found := range all {
			if fold(found.Username) == after {
				cursor = found.Cursor
			}
		}
		if cursor == "" {
			t.Fatalf("%q is not among those found by %q", after, text)
		}
	}
	names := []string{}
	for _, found := range must[[]chat.FoundUser](t)(
		f.SearchUsers(t.Context(), chat.UserSearch{Text: naming.SearchKey(text), After: cursor, Limit: limit})) {
		names = append(names, found.Username)
	}
	return names
}
