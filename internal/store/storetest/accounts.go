package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"partychat/internal/chat"
)

// onlyFirst is a user who may only be created as the first admin.
func onlyFirst(name, setupHash string) chat.NewUser {
	input := newUser(name)
	input.OnlyFirst, input.SetupHash = true, setupHash
	return input
}

var accountContracts = []contract{
	{"a password hash is changed only if the previous one is given", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		want(t, "changed", must[bool](t)(f.SetPasswordHash(t.Context(), ann.ID, "hash of ann", "next")), true)
		want(t, "changed by the old one", must[bool](t)(f.SetPasswordHash(t.Context(), ann.ID, "hash of ann", "other")), false)
		_, hash, err := f.Credentials(t.Context(), "ann")
		want(t, "error of Credentials", err, nil)
		want(t, "hash", hash, "next")
	}},
	{"a password that an operator has set is noted until servers have acted on it", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		want(t, "error", f.ResetPassword(t.Context(), ann.ID, "reset"), nil)
		_, hash, err := f.Credentials(t.Context(), "ann")
		want(t, "error of Credentials", err, nil)
		want(t, "hash", hash, "reset")
		changes := must[[]chat.AccountChange](t)(f.AccountChanges(t.Context()))
		if len(changes) != 1 || changes[0].User != ann.ID || changes[0].Kind != chat.AccountPassword {
			t.Fatalf("changes: got %+v, want one of ann's password", changes)
		}
		for range 2 {
			want(t, "AccountChangeDone", f.AccountChangeDone(t.Context(), changes[0].ID), nil)
		}
		want(t, "changes afterwards", must[[]chat.AccountChange](t)(f.AccountChanges(t.Context())), []chat.AccountChange{})
		wantCode(t, "of nobody", f.ResetPassword(t.Context(), 99, "reset"), chat.CodeNotFound, "user")
	}},
	{"roles change, and each change is noted once", func(t *testing.T, f *fixture) {
		f.user(t, "first")
		ann := f.user(t, "ann")
		role := func(id chat.UserID, role chat.Role) (chat.User, bool) {
			t.Helper()
			user, changed, err := f.SetRole(t.Context(), id, role)
			want(t, "error of SetRole", err, nil)
			return user, changed
		}
		user, changed := role(ann.ID, chat.RoleAdmin)
		want(t, "changed", changed, true)
		ann.Role = chat.RoleAdmin
		want(t, "user", user, ann)
		want(t, "as read", must[chat.User](t)(f.UserByID(t.Context(), ann.ID)), ann)
		_, changed = role(ann.ID, chat.RoleAdmin)
		want(t, "changed again", changed, false)
		_, changed = role(ann.ID, chat.RoleMember)
		want(t, "changed back", changed, true)
		kinds := []chat.AccountChangeKind{}
		for _, change := range must[[]chat.AccountChange](t)(f.AccountChanges(t.Context())) {
			kinds = append(kinds, change.Kind)
		}
		want(t, "changes", kinds, []chat.AccountChangeKind{chat.AccountRole, chat.AccountRole})
	}},
	{"guests and banned users cannot become admins, and guests get no password", func(t *testing.T, f *fixture) {
		first, ben := f.user(t, "first"), f.user(t, "ben")
		input := newUser("gwen")
		input.Kind, input.FirstIsAdmin = chat.KindGuest, false
		gwen := must[chat.User](t)(f.CreateUser(t.Context(), input))
		if _, _, _, err := f.Ban(t.Context(), nil, chat.NewBan{User: ben.ID, By: first.ID, At: now}); err != nil {
			t.Fatal(err)
		}
		for _, id := range []chat.UserID{gwen.ID, ben.ID} {
			_, _, err := f.SetRole(t.Context(), id, chat.RoleAdmin)
			wantCode(t, "SetRole", err, chat.CodeForbidden, "user")
		}
		_, _, err := f.SetRole(t.Context(), 99, chat.RoleAdmin)
		wantCode(t, "SetRole of nobody", err, chat.CodeNotFound, "user")
		wantCode(t, "ResetPassword of a guest", f.ResetPassword(t.Context(), gwen.ID, "hash"), chat.CodeForbidden, "user")
		want(t, "changes", must[[]chat.AccountChange](t)(f.AccountChanges(t.Context())), []chat.AccountChange{})
	}},
	{"a set-up link makes one admin, and is used up then", func(t *testing.T, f *fixture) {
		has := func(hash string, at time.Time) bool { return must[bool](t)(f.HasSetupLink(t.Context(), hash, at)) }
		admin := func() bool { return must[bool](t)(f.HasAdmin(t.Context())) }
		input := newUser("stranger")
		input.FirstIsAdmin = false
		must[chat.User](t)(f.CreateUser(t.Context(), input))
		for _, hash := range []string{"one", "two"} {
			want(t, "AddSetupLink", f.AddSetupLink(t.Context(), hash, now), nil)
		}
		want(t, "an admin before", admin(), false)
		want(t, "just before its end", has("one", now.Add(chat.SetupLinkLife)), true)
		want(t, "after its end", has("one", now.Add(chat.SetupLinkLife+time.Millisecond)), false)
		want(t, "another one", has("three", now), false)

		_, err := f.CreateUser(t.Context(), onlyFirst("stranger", "one"))
		wantCode(t, "a taken name", err, chat.CodeTaken, "username")
		_, err = f.CreateUser(t.Context(), onlyFirst("mallory", "three"))
		wantCode(t, "no such link", err, chat.CodeNotFound, "setup")
		want(t, "after what failed", has("one", now), true)
		owner := must[chat.User](t)(f.CreateUser(t.Context(), onlyFirst("owner", "one")))
		want(t, "role", owner.Role, chat.RoleAdmin)
		want(t, "an admin afterwards", admin(), true)
		want(t, "the other link", has("two", now), false)
		for _, hash := range []string{"one", "two"} {
			_, err = f.CreateUser(t.Context(), onlyFirst("mallory", hash))
			wantCode(t, "used up", err, chat.CodeNotFound, "setup")
		}
		_, err = f.CreateUser(t.Context(), onlyFirst("mallory", ""))
		wantCode(t, "who can only be the first", err, chat.CodeForbidden, "")
		_, _, err = f.Credentials(t.Context(), "mallory")
		wantCode(t, "mallory", err, chat.CodeNotFound, "")
	}},
	{"of many users who use a set-up link concurrently, one becomes admin", func(t *testing.T, f *fixture) {
		want(t, "AddSetupLink", f.AddSetupLink(t.Context(), "link", now), nil)
		var made atomic.Int64
		var work sync.WaitGroup
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			work.Go(func() {
				_, err := f.CreateUser(t.Context(), onlyFirst(name, "link"))
				if err == nil {
					made.Add(1)
				} else {
					wantCode(t, "another one", err, chat.CodeNotFound, "setup")
				}
			})
		}
		work.Wait()
		want(t, "admins", made.Load(), 1)
	}},
	{"a sign-up by a link into a room that all new users join takes a use of the link", func(t *testing.T, f *fixture) {
		ann := f.user(t, "ann")
		_, err := f.CreateInvitation(t.Context(), nil, chat.NewInvitation{
			Invitation: chat.Invitation{ID: chat.InvitationID(nextID()), Room: chat.MainRoom, By: authorOf(ann), MaxUses: 1, CreatedAt: now},
			TokenHash:  "token",
		})
		want(t, "error of CreateInvitation", err, nil)
		by := func(name string) chat.NewUser {
			input := newUser(name)
			input.Redeems = &chat.Redemption{TokenHash: "token", Room: chat.RoomID(nextID()), At: now}
			return input
		}
		must[chat.User](t)(f.CreateUser(t.Context(), by("ben")))
		_, err = f.CreateUser(t.Context(), by("cid"))
		wantCode(t, "the second", err, chat.CodeNotFound, "invitation")
		want(t, "members of main", f.roomNow(t, chat.MainRoom).Members, 2)
	}},
}
