package storetest

import (
	"testing"

	"partychat/internal/chat"
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
	{"only the first user becomes admin, and only if asked for", func(t *testing.T, f *fixture) {
		input := newUser("plain")
		input.FirstIsAdmin = false
		plain := must[chat.User](t)(f.CreateUser(t.Context(), input))
		want(t, "role without FirstIsAdmin", plain.Role, chat.RoleMember)
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
	{"a folded name in use is taken", func(t *testing.T, f *fixture) {
		f.user(t, "Ann")
		_, err := f.CreateUser(t.Context(), newUser("ANN"))
		wantCode(t, "second sign-up", err, chat.CodeTaken, "username")
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"a user is subscribed to the rooms in the same transaction", func(t *testing.T, f *fixture) {
		user := f.user(t, "ann")
		membership := must[chat.Membership](t)(f.Membership(t.Context(), chat.MainRoom, user.ID))
		want(t, "membership", membership,
			chat.Membership{Room: chat.MainRoom, User: user.ID, Role: chat.RoleMember, JoinedAt: now})
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 1)
	}},
	{"a user whose room is not there is not stored", func(t *testing.T, f *fixture) {
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
	{"users are listed by folded name, page by page", func(t *testing.T, f *fixture) {
		for _, name := range []string{"delta", "Alpha", "charlie", "Bravo", "élan"} {
			f.user(t, name)
		}
		list := func(after string, limit int) []string {
			t.Helper()
			users := must[[]chat.User](t)(
				f.ListUsers(t.Context(), chat.UserPage{After: after, Limit: limit}))
			names := []string{}
			for _, user := range users {
				names = append(names, user.Username)
			}
			return names
		}
		want(t, "all", list("", 10), []string{"Alpha", "Bravo", "charlie", "delta", "élan"})
		want(t, "first page", list("", 2), []string{"Alpha", "Bravo"})
		want(t, "second page", list("bravo", 2), []string{"charlie", "delta"})
		want(t, "behind a name that is not there", list("bz", 1), []string{"charlie"})
		want(t, "behind the last", list("élan", 2), []string{})
	}},
	{"users are listed by the prefix of the folded name", func(t *testing.T, f *fixture) {
		for _, name := range []string{"Ann", "anna", "anton", "bob", "an", "a_n", "aznn", "élan", "élite"} {
			f.user(t, name)
		}
		list := func(prefix, after string) []string {
			t.Helper()
			users := must[[]chat.User](t)(
				f.ListUsers(t.Context(), chat.UserPage{Prefix: prefix, After: after, Limit: 10}))
			names := []string{}
			for _, user := range users {
				names = append(names, user.Username)
			}
			return names
		}
		want(t, "an", list("an", ""), []string{"an", "Ann", "anna", "anton"})
		want(t, "an, continued", list("an", "ann"), []string{"anna", "anton"})
		want(t, "a prefix of several bytes", list("él", ""), []string{"élan", "élite"})
		want(t, "a_ is no pattern", list("a_", ""), []string{"a_n"})
		want(t, "% is no pattern", list("%", ""), []string{})
		want(t, "a quote is no end", list("'", ""), []string{})
	}},
}
