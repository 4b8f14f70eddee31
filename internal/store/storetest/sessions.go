package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"partychat/internal/chat"
)

func newSession(id string, user chat.User) chat.Session {
	return chat.Session{
		ID: id, User: user.ID, Data: []byte("data of " + id), CreatedAt: now, ExpiresAt: now.Add(30 * time.Minute),
		SeenAt: now, Device: "Firefox on Linux",
	}
}

// RunSessions runs the contract of chat.SessionStore alone. Open gives an empty
// store, which need not know users, and closes it with the test.
func RunSessions(t *testing.T, open func(t *testing.T) chat.SessionStore) {
	for _, c := range sessionContracts {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.test(t, &sessionFixture{open(t), func(_ *testing.T, name string) chat.User { return newUser(name).User }})
		})
	}
}

// sessionsOfStore is the same contract for a store of everything, which refuses
// sessions of users that are not there.
func sessionsOfStore() []contract {
	contracts := []contract{
		{"a session of an unknown user is refused", func(t *testing.T, f *fixture) {
			err := f.PutSession(t.Context(), newSession("s", chat.User{ID: 99}))
			wantCode(t, "PutSession", err, chat.CodeNotFound, "user")
		}},
		{"a session is found together with its user", func(t *testing.T, f *fixture) {
			ann := f.user(t, "ann")
			session := newSession("s", ann)
			for _, stored := range []chat.Session{session, newSession("nobody's", chat.User{}), newSession("other", ann)} {
				want(t, "PutSession", f.PutSession(t.Context(), stored), nil)
			}
			_, head, err := f.UserOfSession(t.Context(), ann.ID, "s")
			want(t, "error of UserOfSession", err, nil)
			found := must[chat.SessionUser](t)(f.SessionUser(t.Context(), "s", now))
			want(t, "found", found, chat.SessionUser{Session: session, User: ann, Rev: head})
			for _, id := range []string{"nobody's", "unknown"} {
				_, err := f.SessionUser(t.Context(), id, now)
				wantCode(t, id, err, chat.CodeNotFound, "")
			}
			_, err = f.SessionUser(t.Context(), "s", session.ExpiresAt)
			wantCode(t, "expired", err, chat.CodeNotFound, "")

			rev := must[int64](t)(f.EndSession(t.Context(), ann.ID, "other", chat.EndLogOut))
			found = must[chat.SessionUser](t)(f.SessionUser(t.Context(), "s", now))
			want(t, "when another has ended", fmt.Sprint(found.Rev, found.Ended), fmt.Sprint(rev, false))
			must[int64](t)(f.EndSession(t.Context(), ann.ID, "s", chat.EndLogOut))
			want(t, "PutSession", f.PutSession(t.Context(), session), nil) // a node that has not been told
			found = must[chat.SessionUser](t)(f.SessionUser(t.Context(), "s", now))
			want(t, "ended", found.Ended, true)
		}},
	}
	for _, c := range sessionContracts {
		contracts = append(contracts, contract{c.name, func(t *testing.T, f *fixture) {
			c.test(t, &sessionFixture{f.Store, f.user})
		}})
	}
	return contracts
}

// sessionFixture is a store of sessions, and where their users come from.
type sessionFixture struct {
	chat.SessionStore
	user func(t *testing.T, name string) chat.User
}

func (f *sessionFixture) session(t *testing.T, session chat.Session) chat.Session {
	t.Helper()
	if err := f.PutSession(t.Context(), session); err != nil {
		t.Fatalf("PutSession: %v", err)
	}
	return session
}

var sessionContracts = []struct {
	name string
	test func(t *testing.T, f *sessionFixture)
}{
	{"a session is found as it was stored", func(t *testing.T, f *sessionFixture) {
		stored := f.session(t, newSession("s", f.user(t, "ann")))
		want(t, "found", must[chat.Session](t)(f.SessionByID(t.Context(), "s", now)), stored)
	}},
	{"a session may have no user and no data yet", func(t *testing.T, f *sessionFixture) {
		stored := newSession("s", chat.User{})
		stored.Data, stored.SeenAt, stored.Device = nil, time.Time{}, ""
		f.session(t, stored)
		found := must[chat.Session](t)(f.SessionByID(t.Context(), "s", now))
		want(t, "bytes of data", len(found.Data), 0)
		found.Data = nil
		want(t, "found", found, stored)
	}},
	{"a replaced session keeps its CreatedAt", func(t *testing.T, f *sessionFixture) {
		first := f.session(t, newSession("s", chat.User{}))
		second := newSession("s", f.user(t, "ann"))
		second.Data, second.CreatedAt = []byte("other"), now.Add(time.Minute)
		second.ExpiresAt = second.ExpiresAt.Add(time.Hour)
		f.session(t, second)
		second.CreatedAt = first.CreatedAt
		want(t, "found", must[chat.Session](t)(f.SessionByID(t.Context(), "s", now)), second)
	}},
	{"an expired session is not found", func(t *testing.T, f *sessionFixture) {
		user := f.user(t, "ann")
		session := f.session(t, newSession("s", user))
		_, err := f.SessionByID(t.Context(), "s", session.ExpiresAt.Add(-time.Millisecond))
		want(t, "error just before", err, nil)
		_, err = f.SessionByID(t.Context(), "s", session.ExpiresAt)
		wantCode(t, "SessionByID at the end", err, chat.CodeNotFound, "")
		list := must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), user.ID, session.ExpiresAt))
		want(t, "SessionsOfUser at the end", list, []chat.Session{})
	}},
	{"a user's sessions are listed, newest first", func(t *testing.T, f *sessionFixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		old, young := newSession("old", ann), newSession("young", ann)
		young.CreatedAt = now.Add(time.Second)
		f.session(t, old)
		f.session(t, young)
		f.session(t, newSession("of bob", bob))
		want(t, "sessions", must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), ann.ID, now)),
			[]chat.Session{young, old})
	}},
	{"touching moves the expiry forward, never back, and revives nothing", func(t *testing.T, f *sessionFixture) {
		user := f.user(t, "ann")
		f.session(t, newSession("a", user))
		long := newSession("long", user)
		long.ExpiresAt = now.Add(24 * time.Hour)
		f.session(t, long)
		over := newSession("over", user)
		over.ExpiresAt = now
		f.session(t, over)

		until, seen := now.Add(time.Hour), now.Add(time.Minute)
		err := f.TouchSessions(t.Context(), []string{"a", "long", "over", "unknown", "'"}, now, seen, until)
		want(t, "error", err, nil)
		for _, id := range []string{"a", "long"} {
			want(t, "last activity of "+id, must[chat.Session](t)(f.SessionByID(t.Context(), id, now)).SeenAt, seen)
		}
		want(t, "error of a later word on something earlier", f.TouchSessions(t.Context(), []string{"a"}, now, now, now), nil)
		want(t, "last activity after it", must[chat.Session](t)(f.SessionByID(t.Context(), "a", now)).SeenAt, seen)
		expires := func(id string) time.Time {
			return must[chat.Session](t)(f.SessionByID(t.Context(), id, now)).ExpiresAt
		}
		want(t, "a", expires("a"), until)
		want(t, "long", expires("long"), long.ExpiresAt)
		_, err = f.SessionByID(t.Context(), "over", now)
		wantCode(t, "over", err, chat.CodeNotFound, "")
		_, err = f.SessionByID(t.Context(), "unknown", now)
		wantCode(t, "unknown", err, chat.CodeNotFound, "")
		want(t, "error of touching none", f.TouchSessions(t.Context(), nil, now, seen, until), nil)
	}},
	{"expired sessions that are stored differ from removed ones", func(t *testing.T, f *sessionFixture) {
		user := f.user(t, "ann")
		there, over, gone := newSession("there", user), newSession("over", user), newSession("gone", user)
		over.ExpiresAt = now.Add(-time.Hour)
		for _, session := range []chat.Session{there, over, gone} {
			f.session(t, session)
		}
		want(t, "DeleteSession", f.DeleteSession(t.Context(), "gone"), nil)
		stored := must[[]chat.Session](t)(f.StoredSessions(t.Context(), []string{"there", "gone", "over", "never", "'"}))
		slices.SortFunc(stored, func(a, b chat.Session) int { return strings.Compare(b.ID, a.ID) })
		want(t, "stored", stored, []chat.Session{there, over})
		want(t, "of none", must[[]chat.Session](t)(f.StoredSessions(t.Context(), nil)), []chat.Session{})
	}},
	{"a deleted session is gone, and deleting it again is no error", func(t *testing.T, f *sessionFixture) {
		f.session(t, newSession("s", f.user(t, "ann")))
		want(t, "first", f.DeleteSession(t.Context(), "s"), nil)
		_, err := f.SessionByID(t.Context(), "s", now)
		wantCode(t, "SessionByID", err, chat.CodeNotFound, "")
		want(t, "second", f.DeleteSession(t.Context(), "s"), nil)
	}},
	{"expired sessions are removed and returned once", func(t *testing.T, f *sessionFixture) {
		user := f.user(t, "ann")
		a, b := f.session(t, newSession("a", user)), f.session(t, newSession("b", chat.User{}))
		kept := newSession("kept", user)
		kept.ExpiresAt = a.ExpiresAt.Add(time.Second)
		f.session(t, kept)

		gone := must[[]chat.Session](t)(f.DeleteExpiredSessions(t.Context(), a.ExpiresAt))
		slices.SortFunc(gone, func(a, b chat.Session) int { return strings.Compare(a.ID, b.ID) })
		want(t, "first", gone, []chat.Session{a, b})
		gone = must[[]chat.Session](t)(f.DeleteExpiredSessions(t.Context(), a.ExpiresAt))
		want(t, "second", gone, []chat.Session{})
		want(t, "left", must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), user.ID, now)), []chat.Session{kept})
	}},
	{"concurrent calls return each expired session once", func(t *testing.T, f *sessionFixture) {
		const sessions, callers = 300, 4
		user := f.user(t, "ann")
		for i := range sessions {
			f.session(t, newSession(fmt.Sprint("session ", i), user))
		}
		given := make(chan chat.Session, sessions*callers)
		var work sync.WaitGroup
		for range callers {
			work.Go(func() {
				gone, err := f.DeleteExpiredSessions(t.Context(), now.Add(time.Hour))
				if err != nil {
					t.Errorf("DeleteExpiredSessions: %v", err)
				}
				for _, session := range gone {
					given <- session
				}
			})
		}
		work.Wait()
		close(given)
		times := make(map[string]int)
		for session := range given {
			times[session.ID]++
		}
		for i := range sessions {
			if n := times[fmt.Sprint("session ", i)]; n != 1 {
				t.Errorf("session %d: given %d times, want once", i, n)
			}
		}
	}},
	{"a session that gets another user is listed for that one alone", func(t *testing.T, f *sessionFixture) {
		ann, bob := f.user(t, "ann"), f.user(t, "bob")
		f.session(t, newSession("s", ann))
		moved := f.session(t, newSession("s", bob))
		want(t, "of the first", must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), ann.ID, now)), []chat.Session{})
		want(t, "of the second", must[[]chat.Session](t)(f.SessionsOfUser(t.Context(), bob.ID, now)), []chat.Session{moved})
	}},
}
